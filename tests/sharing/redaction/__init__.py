"""Redaction: what may leave."""
