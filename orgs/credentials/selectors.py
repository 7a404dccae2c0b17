"""The keys of an organization, and the one that a caller shows."""

from uuid import UUID

from django.db.models import QuerySet

from orgs.credentials.models import Credential


def credentials_of(organization_id: UUID) -> QuerySet[Credential]:
    """All keys of one organization, revoked ones too, newest first; no digests."""
    keys = Credential.objects.filter(organization_id=organization_id).defer("digest")
    return keys.select_related("created_by").order_by("-created_at")


def by_prefix(prefix: str) -> Credential | None:
    """The one key with this prefix: the only look-up without an organization."""
    keys = Credential.objects.select_related("organization")
    return keys.filter(prefix=prefix).first()
