"""What left, counted in the transaction in which it leaves, under the lock of its stream.

A day's numbers are exact and once only because they commit with the rows they count.
Cost: two statements over the rows that were staged, about 20 ms for 10,000; a row for
each day, stream, owner, Version, type, scam type and event, at most.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hub.lib.clock import now
from orgs.access import collection_scope, scope
from orgs.members.selectors import organization_ids
from sharing.agreements import selectors as agreements
from sharing.agreements.models import StreamHead
from sharing.distribution.models import Departure, Fetch, ReleaseBatch, ShareTime

KEPT = timedelta(days=400)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# Seconds: a time is in the bucket of the first edge that is above it.
EDGES = (
    *(1, 2, 5, 10, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 30 * _DAY),
)
_DEPARTURES = """
INSERT INTO sharing_departure AS d
       (day, generation_id, version_id, owner_id, type, scam_type, event, n, first_seq,
        last_seq)
SELECT %(day)s, %(generation)s, %(version)s, owner, type, scam_type, event, count(*),
       %(base)s + min(rn) - 1, %(base)s + max(rn) - 1
  FROM ({rows}) c
 GROUP BY owner, type, scam_type, event
ON CONFLICT (generation_id, day, owner_id, version_id, type, scam_type, event)
DO UPDATE SET n = d.n + excluded.n, last_seq = excluded.last_seq
"""
_NUMBERED = _DEPARTURES.format(
    rows="""
SELECT rn, owner, type, scam_type,
       CASE WHEN NOT live THEN 'recalled' WHEN was_live THEN 'revised'
            WHEN old_first IS NULL AND was_before THEN 'renewed'
            ELSE 'released' END AS event
  FROM numbered"""
)
# The claims themselves are not seen in the scope of a collection, so neither is the type.
_LOST = _DEPARTURES.format(
    rows="""
SELECT rn, owner_id AS owner, '' AS type, '' AS scam_type, 'recalled' AS event
  FROM lost"""
)
# What was there before its clause waited for the clause, not for the hub.
_TIMES = """
INSERT INTO sharing_sharetime AS s (day, generation_id, owner_id, stage, bucket, n)
SELECT %(day)s, %(generation)s, c.owner, 'released',
       width_bucket(extract(epoch FROM %(moment)s - c.accepted_at)::float8,
                    %(edges)s::float8[]), count(*)
  FROM numbered c, sharing_version v, sharing_generation g
 WHERE c.live AND (c.was_live OR NOT c.was_before) AND v.id = %(version)s
   AND g.id = %(generation)s
   AND c.accepted_at >= greatest(g.created_at, v.activated_at)
 GROUP BY 3, 5
ON CONFLICT (owner_id, day, generation_id, stage, bucket)
DO UPDATE SET n = s.n + excluded.n
"""
# Caused by the submission in which claims changed last: at once, or, where a clause came
# later or waited, when they enter the stream for the first time.
_REACH = """
INSERT INTO sharing_reach AS r (submission_id, collection, released, revised, recalled)
SELECT b.submission, %(collection)s,
       count(*) FILTER (WHERE c.live AND c.was_live IS NOT TRUE),
       count(*) FILTER (WHERE c.live AND c.was_live), count(*) FILTER (WHERE NOT c.live)
  FROM numbered c JOIN sharing_claimbatch b ON b.id = c.claims
 WHERE b.submission IS NOT NULL
   AND (c.claims = %(cause)s OR (c.old_first IS NULL AND NOT c.was_before))
 GROUP BY 1
ON CONFLICT (submission_id, collection) DO UPDATE
   SET released = r.released + excluded.released,
       revised = r.revised + excluded.revised,
       recalled = r.recalled + excluded.recalled
"""
# Who is not the owner and fetched it first. A row that was revised since stands further
# on in the stream than its first place; one that came from an earlier generation has an
# id of its own here.
_FETCHED = """
WITH held AS (
  SELECT recipient_id, max(until_seq) AS until_seq FROM sharing_fetch
   WHERE generation_id = %(generation)s AND counted GROUP BY 1),
