"""One's own claims that left on a day by one collection: as their rows stand now."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.distribution.models import Departure, Release
from sharing.distribution.outgoing import Left, departures, outgoing
from sharing.indicators.models import Indicator

PAGE = 50


@dataclass(frozen=True, slots=True)
class Gone:
    """One claim, and what happened last to its release."""

    claim: UUID
    type: str
    scam_type: str
    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    left: Left
    rows: list[Gone]
    next: Cursor | None


def claims(
    actor: Actor, day: date, collection_id: UUID, *, type_: str, after: Cursor
) -> Page:
    """A page of the claims that left on a day, of one type or of all, as they left.

    What was changed again on a later day stands there. Cost: one range scan between the
    first and the last place of the day.
    """
    need(actor, Right.READ)
    found = [
        each
        for each in outgoing(actor, day).clauses
        if each.collection.id == collection_id
    ]
    if not found or actor.organization_id is None:
        raise NotFound("Nothing of yours left by it on that day.")
    with scope(actor.organization_id):
        spans = _spans(actor.organization_id, day, collection_id, type_)
        rows: list[tuple[Cursor, Release]] = []
        for number, generation, first, last in spans:
            start = max(first - 1, after.seq if number == after.generation else 0)
            if number < after.generation or len(rows) > PAGE:
                continue
            some = _rows(actor.organization_id, generation, start, last, type_)
            rows += [
                (Cursor(number, row.seq), row)
                for row in islice(some, PAGE + 1 - len(rows))
            ]
        shown = [row for _, row in rows[:PAGE]]
        more = rows[PAGE - 1][0] if len(rows) > PAGE else None
        return Page(found[-1], _gone(shown), more)


def _spans(
    owner: UUID, day: date, collection_id: UUID, type_: str
) -> list[tuple[int, int, int, int]]:
    """Number, generation, and first and last place, of each that something left in."""
    left = departures(owner, day).filter(generation__collection=collection_id)
    if type_:
        left = left.filter(type__in=[type_, ""])
    grouped = left.values_list("generation__number", "generation")
    found = grouped.annotate(Min("first_seq"), Max("last_seq"))
    return list(found.order_by("generation__number"))


def _rows(
    owner: UUID, generation: int, after: int, last: int, type_: str
) -> QuerySet[Release]:
    rows = Release.objects.filter(
        owner=owner, generation=generation, seq__gt=after, seq__lte=last
    )
    if type_:
        of_type = Indicator.objects.filter(pk=OuterRef("indicator"), type=type_)
        rows = rows.filter(Exists(of_type))
    slim = rows.only(
        "indicator", "seq", "first_seq", "state", "date_added", "public_id"
    )
    return slim.order_by("seq")[: PAGE + 1]


def _gone(rows: list[Release]) -> list[Gone]:
    known = Indicator.objects.only("type", "scam_type").in_bulk(
        [row.indicator for row in rows]
    )
    return [
        Gone(row.indicator, claim.type, claim.scam_type, _event(row), row.date_added)
        for row in rows
        if (claim := known.get(row.indicator))
    ]


def _event(row: Release) -> str:
    event = Departure.Event
    if row.state == Release.State.TOMBSTONE:
        return event.RECALLED
    if row.seq != row.first_seq:
        return event.REVISED
    return event.RELEASED if row.pk == row.public_id else event.RENEWED
