"""Flows through the whole hub, with real processes."""
