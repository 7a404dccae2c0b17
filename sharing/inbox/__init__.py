"""The inbox: what waits for a member's people, who is on it, and what they decided."""
