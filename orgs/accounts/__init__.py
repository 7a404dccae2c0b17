"""People and the organizations they belong to."""
