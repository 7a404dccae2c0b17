"""Named migrations."""
