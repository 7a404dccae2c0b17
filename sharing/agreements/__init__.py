"""Data-sharing agreements: terms, decisions, collections and grants."""
