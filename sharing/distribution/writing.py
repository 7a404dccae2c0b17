"""The set-based half of releasing: stage, lock heads in order, number, write."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from hub.lib.clock import now
from orgs.access import collection_scope
from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.agreements.models import StreamHead
from sharing.agreements.selectors import ActiveClause
from sharing.distribution import counting
from sharing.distribution.models import ReleaseBatch
from sharing.distribution.planning import Planned
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.tokens import services as tokens

_STAGE = """
CREATE TEMP TABLE planned (
  generation bigint, indicator uuid, revision bigint, release uuid, owner uuid, index bytea,
  token bytea, payload bytea, live boolean, fingerprint bytea,
  retain_until timestamptz, expires_at timestamptz) ON COMMIT DROP
"""
# Which staged rows change their stream, in the order in which they enter it: by token,
# so that the order of one stream says nothing about the order of another. A claim that
# moved on since it was planned is left to the batch in which it moved on. What an earlier
# generation, or a row that is gone, promised to retain no longer is retained no longer in
# this one; the id that leaves is the same in all, in one that is built ahead and was first
# as well.
_NUMBER = """
CREATE TEMP TABLE numbered ON COMMIT DROP AS
SELECT c.*, row_number() OVER (ORDER BY token, indicator) AS rn
  FROM (SELECT p.generation, p.indicator, p.owner, p.index, p.token, p.payload,
               p.fingerprint, p.expires_at,
               least(p.retain_until, e.until, k.retain_until) AS retain_until,
               coalesce(r.id, p.release) AS id,
               coalesce(r.public_id, e.public_id, p.release) AS public_id, r.first_seq AS old_first,
               r.state = 'live' AS was_live, r.fingerprint AS old_fingerprint,
               e.public_id IS NOT NULL AS was_before,
               i.type, i.scam_type, i.updated_at AS accepted_at, i.batch_id AS claims,
               p.live AND coalesce(r.retain_until, least(e.until, k.retain_until),
                                   'infinity') > %(moment)s AS live
          FROM planned p
          LEFT JOIN LATERAL (SELECT min(retain_until) FILTER (
                                      WHERE o.generation_id < p.generation) AS until,
                                    (array_agg(public_id
                                               ORDER BY o.generation_id DESC))[1]
                                      AS public_id
                               FROM sharing_release o
                              WHERE cardinality(%(others)s::bigint[]) > 0
                                AND o.indicator = p.indicator
                                AND o.generation_id = ANY(%(others)s::bigint[])) e
                 ON true
          JOIN sharing_indicator i ON i.id = p.indicator AND i.revision = p.revision
          LEFT JOIN sharing_release r
                 ON r.generation_id = p.generation AND r.indicator = p.indicator
          LEFT JOIN sharing_retained k
                 ON k.collection_id = %(collection)s AND k.indicator = p.indicator
         WHERE p.generation = %(generation)s) c
 WHERE CASE WHEN live THEN was_live IS NOT TRUE OR old_fingerprint <> fingerprint
            ELSE was_live END
"""
_ORDER = "SELECT indicator, public_id, live FROM numbered ORDER BY rn"
_INSERT = """
INSERT INTO sharing_release AS r
       (id, public_id, generation_id, indicator, owner_id, index, token, payload, sealed,
        fingerprint, seq, first_seq, batch_id, ordinal, state, version_id,
        date_added, retain_until, expires_at)
SELECT id, public_id, generation, indicator, owner, index, token,
       CASE WHEN live THEN payload END, %(sealed)s, fingerprint,
       %(base)s + rn - 1, coalesce(old_first, %(base)s + rn - 1), %(batch)s, rn - 1,
       CASE WHEN live THEN 'live' ELSE 'tombstone' END, %(version)s,
       %(date)s + rn * interval '1 microsecond', retain_until, expires_at
  FROM numbered
ON CONFLICT (generation_id, indicator) DO UPDATE SET
   index = excluded.index, token = excluded.token, payload = excluded.payload, sealed = excluded.sealed,
   fingerprint = excluded.fingerprint, seq = excluded.seq, batch_id = excluded.batch_id,
   ordinal = excluded.ordinal, state = excluded.state, version_id = excluded.version_id,
   date_added = excluded.date_added, expires_at = excluded.expires_at
