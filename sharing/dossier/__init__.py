"""One observable, with all that a member may see of it: its page, its history, its graph."""
