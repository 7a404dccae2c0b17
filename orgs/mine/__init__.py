"""What the hub holds of a person, shown to that person alone: sessions, data, views."""
