"""What time does to releases: retention ends, tombstones are swept, values are forgotten."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from hub.lib.clock import now
from orgs.access import scope
from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Generation
from sharing.distribution.models import Release
from sharing.distribution.release import release_claims
from sharing.indicators import selectors as indicators
from sharing.indicators import services as claims


def end_retention(moment: datetime | None = None) -> int:
    """Releases kept as long as their clause lets it: now they are tombstones."""
    moment = moment or now()
    due = Release.objects.filter(
        state=Release.State.LIVE,
        retain_until__lte=moment,
        generation__state__in=agreements.CURRENT,
    )
    streams = due.order_by().values_list("generation__collection", "owner").distinct()
    return sum(_end(collection, owner, moment) for collection, owner in list(streams))


def _end(collection_id: UUID, owner_id: UUID, moment: datetime) -> int:
    with transaction.atomic(), scope(owner_id):
        ids = Release.objects.filter(
            state=Release.State.LIVE,
            retain_until__lte=moment,
            owner=owner_id,
            generation__collection=collection_id,
            generation__state__in=agreements.CURRENT,
        ).values_list("indicator", flat=True)[: v.RELEASE_ROWS]
        found = indicators.with_ids(owner_id, list(ids))
        release_claims(collection_id, found)
        return len(found)


def empty_closed(moment: datetime | None = None) -> int:
    """Releases of a closed generation are never served again: their content goes.

    How long each may be retained is still needed, and for no longer than that: the next
    generation retains it no longer than the first promised.
    """
    closed = Release.objects.filter(generation__state=Generation.State.CLOSED)
    over = closed.filter(retain_until__lte=moment or now())
    count = 0
    while some := list(over.values_list("pk", flat=True)[: v.RELEASE_ROWS]):
        count += Release.objects.filter(pk__in=some).delete()[0]
    full = closed.filter(payload__isnull=False)
    while some := list(full.values_list("pk", flat=True)[: v.RELEASE_ROWS]):
        count += Release.objects.filter(pk__in=some).update(payload=None)
    return count


def sweep_tombstones(moment: datetime | None = None) -> int:
    """Tombstones are kept 90 days; a cursor older than the last swept one is stale."""
    old = (moment or now()) - v.TOMBSTONES_KEPT
    due = Release.objects.filter(state=Release.State.TOMBSTONE, date_added__lt=old)
    generations = due.order_by().values_list("generation", flat=True).distinct()
    total = 0
    for generation in list(generations):
        while count := _sweep(generation, old):
            total += count
    return total


@transaction.atomic
def _sweep(generation: int, old: datetime) -> int:
    """The oldest first, and few at a time: nobody releases while this holds the head."""
    (head,) = agreements.lock_heads([generation])
    due = Release.objects.filter(
        generation=generation, state=Release.State.TOMBSTONE, date_added__lt=old
    )
    seqs = list(due.order_by("seq").values_list("seq", flat=True)[: v.RELEASE_ROWS])
    if not seqs:
        return 0
    head.horizon_seq = max(head.horizon_seq, seqs[-1])
    head.save(update_fields=["horizon_seq"])
    return due.filter(seq__lte=seqs[-1]).delete()[0]


_VALUELESS = """
SELECT i.owner_id, i.id FROM sharing_indicator i
 WHERE (i.value_sealed IS NOT NULL OR i.note_sealed IS NOT NULL) AND i.updated_at < %s
   AND NOT EXISTS (SELECT FROM sharing_release r
                    WHERE r.indicator = i.id AND r.sealed AND r.payload IS NOT NULL)
   AND NOT EXISTS (SELECT FROM sharing_outboxrow o
                    WHERE o.done_at IS NULL AND o.dead_at IS NULL
                      AND o.kind IN ('claims_changed', 'release_due')
                      AND (o.payload ->> 'batch')::bigint = i.batch_id)
 LIMIT %s
"""


def forget_values(moment: datetime | None = None) -> int:
    """A clear value and a note die with the last live value Release.

    Claims that still wait for theirs, however long a worker was away, are left alone.
    """
    before = (moment or now()) - v.VALUE_GRACE
    with connection.cursor() as cursor:
        cursor.execute(_VALUELESS, [before, v.RELEASE_ROWS])
        rows = cursor.fetchall()
    by_owner: dict[UUID, list[UUID]] = {}
    for owner, pk in rows:
        by_owner.setdefault(owner, []).append(pk)
    return sum(
        claims.forget_values(owner, ids, before) for owner, ids in by_owner.items()
    )
