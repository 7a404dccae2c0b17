"""Tests of what has no domain."""
