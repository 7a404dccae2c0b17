"""What the graph around an observable is made of: read through the one selector.

Labels and hosts have no index, and values none that could be asked for them: they lie
sealed. So a bounded stretch of each stream is looked through, the newest first, and the
answer says how much that was and where to look further.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import orjson
from django.utils.crypto import salted_hmac

from hub.lib.clock import iso
from hub.lib.errors import Malformed, NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.distribution import finding, related, why
from sharing.distribution import selectors as streams
from sharing.distribution.correlation import UNDER_A_HOST, Correlation, Seen
from sharing.distribution.explaining import Named
from sharing.distribution.selectors import Entry, Reading
from sharing.dossier import graph
from sharing.dossier.graph import Graph, Hub, Kind, Record
from sharing.redaction import rules
from sharing.vocabulary import CORRELATION_CAP, Disclosure

LOOK = 1_000  # rows in one answer, over all collections
LEAST = 100  # of one collection


@dataclass(frozen=True, slots=True)
class Looked:
    """How much of a stream was looked through this time."""

    collection: Named
    records: int
    more: bool


@dataclass(frozen=True, slots=True)
class Pivot:
    release: UUID
    graph: Graph
    correlation: Correlation
    looked: tuple[Looked, ...]
    next: str | None  # look further from there


Before = Mapping[UUID, int | None]  # by collection; None: from the top


def pivot(
    *,
    actor: Actor,
    release_id: UUID,
    hub: UUID | None = None,
    before: str | None = None,
    room: int = graph.NODES,
) -> Pivot:
    """The graph around a release's observable, or around one hub of it; or NotFound.

    Costs what `related` does, and at most `LOOK` rows of all streams together (or
    `LEAST` of each), however long they are.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        reading, entry = why.found(actor, actor.organization_id, release_id)
        if streams.only_answers(reading):
            raise NotFound(streams.NO_RELEASE)
        return _pivot(actor, reading, entry, hub, _read(before), room)


def _pivot(
    actor: Actor,
    reading: Reading,
    entry: Entry,
    hub: UUID | None,
    before: Before | None,
    room: int,
) -> Pivot:
    seen, records = _about(actor, reading, entry)
    correlation, release = seen.told(), entry.release.public_id
    centre = _observable(reading, bytes(entry.release.token or b""))
    own = [each for each in records if each.observable == centre]
    hubs = {each for record in own for each in record.hubs}
    if hub is not None:
        hubs = {each for each in hubs if each.id == str(hub)}
        if not hubs:
            raise NotFound(streams.NO_RELEASE)
    if correlation.over_correlating:
        alone = graph.assemble(centre, own, room=1, degree=0)
        return Pivot(release, alone, correlation, (), None)
    found, looked, then = _look(actor, reading, hubs, before)
    drawn = graph.assemble(
        centre,
        [*records, *found],
        only=None if hub is None else str(hub),
        room=room,
        degree=graph.FEW if hub is None else graph.MANY,
    )
    return Pivot(release, drawn, correlation, looked, then)


def _about(actor: Actor, reading: Reading, entry: Entry) -> tuple[Seen, list[Record]]:
    """The releases about the observable itself, in every collection that shows it."""
    seen, records = Seen(), []
    for place, found in related.streams(actor, reading, entry):
        seen.many |= len(found) > CORRELATION_CAP
        for each in found:
            seen.add(each.payload)
            records.append(_record(place, each.entry))
    return seen, records


