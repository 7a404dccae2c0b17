"""What time does to releases: retention ends, tombstones are swept, values are forgotten.

The worker sees the rows of one organization or one collection at a time, so it goes from
one to the next; an index tells that there is nothing to do.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection

from hub.lib.clock import now
from orgs.access import collection_scope, scope
from orgs.members.selectors import organization_ids
from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Generation
from sharing.distribution import carrying, retaining
from sharing.distribution.models import Release
from sharing.distribution.release import release_claims
from sharing.indicators import selectors as indicators
from sharing.indicators import services as claims


def end_retention(moment: datetime | None = None) -> int:
    """Releases kept as long as their clause lets it: now they are tombstones."""
    moment = moment or now()
    return sum(_end_all(owner, moment) for owner in organization_ids())


def _end_all(owner_id: UUID, moment: datetime) -> int:
    with scope(owner_id):
        due = Release.objects.filter(
            owner=owner_id,
            state=Release.State.LIVE,
            retain_until__lte=moment,
            generation__state__in=agreements.CURRENT,
        )
        streams = due.order_by().values_list("generation__collection", flat=True)
        collections = list(streams.distinct())
    return sum(_end(collection, owner_id, moment) for collection in collections)


def _end(collection_id: UUID, owner_id: UUID, moment: datetime) -> int:
    with scope(owner_id):
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
    moment, count = moment or now(), 0
    for collection, generation, state in agreements.all_streams():
        empty = _EMPTYING.get(state)
        while empty and (some := empty(collection, generation, moment)):
            count += some
    return count


def _empty(collection_id: UUID, generation: int, moment: datetime) -> int:
    """One transaction's worth.

    What a generation after it may still have to have tombstones for is kept until then.
    """
    with collection_scope(collection_id):
        rows = Release.objects.filter(generation=generation)
        full = rows.filter(payload__isnull=False).values_list("pk", flat=True)
        if some := list(full[: v.RELEASE_ROWS]):
            return Release.objects.filter(pk__in=some).update(payload=None)
        if carrying.is_due(collection_id, generation):
            return 0
        empty = rows.filter(payload__isnull=True, retain_until__lte=moment)
        some = list(empty.values_list("pk", flat=True)[: v.RELEASE_ROWS])
        return retaining.drop(collection_id, some)


def _drop(collection_id: UUID, generation: int, _: datetime) -> int:
    """What nobody was ever served leaves nothing behind, not even how long it was to be."""
    with collection_scope(collection_id):
        rows = Release.objects.filter(generation=generation)
        some = list(rows.values_list("pk", flat=True)[: v.RELEASE_ROWS])
        return Release.objects.filter(pk__in=some).delete()[0]


_EMPTYING: dict[str, Callable[[UUID, int, datetime], int]] = {
    Generation.State.CLOSED: _empty,
    Generation.State.WITHDRAWN: _drop,
}


def sweep_tombstones(moment: datetime | None = None) -> int:
    """Tombstones are kept 90 days; a cursor older than the last swept one is stale.

    What each promised to retain is remembered while its claim is valid.
    """
    old, total = (moment or now()) - v.TOMBSTONES_KEPT, 0
    for collection, generation, state in agreements.all_streams():
        while state not in _NEVER_READ and (
            count := _sweep(collection, generation, old)
        ):
            total += count
    return total


_NEVER_READ = (Generation.State.WITHDRAWN,)  # its rows promise nothing


def _sweep(collection_id: UUID, generation: int, old: datetime) -> int:
    """The oldest first, and few at a time: nobody releases while this holds the head."""
    with collection_scope(collection_id):
        there = Release.objects.filter(
            generation=generation, state=Release.State.TOMBSTONE
        ).order_by("seq")
        oldest = there.values_list("date_added", flat=True).first()
        if oldest is None or oldest >= old:
            return 0
        (head,) = agreements.lock_heads([generation])
        due = there.filter(date_added__lt=old)
        found = list(due.values_list("seq", "pk")[: v.RELEASE_ROWS])
        if not found:
            return 0
        head.horizon_seq = max(head.horizon_seq, found[-1][0])
        head.save(update_fields=["horizon_seq"])
        return retaining.drop(collection_id, [pk for _, pk in found])


def forget_promises(moment: datetime | None = None) -> int:
    """What was promised to retain of claims that are valid no longer."""
    return retaining.forget(moment or now())


_VALUELESS = """
SELECT i.id FROM sharing_indicator i
 WHERE i.owner_id = %s
   AND (i.value_sealed IS NOT NULL OR i.note_sealed IS NOT NULL) AND i.updated_at < %s
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
    return sum(_forget_values(owner, before) for owner in organization_ids())


def _forget_values(owner_id: UUID, before: datetime) -> int:
    with scope(owner_id), connection.cursor() as cursor:
        cursor.execute(_VALUELESS, [owner_id, before, v.RELEASE_ROWS])
        ids = [pk for (pk,) in cursor.fetchall()]
        return claims.forget_values(owner_id, ids, before) if ids else 0
