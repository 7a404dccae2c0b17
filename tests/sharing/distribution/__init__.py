"""Tests of sharing.distribution."""
