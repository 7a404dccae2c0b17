"""Tests of the partner's toolkit."""
