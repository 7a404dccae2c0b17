"""What the systems of an organization connect to: streams, and generations of their keys.

Numbers, states and dates only. The keys themselves go out over the API alone, by a key
with the scope for it, and each time on record.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import selectors as agreements
from sharing.distribution import readings
from sharing.distribution import selectors as distribution


@dataclass(frozen=True, slots=True)
class KeyGeneration:
    """A generation that is served, or announced: its key can be fetched already."""

    number: int
    effective_from: datetime
    announced: bool
    rotation: bool  # planned: the same terms, new keys


@dataclass(frozen=True, slots=True)
class Connection:
    """A collection that one may read, as a program needs to know it."""

    id: UUID
    title: str
    agreement: str
    disclosure: str
    asks_only: bool  # no stream and no token keys: oblivious questions
    generations: tuple[KeyGeneration, ...]


def connections(actor: Actor) -> list[Connection]:
    """What the organization may read now, with the generations whose keys it may have."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        return [_connection(each) for each in readings.of(actor)]


def _connection(reading: distribution.Reading) -> Connection:
    collection = reading.grant.collection
    return Connection(
        collection.pk,
        collection.title,
        collection.agreement.title,
        collection.disclosure,
        distribution.only_answers(reading),
        tuple(
            KeyGeneration(
                each.number,
                each.effective_from,
                announced=each.effective_from > reading.moment,
                rotation=each.rotation,
            )
            for each in agreements.keyed(reading.grant, reading.moment)
        ),
    )
