"""Tests of orgs.accounts."""
