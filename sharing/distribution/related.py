"""Other releases about the same observable, as far as one may see and join them.

Within a collection all have one token, so whoever reads it can join them. Tokens of
different collections do not join: across collections only what both show in clear is
brought together, which the reader could compare as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from hub.lib.errors import NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import selectors as agreements
from sharing.distribution import finding, selectors, why
from sharing.distribution.correlation import Correlation, Seen
from sharing.distribution.finding import Found
from sharing.distribution.selectors import Entry, Reading
from sharing.indicators.types import TYPES
from sharing.tokens import scheme
from sharing.tokens import services as tokens
from sharing.vocabulary import CORRELATION_CAP, Disclosure


@dataclass(frozen=True, slots=True)
class Other:
    """Another release, where it stands, and its JSON as the stream has it."""

    collection: UUID
    title: str  # of the collection
    id: UUID
    record: bytes


@dataclass(frozen=True, slots=True)
class Related:
    """Of an over-correlating observable no releases: `correlation` says why."""

    release: UUID
    correlation: Correlation
    releases: tuple[Other, ...]
    next: UUID | None  # read on after it
    more: bool
    cut: bool  # there are more than 100, and no page holds those


def related(
    *, actor: Actor, release_id: UUID, after: UUID | None = None, limit: int = 25
) -> Related:
    """What else the actor may read now about the observable of a release, or NotFound.

    In the order of ids, which tells nothing. Costs one index look-up in the collection,
    and where the value is shown one in each other that may show it.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        reading, entry = why.found(actor, actor.organization_id, release_id)
        if reading.grant.collection.disclosure == Disclosure.QUERY:
            raise NotFound(selectors.NO_RELEASE)
        seen, others = _gathered(actor, reading, entry)
    correlation = seen.told()
    if correlation.over_correlating:
        others = []
    kept = sorted(others, key=lambda other: other.id)[:CORRELATION_CAP]
    left = [other for other in kept if after is None or other.id > after]
    page, more = left[:limit], len(left) > limit
    return Related(
        release_id,
        correlation,
        tuple(page),
        next=page[-1].id if more else None,
        more=more,
        cut=len(others) > CORRELATION_CAP,
    )


def _gathered(actor: Actor, reading: Reading, entry: Entry) -> tuple[Seen, list[Other]]:
    """What all of them show, this one included, and the others."""
    seen, others = Seen(), []
    for other, found in streams(actor, reading, entry):
        collection = other.grant.collection
        seen.many |= len(found) > CORRELATION_CAP
        for each in found:
            seen.add(each.payload)
            if each.id != entry.release.public_id:
                others.append(
                    Other(collection.pk, collection.title, each.id, each.record)
                )
    return seen, others


def streams(
    actor: Actor, reading: Reading, entry: Entry
) -> Iterator[tuple[Reading, list[Found]]]:
    """What is about the same, by collection, this release included.

    Of what was taken back nothing, for it is about nothing any more.
    """
    row = entry.release
    if entry.payload is None or row.token is None:
        return
    found = finding.with_tokens(reading, [bytes(row.token)])
    yield reading, list(found)
    payload = orjson.loads(entry.payload)
    digest = whole(reading, bytes(row.token), payload)
    if digest is None:
        return
    for other in showing(actor, reading):
        make = tokens.token_maker(other.grant.collection_id, other.generation.number)
        token = make(payload["type"], digest)
        same = [
            each
            for each in finding.with_tokens(other, [token])
            if each.payload.get("value") == payload["value"]
        ]
        yield other, same


def whole(reading: Reading, token: bytes, payload: dict[str, Any]) -> bytes | None:
    """The digest of the value that is shown, if that is all of it: its token proves it."""
    kind, value = payload["type"], payload.get("value")
    if value is None or kind not in TYPES:
        return None
    make = tokens.token_maker(reading.grant.collection_id, reading.generation.number)
    versions = (scheme.digest(kind, nv, value) for nv in TYPES[kind].versions())
    return next((digest for digest in versions if make(kind, digest) == token), None)


def showing(actor: Actor, reading: Reading) -> Iterator[Reading]:
    """The other collections that the actor reads and that may show values."""
    organization_id = reading.grant.recipient_id
    for grant in agreements.granted(actor):
        collection = grant.collection
        if collection.disclosure != Disclosure.VALUE:
            continue
        if collection.pk == reading.grant.collection_id:
            continue
        try:
            yield selectors.readable(organization_id, collection.pk)
        except NotFound:
            continue  # its Grant ended just now
