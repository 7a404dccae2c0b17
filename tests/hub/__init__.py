"""Tests of the wiring: servers, logs, health, running it."""
