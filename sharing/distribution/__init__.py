"""Releases: what leaves, once per collection, in gapless order."""
