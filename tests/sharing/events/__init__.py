"""Tests of sharing.events."""
