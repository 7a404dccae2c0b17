"""Who belongs to an organization, in which role; invitations."""
