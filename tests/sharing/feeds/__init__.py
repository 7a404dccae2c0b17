"""What partners read."""
