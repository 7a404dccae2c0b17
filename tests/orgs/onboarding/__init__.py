"""Tests of orgs.onboarding."""
