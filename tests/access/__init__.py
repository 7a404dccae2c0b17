"""Who sees what, and who is refused."""
