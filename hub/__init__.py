"""Wiring of the house: how it is served."""
