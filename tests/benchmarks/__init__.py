"""Measurements, one module each: `./run bench NAME`. They measure; tests judge."""
