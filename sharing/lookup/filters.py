"""Filters: what a stream holds as a sorted set of prefixes, signed, whole or as a change."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lib.errors import FieldError, Malformed
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.distribution import selectors
from sharing.distribution.selectors import Reading
from sharing.lookup import snapshots
from sharing.lookup.models import FilterSnapshot
from sharing.tokens import rice
from sharing.tokens import services as tokens
from sharing.tokens.signing import FilterStatement

TOKEN, OTAG = "token", "otag"
NOTHING = rice.encode([])


@dataclass(frozen=True, slots=True)
class SetVersion:
    """A set in its generation; written `generation.number`."""

    generation: int
    number: int

    def __str__(self) -> str:
        return f"{self.generation}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> "SetVersion":
        generation, dot, number = text.partition(".")
        parts = (generation, number)
        if not (
            dot and all(p.isascii() and p.isdigit() and len(p) < 19 for p in parts)
        ):
            fault = "A version is `generation.number`, as an earlier filter gave it."
            error: FieldError = {"field": "since", "code": "bad-parameter"}
            raise Malformed(fault, code="bad-parameter", errors=[error])
        return cls(int(generation), int(number))


@dataclass(frozen=True, slots=True)
class Filter:
    """What makes the set of its statement: of nothing, or of the set of `since`."""

    statement: FilterStatement
    version: SetVersion
    since: SetVersion | None
    additions: bytes  # Rice-coded prefixes
    removals: bytes  # Rice-coded places in the set before
    signature: bytes
    key: int  # epoch of the signing key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What partners check signatures with, and pin."""

    number: int
    public: bytes
    created_at: datetime
    current: bool


def read(
    *, actor: Actor, collection_id: UUID, since: str | None, held: Collection[str] = ()
) -> Filter | SetVersion:
    """The filter of a collection; its version alone where that is `held` already.

    At 1 M releases a build takes one index-only scan and about a second, at most twice a
    minute; a change half a second, the whole nothing but the reading of 3.7 MB.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    before = SetVersion.parse(since) if since else None
    with scope(actor.organization_id):
        reading, found = snapshots.current(
            lambda: selectors.granted_by(actor, collection_id)
        )
        version = SetVersion(reading.generation.number, found.number)
        if str(version) in held:
            return version
        made = _filter(reading, found, version, before)
        audit.record(
            actor=actor,
            verb=Verb.FILTER_READ,
            subject=collection_id,
            count=found.count,
            whole=made.since is None,
            bytes=len(made.additions) + len(made.removals),
        )
        return made


def check(*, actor: Actor, collection_id: UUID) -> None:
    """NotFound or Forbidden unless the actor could read the filter now."""
    need(actor, Right.READ)
    with scope(actor.organization_id):
        selectors.granted_by(actor, collection_id)


def signing_keys(actor: Actor) -> list[SigningKey]:
    """All public keys there are, newest last; each is pinned in the audit log."""
    need(actor, Right.READ)
    with scope(actor.organization_id):
        known = tokens.signers()
        return [
            SigningKey(each.epoch, tokens.pin(each), created_at, each is known[-1][0])
            for each, created_at in known
        ]


def _filter(
    reading: Reading,
    found: FilterSnapshot,
    version: SetVersion,
    since: SetVersion | None,
) -> Filter:
    statement = FilterStatement(
        collection=reading.grant.collection_id,
        generation=version.generation,
        number=version.number,
        of=OTAG if selectors.only_answers(reading) else TOKEN,
        taken_at=found.taken_at,
        count=found.count,
        checksum=bytes(found.checksum),
    )
    signer = tokens.signer()
    tokens.pin(signer)
    signature = signer.sign(statement.message())
    change = _change(reading, found, version, since)
    if change is None:
        since, change = None, (_whole(found), NOTHING)
    return Filter(statement, version, since, *change, signature, signer.epoch)


def _whole(found: FilterSnapshot) -> bytes:
    if found.coded is not None:
        return bytes(found.coded)
    return rice.encode(rice.unpacked(bytes(found.prefixes)))  # another is newer by now


def _change(
    reading: Reading,
    found: FilterSnapshot,
    version: SetVersion,
    since: SetVersion | None,
) -> tuple[bytes, bytes] | None:
    """Additions and removals since a version that is still known."""
    if since is None or since.generation != version.generation:
        return None
    if since == version:
        return NOTHING, NOTHING
    before = snapshots.known(reading, since.number)
    if before is None:
        return None
    old, new = (rice.unpacked(bytes(each.prefixes)) for each in (before, found))
    additions, removals = rice.difference(old, new)
    return rice.encode(additions), rice.encode(removals)
