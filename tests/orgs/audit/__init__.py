"""Tests of orgs.audit."""
