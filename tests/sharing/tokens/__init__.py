"""Tests of the tokens room."""
