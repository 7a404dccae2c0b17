"""Numbers about sharing, and what they do not give away."""
