"""The agreements that name an organization, for hub staff who bring it in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_staff
from sharing.agreements.models import Party, Signature, Version


@dataclass(frozen=True, slots=True)
class Part:
    """One text that names it: what became of the text, and whether it signed."""

    version_id: UUID
    title: str
    number: int
    state: str
    signed: bool
    effective_from: datetime

    @property
    def in_force(self) -> bool:
        return self.state == Version.State.ACTIVE and self.signed


def parts(actor: Actor, organization_id: UUID) -> list[Part]:
    """Texts that are not over, the newest first; drafts of its own hand are not shown."""
    need_staff(actor)
    signed = Signature.objects.filter(
        version=OuterRef("version"), organization=organization_id
    )
    over = (Version.State.SUPERSEDED, Version.State.ENDED)
    rows = Party.objects.filter(organization=organization_id, left_at=None)
    rows = rows.exclude(version__state__in=over)
    rows = rows.exclude(version__proposed_at=None, version__drafted_by__isnull=False)
    rows = rows.select_related("version__agreement").annotate(signed=Exists(signed))
    return [
        Part(
            row.version_id,
            row.version.agreement.title,
            row.version.number,
            row.version.state,
            row.signed,
            row.version.effective_from,
        )
        for row in rows.order_by("-version__created_at")[:50]
    ]
