"""Tests of orgs.members."""
