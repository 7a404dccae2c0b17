"""How a hub and an organization begin."""
