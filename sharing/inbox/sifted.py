"""What saved filters told of, as far as it may be read now: joined with the streams anew.

A hit holds no copy. What the one selector does not serve to this organization at this
moment is not there, nor what was revised so that the filter asks for it no more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from hub.lib.errors import Malformed
from orgs.accounts.actor import Actor
from sharing.distribution import finding
from sharing.inbox import filters
from sharing.inbox.desk import Among, Desk, desk_of
from sharing.inbox.filters import FilterView
from sharing.inbox.kinds import Entry, Kind, Place
from sharing.inbox.models import FilterHit
from sharing.inbox.wanting import Facts
from sharing.vocabulary import FILTER_HITS, FILTER_HITS_COUNTED

GONE_ON = "A page of this list begins where another one ended."
# The first look is for what an entry counts; the second takes all that is kept.
LOOKS = (FILTER_HITS_COUNTED + 1, FILTER_HITS)
# The newest of each filter, below where the last look ended, since it was last dealt
# with; the snoozed wait as they are. Of streams that may be read now alone.
_NEWEST = """
SELECT h.filter_id, h.collection, h.release, h.at, h.id
  FROM unnest(%(filters)s::uuid[], %(ats)s::timestamptz[], %(ids)s::bigint[])
       AS f (id, at, last)
  LEFT JOIN sharing_handling d
         ON d.organization_id = %(organization)s AND d.kind = %(kind)s
        AND d.subject = f.id AND d.outcome NOT IN ('', 'snoozed')
 CROSS JOIN LATERAL (
       SELECT k.* FROM sharing_filterhit k
        WHERE k.filter_id = f.id AND k.collection = ANY(%(streams)s::uuid[])
          AND (%(decided)s OR d.upto IS NULL OR k.at > d.upto)
          AND (f.at IS NULL OR (k.at, k.id) < (f.at, f.last))
        ORDER BY k.at DESC, k.id DESC LIMIT %(most)s) h
 ORDER BY h.at DESC, h.id DESC
"""


class Hit(NamedTuple):
    filter: UUID
    collection: UUID
    release: UUID
    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Told:
    """A release that a filter asked for, as it may be read now."""

    release: UUID
    collection: UUID
    title: str  # of the collection
    at: datetime  # when it was told of
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    filter: FilterView
    rows: tuple[Told, ...]
    next: str | None


def filtered(desk: Desk, among: Among, _: Place | None) -> Iterable[Entry]:
    """One entry for each filter that something came for; how many, and of what."""
    with filters.own_scope(desk.actor):
        mine = {each.id: each for each in filters.listed(desk.actor)}
        wanted = {pk: each for pk, each in mine.items() if among is None or pk in among}
        told = _newest(desk, wanted, decided=among is not None) if wanted else {}
    for pk, rows in told.items():
        yield _entry(mine[pk], rows)


def page(actor: Actor, filter_id: UUID, *, before: str | None, limit: int) -> Page:
    """What a filter told of, the newest first; a page may hold less than `limit`."""
    desk = desk_of(actor)
    with filters.own_scope(actor):
        mine = filters.one(actor, filter_id)
        rows = FilterHit.objects.filter(filter=filter_id).order_by("-at", "-id")
        if before:
            at, pk = _place(before)
            rows = rows.extra(where=["(at, id) < (%s, %s)"], params=[at, pk])
        found = list(rows[: limit + 1])
        hits = [
            Hit(filter_id, row.collection, row.release, row.at, row.pk)
            for row in found[:limit]
        ]
        told = [each for _, each in _served(desk, {filter_id: mine}, hits)]
    last = found[limit - 1] if len(found) > limit else None
    following = f"{last.at.isoformat()}~{last.pk}" if last else None
    return Page(mine, tuple(told), following)


def _place(text: str) -> tuple[datetime, int]:
    at, _, pk = text.partition("~")
    try:
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC), int(pk)
    except (ValueError, OverflowError):
        pass
    raise Malformed(GONE_ON, code="bad-parameter")


def _newest(
    desk: Desk, wanted: Mapping[UUID, FilterView], *, decided: bool
) -> dict[UUID, list[Told]]:
    """Of each filter as many as an entry counts, if so many are served.

    What is served no more does not stand in the way of what is.
    """
    told: dict[UUID, list[Told]] = defaultdict(list)
    below: dict[UUID, Hit | None] = dict.fromkeys(wanted)
    for most in LOOKS:
        hits = _below(desk, below, decided=decided, most=most)
        for pk, each in _served(desk, wanted, hits):
            told[pk].append(each)
        seen = Counter(hit.filter for hit in hits)
        last = {hit.filter: hit for hit in hits}
        below = {
            pk: last[pk]
            for pk, count in seen.items()
            if count == most and len(told.get(pk, ())) <= FILTER_HITS_COUNTED
        }
        if not below:
            break
    return told


def _below(
    desk: Desk, below: Mapping[UUID, Hit | None], *, decided: bool, most: int
) -> list[Hit]:
    given: dict[str, Any] = {
        "organization": desk.organization,
        "kind": str(Kind.FILTER),
        "streams": [reading.grant.collection.pk for reading in desk.readings],
        "filters": list(below),
        "ats": [hit and hit.at for hit in below.values()],
        "ids": [hit and hit.id for hit in below.values()],
        "decided": decided,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, given)
        return [Hit(*row) for row in cursor.fetchall()]


def _served(
    desk: Desk, mine: Mapping[UUID, FilterView], hits: Sequence[Hit]
) -> Iterable[tuple[UUID, Told]]:
    """In the order of the hits."""
    payloads = _payloads(desk, hits)
    for hit in hits:
        title, payload = payloads.get((hit.collection, hit.release), ("", None))
        if payload is None:
            continue
        if mine[hit.filter].wanted.fits(hit.collection, Facts.of(payload)):
            told = Told(hit.release, hit.collection, title, hit.at, payload)
            yield hit.filter, told


def _payloads(
    desk: Desk, hits: Sequence[Hit]
) -> dict[tuple[UUID, UUID], tuple[str, dict[str, Any]]]:
    """What is served now of these, and the title of its collection; a query a stream."""
    wanted: dict[UUID, set[UUID]] = defaultdict(set)
    for hit in hits:
        wanted[hit.collection].add(hit.release)
    found = {}
    for reading in desk.readings:
        stream = reading.grant.collection
        for entry in finding.with_ids(reading, wanted.get(stream.pk, ())):
            said = orjson.loads(entry.payload or b"{}")
            found[stream.pk, entry.release.public_id] = (stream.title, said)
    return found


def _entry(mine: FilterView, rows: Sequence[Told]) -> Entry:
    count = len(rows)
    many = f"{FILTER_HITS_COUNTED}+" if count > FILTER_HITS_COUNTED else str(count)
    what = "new release fits" if count == 1 else "new releases fit"
    titles = sorted({each.title for each in rows})
    whose = "your own filter" if mine.personal else "a filter of your organization"
    return Entry(
        Kind.FILTER,
        mine.id,
        rows[0].at,
        f"{many} {what} “{mine.name}”",
        f"By {whose}, in {', '.join(f'“{each}”' for each in titles[:3])}"
        f"{' and others' if len(titles) > 3 else ''}.",
        "release-filter",
        mine.id,
    )
