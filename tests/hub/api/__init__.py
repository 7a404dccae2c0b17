"""Tests of what every part of the API shares."""
