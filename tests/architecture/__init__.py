"""Tests that read the tree itself."""
