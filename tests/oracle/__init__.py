"""A second statement of what the hub promises, and a machine that holds the hub to it."""
