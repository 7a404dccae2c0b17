"""Details of a hit: what a clause that only answers questions tells when asked outright.

Asking names the otag, and so reveals to the hub what was hit: that is the price, said
wherever one can ask. Who has no otag cannot: a filter holds but its first 48 bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from hub.lib.clock import now
from hub.lib.errors import Conflict
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.distribution import finding, selectors
from sharing.distribution.selectors import Reading
from sharing.lookup import asking, quota
from sharing.lookup.asking import Asked
from sharing.lookup.quota import DETAILS, Use

HAS_STREAM = (
    "This collection has a stream: read it, or look up in it. Details are asked for where"
    " a clause only answers questions."
)
PLACES = ("cursor", "seq")  # of a stream, which there is none of


@dataclass(frozen=True, slots=True)
class Details:
    """The records (JSON) of each line, in the order of the lines."""

    title: str  # of the collection
    lines: tuple[Asked, ...]
    records: dict[int, list[bytes]]  # by line; of lines that hit nothing none


def details(*, actor: Actor, collection_id: UUID, body: object) -> Details:
    """The releases behind otags that were hit; unknown and of another generation: none.

    Counted apart from look-ups, and audited as a count. One scan of an index for all.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    lines = asking.otags(body)
    readable, moment = [each for each in lines if each.fault is None], now()
    account = (collection_id, DETAILS)
    wanted = {account: len(readable)}
    with quota.refusals_recorded(actor), scope(actor.organization_id):
        _reading(actor, collection_id)
        quota.reserve(actor, wanted, moment)
    with quota.working(actor, wanted, moment):
        reading = _reading(actor, collection_id)  # once more, as it is by now
        found = _found(reading, readable)
        use = Use(len(readable), len(found))
        quota.settle(actor, wanted, {account: use}, moment)
        audit.record(
            actor=actor,
            verb=Verb.DETAILS_READ,
            subject=collection_id,
            asked=len(lines),
            hits=len(found),
        )
        return Details(reading.grant.collection.title, lines, found)


def _reading(actor: Actor, collection_id: UUID) -> Reading:
    reading = selectors.granted_by(actor, collection_id)
    if not selectors.only_answers(reading):
        raise Conflict(HAS_STREAM)
    return reading


def _found(reading: Reading, lines: Sequence[Asked]) -> dict[int, list[bytes]]:
    asked: dict[bytes, list[int]] = {}
    for each in lines:
        if each.token is not None and each.token[0] == reading.generation.number:
            asked.setdefault(each.token[1], []).append(each.line)
    found: dict[int, list[bytes]] = {}
    for hit in finding.with_tokens(reading, list(asked)):
        for line in asked[hit.token]:
            found.setdefault(line, []).append(_placeless(hit.record))
    return found


def _placeless(record: bytes) -> bytes:
    told = orjson.loads(record)
    return orjson.dumps(
        {name: said for name, said in told.items() if name not in PLACES}
    )
