"""Limits of look-ups that hub staff set for one organization, and what it uses of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.lib.clock import now
from hub.lib.errors import FieldError, Invalid, NotFound
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_code, need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.agreements.models import Collection, Grant
from sharing.lookup import quota
from sharing.lookup.models import LookupCount, LookupLimit

KINDS = (*map(str, v.IndicatorKind), quota.OBLIVIOUS, quota.DETAILS)
MOST = 100_000_000
REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class Use:
    """One type in one collection: what a day has, and what is asked of it today."""

    collection_id: UUID
    collection: str
    kind: str
    asked: int | None  # None: fewer than SMALL_COUNT
    most: int
    usual: int
    reason: str  # of a limit of its own; empty: it has none
    set_at: datetime | None

    @property
    def share(self) -> float:
        return min(1.0, (self.asked or 0) / self.most) if self.most else 1.0


def uses(actor: Actor, organization_id: UUID) -> list[Use]:
    """What an organization asked today, and where it has a limit of its own.

    In its scope: staff learn counts, never what was asked or found.
    """
    need_staff(actor)
    with scope(organization_id):
        today = LookupCount.objects.filter(
            organization=organization_id, day=now().date()
        )
        asked = {(row.collection_id, row.kind): row.asked for row in today}
        own = {
            (row.collection_id, row.kind): row
            for row in LookupLimit.objects.filter(organization=organization_id)
        }
    titles = {pk: each.title for pk, each in _streams({*asked, *own}).items()}
    found = [
        _use(*key, titles[key[0]], asked.get(key, 0), own.get(key))
        for key in {*asked, *own}
    ]
    return sorted(found, key=lambda use: (-use.share, use.collection, use.kind))


def _streams(keys: set[tuple[UUID, str]]) -> dict[UUID, Collection]:
    return Collection.objects.in_bulk({collection for collection, _ in keys})


def _use(
    collection_id: UUID, kind: str, title: str, asked: int, own: LookupLimit | None
) -> Use:
    usual = quota.quota(kind)
    return Use(
        collection_id,
        title,
        kind,
        asked if asked >= v.SMALL_COUNT else None,
        own.most if own else usual,
        usual,
        own.reason if own else "",
        own.set_at if own else None,
    )


def readable(actor: Actor, organization_id: UUID) -> list[tuple[UUID, str]]:
    """The collections that an organization was ever let into, by title."""
    need_staff(actor)
    rows = Grant.objects.filter(recipient=organization_id)
    found = rows.values_list("collection", "collection__title").distinct()
    return sorted(found, key=lambda each: (each[1], each[0]))


def change(
    *,
    actor: Actor,
    organization_id: UUID,
    collection_id: UUID,
    kind: str,
    most: int | None,
    reason: str,
) -> None:
    """Another limit from the next look-up on; None gives the usual one back."""
    need_staff(actor)
    need_code(actor)
    said = _checked(kind, most, reason)
    if collection_id not in dict(readable(actor, organization_id)):
        raise NotFound("It was never let into this collection.")
    which: dict[str, Any] = {
        "organization_id": organization_id,
        "collection_id": collection_id,
        "kind": kind,
    }
    with scope(organization_id):
        if most is None:
            LookupLimit.objects.filter(**which).delete()
        else:
            facts = {"most": most, "reason": said, "set_at": now()}
            LookupLimit.objects.update_or_create(
                **which, defaults={**facts, "set_by_id": actor.user_id}
            )
        audit.record(
            actor=actor,
            verb=Verb.LOOKUP_LIMIT,
            subject=collection_id,
            organization_id=organization_id,
            kind=kind,
            most=most,
            reason=said,
        )


def _checked(kind: str, most: int | None, reason: str) -> str:
    if kind not in KINDS:
        raise _bad("kind", "Not a type that is counted.")
    if most is not None and not 0 <= most <= MOST:
        raise _bad("most", f"A number from 0 to {MOST:,}.")
    said = " ".join(reason.split())
    if not said or len(said) > REASON_MAX or not said.isprintable():
        raise _bad("reason", f"A reason of 1 to {REASON_MAX} characters is needed.")
    return said


def _bad(field: str, detail: str) -> Invalid:
    error: FieldError = {"field": field, "code": "bad-limit", "detail": detail}
    return Invalid(detail, errors=[error])
