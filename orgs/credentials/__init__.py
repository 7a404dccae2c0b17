"""How partner systems sign in."""
