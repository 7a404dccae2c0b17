"""Matches with watchlists that may be read now: joined with the stream at each look."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db.models import Exists, OuterRef, Q, QuerySet

from sharing.distribution import finding
from sharing.distribution import selectors as distribution
from sharing.inbox import watchlists
from sharing.inbox.desk import Among, Desk
from sharing.inbox.kinds import Entry, Kind, Outcome, Place
from sharing.inbox.matching import PURPOSE
from sharing.inbox.models import Handling, Match
from sharing.tokens import services as tokens
from sharing.vocabulary import INBOX_MATCHES


class Told(NamedTuple):
    """What a match is about."""

    collection: UUID
    release: UUID
    line: UUID


def matches(desk: Desk, among: Among, after: Place | None) -> Iterable[Entry]:
    """The newest that are open, or those that are asked for.

    What the stream does not serve to this organization at this moment is not there,
    whatever was matched when: a match holds no copy of a release.
    """
    rows = Match.objects.filter(organization=desk.organization)
    if among is not None:
        rows = rows.filter(pk__in=among)
    else:
        rows = _open(desk, rows)
        if after is not None:
            rows = rows.filter(at__lte=after.at)
    newest = list(
        rows.select_related("watchlist").order_by("-at", "-pk")[:INBOX_MATCHES]
    )
    told = {row.pk: _told(row) for row in newest}
    releases = _releases(desk, told.values())
    labels = watchlists.labels(desk.organization, [each.line for each in told.values()])
    for row in newest:
        about = told[row.pk]
        payload = releases.get((about.collection, about.release))
        if payload is not None:
            title = _titles(desk)[about.collection]
            yield _entry(row, about, labels.get(about.line, ""), payload, title)


def _open(desk: Desk, rows: QuerySet[Match]) -> QuerySet[Match]:
    """Without what was decided: however much that is, it is not read."""
    handled = Handling.objects.filter(
        organization=desk.organization,
        kind=Kind.MATCH,
        subject=OuterRef("pk"),
        upto__gte=OuterRef("at"),
    )
    closed = handled.filter(
        Q(snoozed_until__gt=desk.moment) | ~Q(outcome__in=["", Outcome.SNOOZED])
    )
    return rows.filter(~Exists(closed))


def _told(row: Match) -> Told:
    opened = tokens.vault().open_blob(PURPOSE, row.pk.bytes, bytes(row.sealed))
    return Told(*(UUID(bytes=opened[at : at + 16]) for at in (0, 16, 32)))


def _releases(
    desk: Desk, told: Iterable[Told]
) -> dict[tuple[UUID, UUID], dict[str, Any]]:
    """The payloads that are served now; one query for each stream."""
    wanted: dict[UUID, list[UUID]] = defaultdict(list)
    for each in told:
        wanted[each.collection].append(each.release)
    found = {}
    for reading in desk.readings:
        collection = reading.grant.collection_id
        if not (some := wanted.get(collection)):
            continue
        for row in finding.alive(reading).filter(public_id__in=some):
            entry = distribution.entry_at(row, reading)
            if entry.payload is not None:
                found[collection, row.public_id] = orjson.loads(entry.payload)
    return found


def _titles(desk: Desk) -> dict[UUID, str]:
    return {
        each.grant.collection_id: each.grant.collection.title for each in desk.readings
    }


def _entry(
    row: Match, about: Told, label: str, payload: dict[str, Any], title: str
) -> Entry:
    kind = str(payload.get("type", "value")).replace("_", " ")
    what = f"“{label}”" if label else f"A {kind}"
    return Entry(
        Kind.MATCH,
        row.pk,
        row.at,
        f"{what} of your watchlist “{row.watchlist.name}” is in “{title}”",
        f"{_who(payload)} shares it{_as(payload)}.",
        "release-why",
        about.release,
    )


def _who(payload: dict[str, Any]) -> str:
    originator = payload.get("originator") or {}
    return str(originator.get("name") or "Somebody whom the clause does not name")


def _as(payload: dict[str, Any]) -> str:
    said: Sequence[str] = [
        f" as {str(payload['scam_type']).replace('_', ' ')}"
        if payload.get("scam_type")
        else "",
        f", confidence {payload['confidence']}"
        if payload.get("confidence") is not None
        else "",
    ]
    return "".join(said)
