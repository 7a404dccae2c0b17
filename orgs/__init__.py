"""Who: people, organizations, credentials, audit and access."""
