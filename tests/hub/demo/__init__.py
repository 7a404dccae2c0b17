"""Tests of the demo: its input, its files, its oracle."""
