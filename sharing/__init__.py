"""What is shared, why and to whom."""
