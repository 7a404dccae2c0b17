"""The inbox: what is in it for whom, claims, decisions."""
