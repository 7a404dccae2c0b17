"""Look-ups: is one of these known, and who says so."""
