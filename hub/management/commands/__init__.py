"""Commands of the hub, one a file."""