def _look(
    actor: Actor, reading: Reading, hubs: set[Hub], before: Before | None
) -> tuple[list[Record], tuple[Looked, ...], str | None]:
    """What else hangs on the hubs, as far as this time is looked."""
    places = _places(actor, reading, hubs)
    if before is not None:
        places = [each for each in places if each.grant.collection_id in before]
    share = max(LEAST, LOOK // max(1, len(places)))
    records: list[Record] = []
    looked, then = [], {}
    for place in places:
        collection = place.grant.collection
        start = before[collection.pk] if before else None
        stretch = finding.stretch(place, start, share)
        records += _hanging(place, stretch.entries, hubs)
        more = stretch.before is not None
        looked.append(
            Looked(Named(collection.pk, collection.title), len(stretch.entries), more)
        )
        if stretch.before is not None:
            then[collection.pk] = stretch.before
    return records, tuple(looked), _written(then)


def _places(actor: Actor, reading: Reading, hubs: set[Hub]) -> list[Reading]:
    """Where something can hang on the hubs: labels join within their collection alone."""
    kinds = {each.kind for each in hubs}
    found = [reading] if kinds & {Kind.LABEL, Kind.HOST} else []
    if Kind.HOST in kinds:
        found += related.showing(actor, reading)
    return found


def _hanging(
    place: Reading, entries: Iterable[Entry], hubs: set[Hub]
) -> Iterator[Record]:
    """The records that bear one of the hubs; only what may bear one is read at all."""
    needles = [
        orjson.dumps(each.text)[1:-1] for each in hubs if each.kind != Kind.VALUE
    ]
    for entry in entries:
        payload = entry.payload or b""
        if any(needle in payload for needle in needles):
            record = _record(place, entry)
            if record.hubs & hubs:
                yield record


def _record(place: Reading, entry: Entry) -> Record:
    said = orjson.loads(entry.payload or b"{}")
    token = bytes(entry.release.token or b"")
    collection, kind = place.grant.collection, said.get("type", "")
    originator = said.get("originator") or {}
    value = said.get("value")
    whole = value is not None and _is_whole(place, token, said)
    hubs = [
        Hub(
            _handle(Kind.LABEL, str(collection.pk), each),
            Kind.LABEL,
            each,
            str(collection.pk),
            collection.title,
        )
        for each in said.get("labels", ())
    ]
    if whole:
        hubs.append(Hub(_handle(Kind.VALUE, kind, value), Kind.VALUE, value))
        if kind in UNDER_A_HOST and (host := rules.host(kind, value)):
            hubs.append(Hub(_handle(Kind.HOST, host), Kind.HOST, host))
    return Record(
        release=str(entry.release.public_id),
        observable=_observable(place, token),
        type=kind,
        text=value or said.get("token", ""),
        shown=value is not None,
        collection=str(collection.pk),
        where=collection.title,
        by=originator.get("name") or originator.get("id", ""),
        added=iso(entry.release.date_added),
        hubs=frozenset(hubs),
        lists=tuple(said.get("shared_infrastructure", ())),
    )


def _is_whole(place: Reading, token: bytes, said: Mapping[str, object]) -> bool:
    if place.grant.collection.disclosure != Disclosure.VALUE:
        return False
    return related.whole(place, token, dict(said)) is not None


def _observable(place: Reading, token: bytes) -> str:
    return _handle("observable", str(place.grant.collection_id), token.hex())


def _handle(*parts: str) -> str:
    """An id that tells nothing: a host or a label is in no address and no log."""
    said = "\0".join(parts).encode()
    return str(UUID(bytes=hmac.digest(_key(), said, hashlib.sha256)[:16]))


@cache
def _key() -> bytes:
    return salted_hmac("accord.dossier.graph", "", algorithm="sha256").digest()


def _written(then: Mapping[UUID, int]) -> str | None:
    return ",".join(f"{pk.hex}.{seq}" for pk, seq in then.items()) or None


def _read(text: str | None) -> Before | None:
    """Where to look further, as the answer before said."""
    if not text:
        return None
    return dict(map(_place, text.split(",")))


def _place(text: str) -> tuple[UUID, int]:
    collection, _, seq = text.partition(".")
    try:
        if seq.isascii() and seq.isdigit() and len(seq) < 19:
            return UUID(collection), int(seq)
    except ValueError:
        pass
    raise Malformed(
        "Looking further begins where the answer before said.", code="bad-parameter"
    )
