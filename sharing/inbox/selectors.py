"""Reading the inbox: one list of all kinds, an entry, and how many wait."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

from hub.lib.errors import Forbidden, NotFound
from orgs.access import scope
from orgs.accounts.actor import Actor
from sharing.inbox import kinds
from sharing.inbox.desk import Desk, desk_of
from sharing.inbox.kinds import NOBODY, Entry, Handled, Kind, Place, Row
from sharing.inbox.models import Handling
from sharing.inbox.sources import SOURCES

COUNTED = 99  # a badge says "99+" from here on
COUNT_AGE = 60  # seconds
GONE = "There is no such entry in your inbox."


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    next: Place | None  # to go on behind it; None: this is the end


def page(
    actor: Actor,
    kind: Kind | None = None,
    *,
    after: Place | None = None,
    limit: int,
) -> Page:
    """What is open, the newest first; of one kind, or of all that the actor may see."""
    desk = desk_of(actor)
    if kind is not None and kind not in desk.kinds:
        raise Forbidden("Your role has no entries of this kind.")
    with scope(desk.organization):
        found = open_rows(desk, desk.kinds if kind is None else (kind,), after)
    shown = found[:limit]
    more = len(found) > limit
    return Page(shown, shown[-1].entry.place if more else None)


def open_rows(
    desk: Desk, wanted: Collection[Kind], after: Place | None = None
) -> list[Row]:
    """All that is open behind a place, in the caller's transaction."""
    entries = [
        entry
        for kind in wanted
        for entry in SOURCES[kind](desk, None, after)
        if after is None or entry.place < after
    ]
    known = handled(desk.organization, entries)
    return kinds.rows(entries, known, desk.actor.user_id, desk.moment)


def one(desk: Desk, kind: Kind, subject: UUID) -> Row:
    """An entry, decided or not, or NotFound; in the caller's transaction."""
    for entry in entries(desk, kind, [subject]):
        state = handled(desk.organization, [entry])
        known = state.get((kind, subject), NOBODY)
        return kinds.row(entry, known, desk.actor.user_id, desk.moment)
    raise NotFound(GONE)


def entry(actor: Actor, kind: Kind, subject: UUID) -> Row:
    desk = desk_of(actor)
    with scope(desk.organization):
        return one(desk, kind, subject)


def entries(desk: Desk, kind: Kind, subjects: Iterable[UUID]) -> list[Entry]:
    """Those of the subjects that are entries of the actor's inbox at all."""
    if kind not in desk.kinds:
        return []
    return list(SOURCES[kind](desk, frozenset(subjects), None))


def handled(
    organization_id: UUID, of: Collection[Entry]
) -> dict[tuple[str, UUID], Handled]:
    """What was done with these entries; one query, by subject."""
    rows = Handling.objects.filter(
        organization=organization_id,
        kind__in={each.kind for each in of},
        subject__in=[each.subject for each in of],
    )
    return {
        (each.kind, each.subject): Handled(
            each.claimed_by_id,
            each.claimed_by.name if each.claimed_by else "",
            each.claimed_until,
            each.outcome,
            each.upto,
            each.snoozed_until,
        )
        for each in rows.select_related("claimed_by")
    }


def count(actor: Actor) -> str:
    """How many entries wait, for the navigation: "" for none, "99+" for many.

    A person's number is a minute old at most, and counted anew after they decide: every
    page shows it, so it must cost nothing.
    """
    if actor.user_id is None or actor.organization_id is None:
        return ""
    if not kinds.seen_with(actor.rights):
        return ""
    key = _key(actor)
    known: int | None = cache.get(key)
    if known is None:
        known = len(page(actor, limit=COUNTED + 1).rows)
        cache.set(key, known, COUNT_AGE)
    return f"{COUNTED}+" if known > COUNTED else str(known or "")


def forget_count(actor: Actor) -> None:
    cache.delete(_key(actor))


def _key(actor: Actor) -> str:
    return f"inbox:{actor.organization_id}:{actor.user_id}:{actor.role}"
