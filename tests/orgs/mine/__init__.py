"""What the hub holds of a person."""
