"""Recalls: records that a recipient was served and that were taken back since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lib.paging import Cursor
from sharing.distribution import standing
from sharing.distribution.models import Release
from sharing.distribution.selectors import Reading

COUNTED = 100


@dataclass(frozen=True, slots=True)
class Recalled:
    """Of one collection: how many wait for the recipient's word that they are gone."""

    collection: UUID
    title: str
    count: int  # one more than COUNTED: many
    newest: datetime
    cursor: Cursor  # up to which all are told of
    delivered: bool  # so far; else its system has not fetched them all


def unanswered(recipient_id: UUID, readings: Iterable[Reading]) -> list[Recalled]:
    """What a recipient holds, as far as the hub knows, and should hold no longer.

    Only what it was served: whoever reads on the screen alone has nothing to answer. One
    range scan of the tombstones of each stream.
    """
    found = [_of(recipient_id, each) for each in readings]
    return [each for each in found if each is not None]


def _of(recipient_id: UUID, reading: Reading) -> Recalled | None:
    collection, number = reading.grant.collection, reading.generation.number
    mine = standing.told(collection.pk, reading.generation).get(recipient_id)
    if mine is None:
        return None
    gone = Release.objects.filter(
        generation=reading.generation,
        state=Release.State.TOMBSTONE,
        seq__gt=mine.acked,
        first_seq__lte=mine.served,
    )
    rows = gone.order_by("-seq").values_list("seq", "date_added")[: COUNTED + 1]
    if not (told := list(rows)):
        return None
    seq, newest = told[0]
    return Recalled(
        collection.pk,
        collection.title,
        len(told),
        newest,
        Cursor(number, seq),
        mine.delivered >= seq,
    )
