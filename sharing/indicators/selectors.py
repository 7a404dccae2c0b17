"""Reading claims: one's own on screens and in the API, batches for distribution."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lib.errors import Invalid
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.indicators.digests import digests_of
from sharing.indicators.models import Indicator
from sharing.indicators.types import BadValue, read_value
from sharing.tokens import services as tokens


def in_batch(owner_id: UUID, batch: int) -> list[Indicator]:
    """Claims whose last change was this batch (a later change has a batch of its own)."""
    return list(Indicator.objects.filter(owner_id=owner_id, batch_id=batch))


def after(owner_id: UUID, cursor: UUID | None, limit: int) -> list[Indicator]:
    """The owner's claims in id order, for back-fills."""
    found = Indicator.objects.filter(owner_id=owner_id).order_by("id")
    if cursor is not None:
        found = found.filter(id__gt=cursor)
    return list(found[:limit])


def outlines(owner_id: UUID, cursor: UUID | None, limit: int) -> list[Indicator]:
    """As `after`, with only what deciding needs: nothing sealed is read."""
    found = Indicator.objects.filter(owner_id=owner_id).order_by("id").only(*_OUTLINE)
    if cursor is not None:
        found = found.filter(id__gt=cursor)
    return list(found[:limit])


_OUTLINE = (
    "owner_id type scam_type role review_status confidence tlp state audience valid_until"
).split()


def own_of_value(actor: Actor, text: str) -> UUID | None:
    """The organization's own claim about a value, or Invalid when it is none."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    try:
        said = read_value(text, kind=None)
    except BadValue as error:
        raise Invalid(error.sentence, code=error.code) from error
    indexes = [tokens.indexer().index(d) for d in digests_of(said)]
    with scope(actor.organization_id):
        found = Indicator.objects.filter(
            owner_id=actor.organization_id, type=said.kind, index__in=indexes
        )
        return found.order_by("-nv").values_list("pk", flat=True).first()


def own(owner_id: UUID, claim_id: UUID) -> Indicator | None:
    """One claim of its owner."""
    return Indicator.objects.filter(owner_id=owner_id, pk=claim_id).first()


def with_ids(owner_id: UUID, ids: list[UUID]) -> list[Indicator]:
    return list(Indicator.objects.filter(owner_id=owner_id, pk__in=ids))


@dataclass(frozen=True, slots=True)
class OwnClaim:
    """What an owner sees of its claim; the value itself is not kept to be shown."""

    id: UUID
    type: str
    nv: int
    by_hash: bool
    scam_type: str
    role: str
    status: str
    review_status: str
    confidence: int
    severity: str
    tlp: str
    labels: list[str]
    shared_infrastructure: list[str]
    first_seen: datetime | None
    last_seen: datetime | None
    valid_until: datetime
    audience: list[UUID] | None
    revision: int
    state: str
    created_at: datetime
    updated_at: datetime


def own_about(owner_id: UUID, kind: str, index: bytes) -> OwnClaim | None:
    """The owner's claim about an observable; in the owner's scope."""
    rows = Indicator.objects.filter(owner_id=owner_id, type=kind, index=index)
    row = rows.values_list(*OwnClaim.__slots__).first()
    return OwnClaim(*row) if row else None


def own_claims(
    actor: Actor, *, after_id: UUID | None = None, limit: int = 100
) -> list[OwnClaim]:
    """The organization's own claims, in id order (keyset: pass the last id)."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        rows = Indicator.objects.filter(owner_id=actor.organization_id).order_by("id")
        if after_id is not None:
            rows = rows.filter(id__gt=after_id)
        fields = tuple(OwnClaim.__slots__)
        return [OwnClaim(*row) for row in rows.values_list(*fields)[:limit]]


def holds_any(owner_id: UUID) -> bool:
    """Whether an organization has a claim, whatever its state; in its scope."""
    return Indicator.objects.filter(owner=owner_id).exists()