"""


def write(
    clauses: Sequence[ActiveClause],
    rows: Sequence[Planned],
    cause: int | None = None,
) -> bool:
    """Write what changed; False when the agreement changed since the decision.

    The clauses are all that feed one collection, each into generations of its own. At most `RELEASE_ROWS` indicators, in the caller's transaction. The lock is held
    from the numbering to the commit: seq has no gaps and rises in commit order.
    """
    by_clause = {each.pk: clause for clause in clauses for each in clause.generations}
    _stage(by_clause, rows)
    heads = agreements.lock_heads(by_clause)
    if not _still_so(clauses):
        return False
    by_generation: dict[int, dict[UUID, Planned]] = defaultdict(dict)
    for row in rows:
        by_generation[row.generation][row.indicator] = row
    for head in heads:
        some = by_generation[head.pk]
        _write_one(by_clause[head.pk], head, some, now(), cause)
    return True


def _still_so(clauses: Sequence[ActiveClause]) -> bool:
    """Whether these are what feeds the collection, and the database says so as well.

    Between the second of a change and its being stored nothing is written: what a Grant
    that ends then was good for is the last that was written before.
    """
    collection_id = clauses[0].collection_id
    settled = all(clause.settled for clause in clauses)
    return settled and agreements.feeding(collection_id) == [*clauses]


def _stage(by_clause: Mapping[int, ActiveClause], rows: Sequence[Planned]) -> None:
    sealers = {pk: _sealer(clause) for pk, clause in by_clause.items()}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.planned")
        cursor.execute(_STAGE)
        with cursor.copy("COPY planned FROM STDIN") as copy:
            for row in rows:
                copy.write_row(
                    (
                        row.generation,
                        row.indicator,
                        row.revision,
                        row.release,
                        row.owner,
                        row.index,
                        row.token,
                        sealers[row.generation](row),
                        row.payload is not None,
                        row.fingerprint,
                        row.retain_until,
                        row.expires_at,
                    )
                )
        cursor.execute("ANALYZE planned")


def _sealer(clause: ActiveClause) -> Callable[[Planned], bytes | None]:
    """Payloads with clear values are sealed in the store, bound to their row."""
    if clause.terms.disclosure != v.Disclosure.VALUE:
        return lambda row: row.payload
    vault = tokens.vault()

    def seal(row: Planned) -> bytes | None:
        if row.payload is None:
            return None
        where = payload_aad(row.generation, row.indicator)
        return vault.seal_blob("payload", where, row.payload)

    return seal


def payload_aad(generation: int, indicator: UUID) -> bytes:
    """Where a sealed payload belongs: generation and indicator."""
    return generation.to_bytes(8, "big") + indicator.bytes


def _write_one(
    clause: ActiveClause,
    head: StreamHead,
    rows: dict[UUID, Planned],
    moment: datetime,
    cause: int | None,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.numbered")
        asked = {
            "generation": head.pk,
            "collection": clause.collection_id,
            "moment": moment,
            "others": agreements.other_generations(clause.collection_id, head.pk),
        }
        cursor.execute(_NUMBER, asked)
        cursor.execute(_ORDER)
        order = cursor.fetchall()
        if not order:
            return
        nonces = os.urandom(16 * len(order))
        with collection_scope(clause.collection_id):
            batch = ReleaseBatch.objects.create(
                generation_id=head.pk,
                version_id=clause.version_id,
                first_seq=head.next_seq,
                n=len(order),
                commitments=_commitments(order, rows, nonces),
                nonces=nonces,
                created_at=moment,
            )
        date = first_date(head, moment)
        cursor.execute(
            _INSERT,
            {
                "sealed": clause.terms.disclosure == v.Disclosure.VALUE,
                "base": head.next_seq,
                "batch": batch.pk,
                "version": clause.version_id,
                "date": date,
            },
        )
        counting.count(cursor, head, batch)
        if clause.serves(head.pk, moment):
            counting.count_reach(cursor, clause.collection_id, cause)
    publish(
        Kind.RELEASED,
        shard=clause.collection_id.int,
        collection=str(clause.collection_id),
        batch=batch.pk,
    )
    head.next_seq += len(order)
    head.last_date_added = date + timedelta(microseconds=len(order))
    head.save(update_fields=["next_seq", "last_date_added"])


def first_date(head: StreamHead, moment: datetime) -> datetime:
    """Rounded up to the second and always later than the last: streams do not join."""
    rounded = moment.replace(microsecond=0) + timedelta(seconds=1)
    if head.last_date_added is None:
        return rounded
    return max(rounded, head.last_date_added)


TOMBSTONE = b"tombstone"


def _commitments(
    order: Sequence[tuple[UUID, UUID, bool]], rows: dict[UUID, Planned], nonces: bytes
) -> bytes:
    """SHA-256(nonce, release id, payload) of each row, in order: 32 bytes each."""
    out = bytearray()
    for place, (indicator, release, live) in enumerate(order):
        payload = rows[indicator].payload if live else None
        nonce = nonces[16 * place : 16 * place + 16]
        body = payload if payload is not None else TOMBSTONE
        out += hashlib.sha256(nonce + release.bytes + body).digest()
    return bytes(out)
