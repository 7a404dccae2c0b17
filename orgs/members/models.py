"""Membership with a role, the Group behind each role, and invitations."""

import uuid

from django.contrib.auth.models import Group
from django.db import models

from orgs.accounts.actor import Role
from orgs.accounts.models import Organization, User

ROLES = [(str(role), str(role)) for role in Role]


class RoleGroup(models.Model):
    """The Group that holds the object permissions of one role in one organization."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    role = models.CharField(max_length=12, choices=ROLES)
    group = models.OneToOneField(Group, models.PROTECT)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "role"], name="one_group_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.role}"


class Membership(models.Model):
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=ROLES)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="one_role_per_organization"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"


class Invitation(models.Model):
    """A link, sent by e-mail; only the digest of its secret is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE)
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=ROLES)
    secret_digest = models.BinaryField()
    invited_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"invitation {self.id}"
