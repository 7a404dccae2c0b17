"""Digests, indexes and tokens, and the keys they need."""
