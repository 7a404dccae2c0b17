"""Small pieces without any domain."""
