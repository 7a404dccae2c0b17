"""One class per type of indicator."""
