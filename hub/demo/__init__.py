"""The demo: its cast, its input, and the check that everybody got exactly their due."""