fresh AS (
  SELECT r.owner_id, r.first_seq, (SELECT min(f.at) FROM sharing_fetch f
           WHERE f.id = ANY(%(some)s) AND f.until_seq >= r.first_seq
             AND f.recipient_id <> r.owner_id) AS at
    FROM sharing_release r
   WHERE r.generation_id = %(generation)s AND r.id = r.public_id AND r.state = 'live'
     AND r.first_seq > coalesce((SELECT max(h.until_seq) FROM held h
                                  WHERE h.recipient_id <> r.owner_id), 0))
INSERT INTO sharing_sharetime AS s (day, generation_id, owner_id, stage, bucket, n)
SELECT (b.created_at AT TIME ZONE 'UTC')::date, %(generation)s, c.owner_id, 'fetched',
       width_bucket(extract(epoch FROM c.at - b.created_at)::float8,
                    %(edges)s::float8[]), count(*)
  FROM fresh c
 CROSS JOIN LATERAL (SELECT created_at FROM sharing_releasebatch
                      WHERE generation_id = %(generation)s AND first_seq <= c.first_seq
                      ORDER BY first_seq DESC LIMIT 1) b
 WHERE c.at IS NOT NULL
 GROUP BY 1, 3, 5
ON CONFLICT (owner_id, day, generation_id, stage, bucket)
DO UPDATE SET n = s.n + excluded.n
"""


def day_of(moment: datetime) -> date:
    """The UTC day of a moment."""
    return moment.astimezone(UTC).date()


def count(cursor: CursorWrapper, head: StreamHead, batch: ReleaseBatch) -> None:
    """The rows of the TEMP table `numbered`, as a batch has just written them."""
    asked = _asked(head, batch)
    cursor.execute(_NUMBERED, asked)
    cursor.execute(_TIMES, {**asked, "moment": batch.created_at, "edges": [*EDGES]})


def count_reach(cursor: CursorWrapper, collection: UUID, cause: int | None) -> None:
    """Of the same rows, what is due to which submission: one statement, some 10 ms."""
    cursor.execute(_REACH, {"collection": collection, "cause": cause})


def count_lost(cursor: CursorWrapper, head: StreamHead, batch: ReleaseBatch) -> None:
    """The tombstones of the TEMP table `lost`: what a new generation has not."""
    cursor.execute(_LOST, _asked(head, batch))


def _asked(head: StreamHead, batch: ReleaseBatch) -> dict[str, Any]:
    return {
        "day": day_of(batch.created_at),
        "generation": head.pk,
        "version": batch.version_id,
        "base": batch.first_seq,
    }


def count_fetches() -> int:
    """How long releases waited to be fetched; returns how many fetches were counted.

    Cost: a scan of each stream that somebody was served more of since, about a second
    for a million rows.
    """
    return sum(
        _count_fetches(collection_id, generation)
        for collection_id, generation, _ in agreements.all_streams()
    )


def _count_fetches(collection_id: UUID, generation: int) -> int:
    with collection_scope(collection_id), connection.cursor() as cursor:
        new = Fetch.objects.filter(generation=generation, counted=False)
        locked = new.select_for_update(skip_locked=True)
        some = list(locked.order_by("pk").values_list("pk", flat=True))
        if not some:
            return 0
        asked: dict[str, Any] = {
            "generation": generation,
            "some": some,
            "edges": [*EDGES],
        }
        cursor.execute(_FETCHED, asked)
        Fetch.objects.filter(pk__in=some).update(counted=True)
        cursor.execute(_PASSED, asked)
        return len(some)


_PASSED = """
DELETE FROM sharing_fetch f
 WHERE f.generation_id = %(generation)s AND f.counted
   AND EXISTS (SELECT FROM sharing_fetch o
                WHERE o.generation_id = f.generation_id AND o.counted
                  AND o.recipient_id = f.recipient_id
                  AND (o.until_seq, o.id) > (f.until_seq, f.id))
"""


def forget(moment: datetime | None = None) -> int:
    """Counts of over a year ago."""
    old = day_of((moment or now()) - KEPT)
    return sum(_forget(owner, old) for owner in organization_ids())


def _forget(owner_id: UUID, old: date) -> int:
    with scope(owner_id):
        gone, _ = Departure.objects.filter(owner=owner_id, day__lt=old).delete()
        more, _ = ShareTime.objects.filter(owner=owner_id, day__lt=old).delete()
        return gone + more
