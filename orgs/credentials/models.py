"""Credential: an API key. Shown once, stored as a digest, found by its prefix."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orgs.accounts.models import Organization, User
from orgs.members.models import ROLES


class Credential(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="credentials"
    )
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField()  # SHA-512 of the whole key
    role = models.CharField(max_length=12, choices=ROLES)  # whose object permissions
    scopes = ArrayField(models.CharField(max_length=20))  # some of the role's rights
    addresses = ArrayField(models.CharField(max_length=45), default=list, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
