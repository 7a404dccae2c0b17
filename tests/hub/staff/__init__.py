"""Tests of what hub staff see and do."""
