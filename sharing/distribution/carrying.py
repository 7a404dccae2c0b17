"""Tombstones of what a new generation has not, and its predecessors had.

They carry the id that recipients know, and no token: who never had the row learns
nothing of it. Set-based, 10,000 at a time, in the order of the indicators' own ids.
"""

import hashlib
import os
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from hub.lib.clock import now
from orgs.access import collection_scope
from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Generation, StreamHead
from sharing.distribution import control, counting
from sharing.distribution.models import ControlRecord, ReleaseBatch
from sharing.distribution.writing import TOMBSTONE, first_date
from sharing.events.kinds import Kind
from sharing.events.services import publish

Record = ControlRecord.Kind
_FIRST = UUID(int=0)
_LOST = """
CREATE TEMP TABLE lost ON COMMIT DROP AS
SELECT o.*, row_number() OVER (ORDER BY o.public_id) AS rn
  FROM (SELECT r.public_id, r.indicator, r.owner_id, r.index, r.fingerprint,
               r.retain_until, r.expires_at
          FROM sharing_release r
         WHERE r.generation_id = %(earlier)s AND r.indicator > %(after)s
           AND NOT EXISTS (SELECT FROM sharing_release n
                            WHERE n.generation_id = %(generation)s
                              AND n.indicator = r.indicator)
         ORDER BY r.indicator LIMIT %(limit)s) o
"""
_ORDER = "SELECT public_id, indicator FROM lost ORDER BY rn"
_INSERT = """
INSERT INTO sharing_release
       (id, public_id, generation_id, indicator, owner_id, index, sealed, fingerprint,
        seq, first_seq, batch_id, ordinal, state, version_id, date_added, retain_until,
        expires_at)
SELECT gen_random_uuid(), public_id, %(generation)s, indicator, owner_id, index, false,
       fingerprint, %(base)s + rn - 1, %(base)s + rn - 1, %(batch)s, rn - 1, 'tombstone',
       %(version)s, %(date)s + rn * interval '1 microsecond', retain_until, expires_at
  FROM lost
"""


def finish(generation: int) -> None:
    """Every contributor's claims are in: the rest follows."""
    row = Generation.objects.get(pk=generation)
    if row.number > 1 and row.state == Generation.State.LIVE:
        publish(Kind.GENERATION_BUILT, shard=row.collection_id.int, generation=row.pk)


def is_due(collection_id: UUID, generation: int) -> bool:
    """Whether the stream goes on in a later generation that may still lack tombstones.

    In the collection's scope.
    """
    later = Generation.objects.filter(collection=collection_id, pk__gt=generation)
    goes_on = later.filter(state__in=agreements.CURRENT).exists()
    complete = ControlRecord.objects.filter(
        generation__in=later, kind=Record.BUILD_COMPLETE
    )
    return goes_on and not complete.exists()


def carry(generation: int, earlier: int = 0, after: str = str(_FIRST)) -> None:
    """The next tombstones, from the newest generation before back to a complete one.

    Then the record that says that nothing is missing any more.
    """
    (head,) = agreements.lock_heads([generation])
    row = head.generation
    with collection_scope(row.collection_id):
        if row.state != Generation.State.LIVE or _complete(generation):
            return
        before = earlier or _before(row.collection_id, generation)
        last = _carry(head, before, UUID(after)) if before else None
        if before and last is None:
            before = 0 if _complete(before) else _before(row.collection_id, before)
    if before:
        publish(
            Kind.GENERATION_BUILT,
            shard=row.collection_id.int,
            generation=generation,
            earlier=before,
            after=str(last or _FIRST),
        )
    else:
        control.add_once(generation, Record.BUILD_COMPLETE)


def _before(collection_id: UUID, generation: int) -> int:
    return max(agreements.earlier_generations(collection_id, generation), default=0)


def _complete(generation: int) -> bool:
    """Whether all that its predecessors had and it has not is among its tombstones."""
    records = ControlRecord.objects.filter(generation=generation)
    return records.filter(kind=Record.BUILD_COMPLETE).exists()


def _carry(head: StreamHead, earlier: int, after: UUID) -> UUID | None:
    """Write up to 10,000 tombstones; the last indicator, or None when there are no more."""
    asked = {
        "generation": head.pk,
        "earlier": earlier,
        "after": after,
        "limit": v.RELEASE_ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.lost")
        cursor.execute(_LOST, asked)
        cursor.execute(_ORDER)
        rows: list[tuple[UUID, UUID]] = cursor.fetchall()
        if rows:
            _write(head, [public_id for public_id, _ in rows], now())
    full = len(rows) == v.RELEASE_ROWS
    return max(indicator for _, indicator in rows) if full else None


def _write(head: StreamHead, ids: list[UUID], moment: datetime) -> None:
    nonces = [os.urandom(16) for _ in ids]
    commitments = b"".join(
        hashlib.sha256(nonce + public_id.bytes + TOMBSTONE).digest()
        for nonce, public_id in zip(nonces, ids, strict=True)
    )
    batch = ReleaseBatch.objects.create(
        generation_id=head.pk,
        version_id=head.generation.version_id,
        first_seq=head.next_seq,
        n=len(ids),
        commitments=commitments,
        nonces=b"".join(nonces),
        created_at=moment,
    )
    date = first_date(head, moment)
    with connection.cursor() as cursor:
        given = {
            "generation": head.pk,
            "base": head.next_seq,
            "batch": batch.pk,
            "version": head.generation.version_id,
            "date": date,
        }
        cursor.execute(_INSERT, given)
        counting.count_lost(cursor, head, batch)
    head.next_seq += len(ids)
    head.last_date_added = date + timedelta(microseconds=len(ids))
    head.save(update_fields=["next_seq", "last_date_added"])
