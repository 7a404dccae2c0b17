"""Oblivious look-ups: the hub answers without learning what was asked, only how often."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lib.errors import Conflict, Gone
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import selectors as agreements
from sharing.distribution import selectors
from sharing.distribution.selectors import Reading
from sharing.lookup import blinded, quota
from sharing.tokens import services as tokens
from sharing.vocabulary import Disclosure


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The answers in the order of the elements, one proof for all, and the key."""

    generation: int
    evaluated: list[str]
    proof: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Pin:
    """The audit event that has told a key since it was made, which nobody can change."""

    event: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PublicKey:
    generation: int
    state: str
    effective_from: datetime
    public_key: str  # 32 bytes, hexadecimal
    scheme: int  # of its otags
    pinned: Pin


def evaluate(*, actor: Actor, collection_id: UUID, body: object) -> Evaluated:
    """Answer all the elements of a body or none.

    About 0.1 s of arithmetic for 1,000 elements and a handful of queries, however many
    there are. They are counted and put on record first; the arithmetic holds no row and no
    transaction, and cannot fail.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with quota.refusals_recorded(actor), scope(actor.organization_id):
        reading = _reading(actor, collection_id)
        asked = blinded.read(body)
        number = _in_effect(reading, asked.generation)
        oprf = tokens.oprf(collection_id, number)
        _same_scheme(oprf.otag_scheme, asked.otag_scheme)
        _recorded(actor, reading, len(asked.elements))
    found = oprf.evaluate(asked.elements)
    return Evaluated(
        number,
        [each.hex() for each in found.elements],
        found.proof.hex(),
        oprf.public.hex(),
    )


def public_keys(actor: Actor, collection_id: UUID) -> list[PublicKey]:
    """The public keys of the generation in effect and of an announced one, as pinned.

    That in effect comes first, and is called live even before anybody noted it down.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        reading = _reading(actor, collection_id)
        return [
            PublicKey(
                each.number,
                "live" if each == reading.generation else each.state,
                each.effective_from,
                key.public.hex(),
                key.otag_scheme,
                Pin(key.event, key.at),
            )
            for each in agreements.keyed(reading.grant, reading.moment)
            for key in [tokens.oprf_pinned(collection_id, each.number)]
        ]


def _reading(actor: Actor, collection_id: UUID) -> Reading:
    """Both walls before a stream hold here too; and it is one that hides its values."""
    reading = selectors.granted_by(actor, collection_id)
    if reading.grant.collection.disclosure == Disclosure.VALUE:
        raise Conflict(
            "The stream of this collection tells its values; nothing is asked obliviously.",
            code="not-oblivious",
        )
    return reading


def _in_effect(reading: Reading, number: int) -> int:
    """The generation in effect, or why the one that was named is not."""
    live = reading.generation.number
    if number < live:
        raise Gone("This generation was followed by another.", code="generation-closed")
    if number > live:
        raise Conflict(
            "This generation has not begun; nothing is answered in it before its time.",
            code="generation-not-begun",
        )
    return live


def _same_scheme(is_: int, said: int) -> None:
    """Asked in another one, nothing would ever hit: refused, so that nobody believes it."""
    if said != is_:
        raise Conflict(
            f"The otags of this generation are of scheme {is_}, and you asked with"
            f" scheme {said}.",
            code="other-scheme",
        )


def _recorded(actor: Actor, reading: Reading, asked: int) -> None:
    """How often it was asked, unless that is too often."""
    collection_id = reading.grant.collection_id
    quota.reserve(actor, {(collection_id, quota.OBLIVIOUS): asked}, reading.moment)
    audit.record(
        actor=actor,
        verb=Verb.LOOKUP_OBLIVIOUS,
        subject=collection_id,
        generation=reading.generation.number,
        asked=asked,
    )
