"""Tests of orgs.credentials."""
