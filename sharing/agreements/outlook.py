"""What agreements bring soon: Versions that start or end, keys that are announced or late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_staff
from sharing.agreements.clauses import RUNNING
from sharing.agreements.models import Agreement, Generation
from sharing.tokens import selectors as roots

STARTS_WITHIN = timedelta(days=7)
ENDS_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Change:
    """An agreement whose text in force changes, or ends."""

    agreement_id: UUID
    title: str
    number: int
    at: datetime
    starts: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """One generation of a collection, and what is to be known of its keys."""

    collection_id: UUID
    collection: str
    agreement_id: UUID
    disclosure: str
    is_open: bool
    number: int
    state: str
    effective_from: datetime
    created_at: datetime | None  # of its root
    destroyed: bool
    rotation: bool  # planned, not brought by a text

    @property
    def announced(self) -> bool:
        return self.state == Generation.State.BUILDING and self.effective_from > now()

    @property
    def overdue(self) -> bool:
        return self.state == Generation.State.BUILDING and self.effective_from <= now()


def changes(actor: Actor) -> list[Change]:
    """Announced Versions of the next week, and agreements that end within 30 days."""
    need_staff(actor)
    moment = now()
    running = Agreement.objects.filter(state__in=RUNNING).select_related(
        "active_version", "next_version"
    )
    starting = Q(next_version__effective_from__lte=moment + STARTS_WITHIN)
    ending = Q(active_version__effective_until__lte=moment + ENDS_WITHIN)
    found = [
        change
        for each in running.filter(starting | ending)
        for change in _changes(each, moment)
    ]
    return sorted(found, key=lambda each: each.at)


def _changes(agreement: Agreement, moment: datetime) -> list[Change]:
    found, coming, active = [], agreement.next_version, agreement.active_version
    if coming is not None and coming.effective_from <= moment + STARTS_WITHIN:
        at = coming.effective_from
        found.append(
            Change(agreement.pk, agreement.title, coming.number, at, starts=True)
        )
    until = active.effective_until if active is not None else None
    if active is not None and until is not None and until <= moment + ENDS_WITHIN:
        found.append(
            Change(agreement.pk, agreement.title, active.number, until, starts=False)
        )
    return found


def keys(actor: Actor) -> list[Keys]:
    """Every generation by collection, the newest first; never a key."""
    need_staff(actor)
    known = {(each.collection, each.number): each for each in roots.generations()}
    rows = Generation.objects.select_related("collection").order_by(
        "collection__title", "collection", F("number").desc()
    )
    found = []
    for row in rows:
        root = known.get((row.collection_id, row.number))
        stream = row.collection
        found.append(
            Keys(
                stream.pk,
                stream.title,
                stream.agreement_id,
                stream.disclosure,
                stream.state == stream.State.OPEN,
                row.number,
                row.state,
                row.effective_from,
                root.created_at if root else None,
                root is not None and root.destroyed_at is not None,
                row.rotation,
            )
        )
    return found
