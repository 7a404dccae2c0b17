"""Tests of what recipients say about records."""
