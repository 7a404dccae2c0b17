"""Control records: what happened to a whole stream, in the stream, in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from hub.lib.clock import now
from orgs.access import collection_scope
from sharing.agreements import selectors as agreements
from sharing.agreements.models import StreamHead
from sharing.distribution.models import ControlRecord

Kind = ControlRecord.Kind
_OTHER = {Kind.SUSPENDED: Kind.RESUMED, Kind.RESUMED: Kind.SUSPENDED}


def suspended(agreement: str, at: str) -> None:
    """One record in each stream: nothing is read until the agreement goes on."""
    for generation in agreements.streams(UUID(agreement)):
        _switch(generation, Kind.SUSPENDED, datetime.fromisoformat(at))


def resumed(agreement: str, at: str) -> None:
    """One record in each stream: it goes on."""
    for generation in agreements.streams(UUID(agreement)):
        _switch(generation, Kind.RESUMED, datetime.fromisoformat(at))


def ended(agreement: str) -> None:
    """The last record of each stream of an agreement that expired or was terminated."""
    for generation in agreements.last_streams(UUID(agreement)):
        add_once(generation, Kind.CLOSED)


def closed(collection: str) -> None:
    """The last record of the stream of a clause that an amendment dropped."""
    add_once(agreements.last_stream(UUID(collection)), Kind.CLOSED)


def add_once(generation: int, kind: str) -> None:
    """Add a record of this kind to a generation, unless its stream has one already."""
    with _locked(generation) as head:
        there = ControlRecord.objects.filter(generation=generation, kind=kind)
        if not there.exists():
            _add(head, kind)


def has(generation: int, kind: str) -> bool:
    """Whether a generation has a record of this kind."""
    with _locked(generation):
        there = ControlRecord.objects.filter(generation=generation, kind=kind)
        return there.exists()


@contextmanager
def _locked(generation: int) -> Iterator[StreamHead]:
    """The head of a stream under its lock, in the scope of the stream's collection."""
    (head,) = agreements.lock_heads([generation])
    with collection_scope(head.generation.collection_id):
        yield head


def _switch(generation: int, kind: str, at: datetime) -> None:
    """Suspended and resumed take turns, whatever comes late or twice.

    What was overtaken by a later event was put in with it already.
    """
    with _locked(generation) as head:
        turns = ControlRecord.objects.filter(generation=generation, kind__in=_OTHER)
        last = turns.order_by("-seq").first()
        if last is not None and last.occurred_at is not None and last.occurred_at >= at:
            return
        if kind == (last.kind if last is not None else Kind.RESUMED):
            _add(head, _OTHER[Kind(kind)], at)
        _add(head, kind, at)


def _add(head: StreamHead, kind: str, at: datetime | None = None) -> None:
    moment = now().replace(microsecond=0) + timedelta(seconds=1)
    date = max(moment, head.last_date_added or moment) + timedelta(microseconds=1)
    ControlRecord.objects.create(
        generation_id=head.pk,
        seq=head.next_seq,
        kind=kind,
        occurred_at=at,
        date_added=date,
    )
    head.next_seq += 1
    head.last_date_added = date
    head.save(update_fields=["next_seq", "last_date_added"])
