"""Control records: what happened to a whole stream, in the stream, in order."""

from datetime import timedelta
from uuid import UUID

from hub.lib.clock import now
from orgs.access import collection_scope
from sharing.agreements import selectors as agreements
from sharing.agreements.models import StreamHead
from sharing.distribution.models import ControlRecord


def add_once(collection_id: UUID, generation: int, kind: str) -> None:
    """Add a record of this kind to a generation, unless its stream has one already."""
    (head,) = agreements.lock_heads([generation])
    with collection_scope(collection_id):
        _add_once(head, kind)


def _add_once(head: StreamHead, kind: str) -> None:
    if ControlRecord.objects.filter(generation_id=head.pk, kind=kind).exists():
        return
    moment = now().replace(microsecond=0) + timedelta(seconds=1)
    date = max(moment, head.last_date_added or moment) + timedelta(microseconds=1)
    ControlRecord.objects.create(
        generation_id=head.pk, seq=head.next_seq, kind=kind, date_added=date
    )
    head.next_seq += 1
    head.last_date_added = date
    head.save(update_fields=["next_seq", "last_date_added"])
