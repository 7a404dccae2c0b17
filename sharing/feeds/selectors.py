"""The streams as partners read them: which there are, their pages, their keys."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.access import Permission, need, require, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import selectors as agreements
from sharing.agreements.circles import contributed
from sharing.agreements.models import Collection
from sharing.distribution import readings
from sharing.distribution import selectors as distribution
from sharing.distribution import services as receipts
from sharing.distribution.selectors import Page, Reading
from sharing.tokens import services as tokens

STREAM = ("releases", "keys", "receipts", "filter")
QUESTIONS = ("filter", "oprf/evaluate", "oprf/keys", "details")


@dataclass(frozen=True, slots=True)
class CollectionView:
    """A collection that the organization may read or contribute to."""

    id: UUID
    title: str
    agreement: str
    clause: str
    disclosure: str
    can_read: bool
    can_contribute: bool
    generation: int | None = None  # for readers
    head: str = ""  # the newest cursor; of what only answers questions none
    releases: int | None = None
    links: dict[str, str] = field(default_factory=dict)  # what readers can ask for


@dataclass(frozen=True, slots=True)
class TokenKey:
    generation: int
    state: str
    effective_from: datetime
    key: str  # 32 bytes, hexadecimal


def collections(actor: Actor, *, most: int | None = None) -> list[CollectionView]:
    """What the organization reads (Grant valid now) or contributes to, by title.

    `most`: how far releases are counted, for who only looks; one more stands for more.
    """
    organization = _reader(actor)
    with scope(organization):
        gives = {clause.collection_id: clause for clause in contributed(organization)}
        found = [
            _readable(each, gives=each.grant.collection_id in gives, most=most)
            for each in readings.of(actor)
        ]
        seen = {view.id for view in found}
        found += [_given(clause) for pk, clause in gives.items() if pk not in seen]
    return sorted(found, key=lambda view: (view.agreement, view.title, view.id))


def collection(
    actor: Actor, collection_id: UUID, *, most: int | None = None
) -> CollectionView:
    """One collection that the organization reads or contributes to, or NotFound."""
    for view in collections(actor, most=most):
        if view.id == collection_id:
            return view
    raise NotFound("There is no such collection for you.")


def check_readable(actor: Actor, collection_id: UUID) -> None:
    """NotFound or Forbidden unless the actor could read the collection now."""
    organization = _reader(actor)
    with scope(organization):
        distribution.readable_by(actor, collection_id)


def check_granted(actor: Actor, collection_id: UUID) -> None:
    """The same of a collection that may have no stream."""
    organization = _reader(actor)
    with scope(organization):
        distribution.granted_by(actor, collection_id)


def page(actor: Actor, collection_id: UUID, cursor: Cursor, limit: int) -> Page:
    """The records after a cursor, as JSON lines; its serving is put on record."""
    organization = _reader(actor)
    with scope(organization):
        reading = distribution.readable_by(actor, collection_id)
        found = distribution.page(reading, cursor, limit)
        receipts.delivered(reading, found.next, actor.credential_id)
        return found


def newest(
    actor: Actor, collection_id: UUID, *, before: int | None = None, limit: int = 50
) -> Page:
    """The newest records first, below a seq: a person looks, nothing is delivered."""
    organization = _reader(actor)
    with scope(organization):
        reading = distribution.readable_by(actor, collection_id)
        return distribution.newest(reading, before, limit)


def keys(actor: Actor, collection_id: UUID) -> list[TokenKey]:
    """The token keys of the live and the announced generation; every look is audited."""
    organization = _reader(actor)
    with scope(organization):
        reading = distribution.granted_by(actor, collection_id)
        need(actor, Right.KEYS)
        require(actor, Permission.KEYS_COLLECTION, Collection, collection_id)
        distribution.need_stream(reading)
        audit.record(actor=actor, verb=Verb.KEYS_READ, subject=collection_id)
        return [
            TokenKey(
                each.number,
                each.state,
                each.effective_from,
                tokens.token_key_hex(collection_id, each.number),
            )
            for each in agreements.keyed(reading.grant, reading.moment)
        ]


def _reader(actor: Actor) -> UUID:
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    return actor.organization_id


def _readable(reading: Reading, *, gives: bool, most: int | None) -> CollectionView:
    clause = reading.grant.clause
    number = reading.generation.number
    return CollectionView(
        reading.grant.collection_id,
        reading.grant.collection.title,
        reading.grant.collection.agreement.title,
        clause.name,
        reading.grant.collection.disclosure,
        can_read=True,
        can_contribute=gives,
        generation=number,
        head=_head(reading),
        releases=distribution.counts(reading, most),
        links=_links(reading),
    )


def _head(reading: Reading) -> str:
    if distribution.only_answers(reading):
        return ""
    return str(Cursor(reading.generation.number, reading.head.next_seq - 1))


def _links(reading: Reading) -> dict[str, str]:
    """Where a reader goes on, by the last word of the address."""
    where = f"/api/v1/collections/{reading.grant.collection_id}"
    said = QUESTIONS if distribution.only_answers(reading) else STREAM
    return {each.replace("/", "_"): f"{where}/{each}" for each in said}


def _given(clause: agreements.ActiveClause) -> CollectionView:
    return CollectionView(
        clause.collection_id,
        clause.title,
        clause.terms.agreement,
        clause.terms.clause,
        clause.terms.disclosure,
        can_read=False,
        can_contribute=True,
    )
