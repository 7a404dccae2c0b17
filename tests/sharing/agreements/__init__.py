"""Agreements: terms, decisions, and the life of a Version."""
