"""Tests of sharing.intake."""
