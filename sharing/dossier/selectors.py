"""All of one observable that an organization may read now, on one page.

Brought together as `distribution.related` does it: within a collection by the token,
across collections only what shows its whole value in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db.models import prefetch_related_objects

from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import selectors as agreements
from sharing.distribution import finding, notices, related, why
from sharing.distribution import selectors as streams
from sharing.distribution.correlation import Correlation, Seen
from sharing.distribution.notices import NoticeView
from sharing.distribution.selectors import Entry, Reading
from sharing.distribution.why import Why
from sharing.dossier import history
from sharing.dossier.history import Happening, History
from sharing.feedback import selectors as feedback
from sharing.feedback.showing import Feedback
from sharing.indicators import selectors as indicators
from sharing.indicators.selectors import OwnClaim
from sharing.vocabulary import CORRELATION_CAP

OTHERS = 25  # in a page


@dataclass(frozen=True, slots=True)
class Sight:
    """A release as its stream has it, and why the organization has it."""

    why: Why
    payload: dict[str, Any]  # of a tombstone nothing
    feedback: Feedback | None = None  # nothing that the viewer may see


@dataclass(frozen=True, slots=True)
class Observed:
    head: Sight  # the release that was opened
    token: str  # as it leaves; of what has none empty
    correlation: Correlation
    others: tuple[Sight, ...]  # a page of the rest, by id
    count: int  # of others, as far as they are listed
    next: UUID | None
    cut: bool  # there are more than anybody lists
    asked: bool  # found by asking alone: nothing is brought together
    own: OwnClaim | None
    history: History


@dataclass(frozen=True, slots=True)
class _Gathered:
    correlation: Correlation
    places: tuple[tuple[Reading, bytes | None], ...]  # where it stands, by its token
    others: tuple[tuple[Reading, Entry], ...]
    cut: bool


def observe(
    *,
    actor: Actor,
    release_id: UUID,
    after: UUID | None = None,
    before: str | None = None,
    limit: int = OTHERS,
) -> Observed:
    """The page of a release's observable, or NotFound.

    Costs what `related` does, and the terms of each Version that released any of it;
    no more than 101 releases are read of one collection.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    owner = actor.organization_id
    sent = notices.notices(actor)
    with scope(owner):
        reading, entry = why.found(actor, owner, release_id)
        asked = streams.only_answers(reading)
        gathered = _gathered(actor, reading, entry, asked=asked)
        sights = _said(actor, _sights([(reading, entry), *gathered.others]))
        head, others = sights[0], sights[1:]
        own = None
        if entry.payload is not None and not asked:
            index = bytes(entry.release.index)
            own = indicators.own_about(owner, head.payload["type"], index)
        told = _happenings(sights, own, sent, gathered, entry)
        listed = [each for each in others if after is None or each.why.release > after]
        shown = listed[:limit]
        return Observed(
            head=head,
            token=_token(reading, entry),
            correlation=gathered.correlation,
            others=tuple(shown),
            count=len(others),
            next=shown[-1].why.release if len(listed) > limit else None,
            cut=gathered.cut,
            asked=asked,
            own=own,
            history=history.page(told, before),
        )


def _gathered(
    actor: Actor, reading: Reading, entry: Entry, *, asked: bool
) -> _Gathered:
    """The others, by id; none of what was asked for, or joins nothing."""
    row = entry.release
    token = None if row.token is None else bytes(row.token)
    seen, places = Seen(), [(reading, token)]
    others: list[tuple[Reading, Entry]] = []
    found = [] if asked else related.streams(actor, reading, entry)
    for place, some in found:
        seen.many |= len(some) > CORRELATION_CAP
        for each in some:
            seen.add(each.payload)
            if each.id != row.public_id:
                others.append((place, each.entry))
        if some and place.generation.pk != reading.generation.pk:
            places.append((place, some[0].token))
    correlation = seen.told()
    if asked or entry.payload is None or correlation.over_correlating:
        return _Gathered(correlation, ((reading, None),), (), cut=False)
    others.sort(key=lambda one: one[1].release.public_id)
    cut = len(others) > CORRELATION_CAP
    return _Gathered(correlation, tuple(places), tuple(others[:CORRELATION_CAP]), cut)


def _sights(rows: list[tuple[Reading, Entry]]) -> list[Sight]:
    prefetch_related_objects([entry.release for _, entry in rows], "version")
    terms_under = cache(agreements.terms_under)
    return [
        Sight(
            why.told(reading, entry, terms_under),
            orjson.loads(entry.payload) if entry.payload else {},
        )
        for reading, entry in rows
    ]


def _said(actor: Actor, sights: list[Sight]) -> list[Sight]:
    """With what was said about each of those that are live."""
    ids = [each.why.release for each in sights if each.payload]
    said = feedback.of_releases(actor=actor, release_ids=ids)
    return [replace(each, feedback=said.get(each.why.release)) for each in sights]


def _token(reading: Reading, entry: Entry) -> str:
    token = entry.release.token
    return "" if token is None else f"{reading.generation.number}:{bytes(token).hex()}"


def _happenings(
    sights: list[Sight],
    own: OwnClaim | None,
    sent: list[NoticeView],
    gathered: _Gathered,
    opened: Entry,
) -> Iterator[Happening]:
    for sight in sights:
        yield from history.of_access(sight.why)
        if sight.payload:
            yield from history.of_release(sight.why, sight.payload)
        if sight.feedback:
            where = sight.why.collection.name
            yield from history.of_feedback(sight.feedback, where)
    for place, token in gathered.places:
        yield from _of_place(place, sent)
        gone = [] if token is None else finding.taken_back(place, token)
        for row in gone if opened.payload else [opened.release]:
            title = place.grant.collection.title
            yield history.of_recall(str(row.public_id), row.date_added, title)
    if own is not None:
        yield from history.of_claim(
            str(own.id),
            created_at=own.created_at,
            updated_at=own.updated_at,
            revision=own.revision,
            state=own.state,
        )


def _of_place(place: Reading, sent: list[NoticeView]) -> Iterator[Happening]:
    """What happened to a collection, and to the access to it before."""
    collection = place.grant.collection
    for event in streams.events(place):
        about = f"{collection.pk}.{event.seq}"
        yield from history.of_stream(
            event.kind, event.date_added, about, collection.title
        )
    for notice in sent:
        if notice.collection == collection.pk:
            yield history.of_notice(
                str(notice.id),
                notice.reason,
                notice.ended_at,
                notice.purge_by,
                collection.title,
            )
