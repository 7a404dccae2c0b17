"""The streams as partners read them."""
