"""Who may do what: guardian's only importer, and the scope of every transaction."""
