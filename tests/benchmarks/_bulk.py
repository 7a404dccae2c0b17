"""Claims by the million, for measurements of pages: some the whole way, then copies.

What a page reads is copied row by row in the database: claims, releases, batches, the
stream's head, what left, submissions and their results. Copies keep the pattern's facts
and get an id, index, token and sealed digest of their own, and no value.
"""

import json
import os
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

PATTERN = 2_000  # claims that go the whole way
PUT = 100_000  # copies in one transaction
BATCH = 10_000  # claims in one submission, chunk and batch of releases
SCAMS = ("investment", "phishing", "romance", "job_offer")
TLPS = ("clear", "green", "amber")

_COPIES = """
CREATE TEMP TABLE copies (batch bigint, place bigint, pattern uuid, id uuid,
                          release uuid, index bytea, token bytea, digest bytea)
ON COMMIT DROP
"""
_SUBMISSIONS = """
WITH made AS (
  INSERT INTO sharing_submission ({columns})
  SELECT {values} FROM sharing_submission t, (SELECT DISTINCT batch FROM copies) c
   WHERE t.ordinal = %(submission)s RETURNING ordinal)
INSERT INTO sharing_chunkresult (submission_id, number, first_line, outcomes, counts,
                                 seen, legend)
SELECT m.ordinal, 0, 1, decode(repeat(encode(substr(outcomes, 1, 1), 'hex'), {batch}), 'hex'),
       '{{"new": {batch}}}', decode(repeat(encode(substr(seen, 1, 1), 'hex'), {batch}), 'hex'),
       legend
  FROM made m, sharing_chunkresult t WHERE t.submission_id = %(submission)s
"""
_BATCHES = f"""
INSERT INTO sharing_releasebatch (generation_id, version_id, first_seq, n, commitments,
                                  nonces, created_at)
SELECT %(generation)s, %(version)s,
       %(base)s + batch * {BATCH}, count(*),
       decode(repeat('00', 32 * count(*)::int), 'hex'),
       decode(repeat('00', 16 * count(*)::int), 'hex'), now()
  FROM copies GROUP BY batch
"""  # noqa: S608 - a number
_DEPARTURES = """
INSERT INTO sharing_departure AS d (day, generation_id, version_id, owner_id, type,
                                    scam_type, event, n, first_seq, last_seq)
SELECT (now() AT TIME ZONE 'UTC')::date, %(generation)s, %(version)s, i.owner_id, i.type,
       i.scam_type, 'released', count(*), %(base)s, %(base)s + %(end)s - %(start)s - 1
  FROM copies c JOIN sharing_indicator i ON i.id = c.pattern GROUP BY 4, 5, 6
ON CONFLICT (generation_id, day, owner_id, version_id, type, scam_type, event)
DO UPDATE SET n = d.n + excluded.n, last_seq = excluded.last_seq
"""
_HEAD = """
UPDATE sharing_streamhead SET next_seq = next_seq + %(end)s - %(start)s,
       last_date_added = greatest(last_date_added, now())
 WHERE generation_id = %(generation)s
"""


def pattern(collection_id: UUID) -> None:
    """Claims that differ as claims do, submitted, decided and released."""
    from tests.benchmarks import _hub

    lines = [
        {
            "value": f"h{number}.bulk.example",
            "audience": [str(collection_id)],
            "scam_type": SCAMS[number % len(SCAMS)],
            "tlp": TLPS[number % len(TLPS)],
            "confidence": 40 + number % 60,
            "labels": [f"kit-{number % 40}"],
        }
        for number in range(PATTERN)
    ]
    _hub.send("amy@meadow.example", "\n".join(map(json.dumps, lines)).encode(), {})


def copied(collection_id: UUID, count: int) -> None:
    """So many claims in all that the collection's stream carries."""
    from django.db import connection, transaction

    from tests.walls import OWNER, working_as

    with working_as(OWNER):
        for start in range(PATTERN, count, PUT):
            with transaction.atomic(), connection.cursor() as cursor:
                _copy(cursor, collection_id, start, min(start + PUT, count))


def _copy(cursor: Any, collection_id: UUID, start: int, end: int) -> None:
    asked = {**_stream(cursor, collection_id), "start": start, "end": end}
    known = _patterns(cursor, asked["generation"])
    cursor.execute(_COPIES)
    with cursor.copy("COPY copies FROM STDIN") as copy:
        for row in _rows(known, end - start):
            copy.write_row(row)
    cursor.execute("ANALYZE copies")
    cursor.execute(_of_submissions(), asked)
    cursor.execute(_of_claims(), asked)
    cursor.execute(_BATCHES, asked)
    cursor.execute(_of_releases(), asked)
    cursor.execute(_DEPARTURES, asked)
    cursor.execute(_HEAD, asked)


def _patterns(cursor: Any, generation: object) -> list[tuple[UUID, str, int]]:
    cursor.execute(
        """
        SELECT i.id, i.type, length(r.token)
          FROM sharing_release r JOIN sharing_indicator i ON i.id = r.indicator
         WHERE r.generation_id = %s ORDER BY r.first_seq LIMIT %s
        """,
        [generation, PATTERN],
    )
    return list(cursor.fetchall())


def _rows(patterns: list[tuple[UUID, str, int]], count: int) -> Iterator[tuple]:
    """Copies, batch by batch, each in the order of its tokens."""
    from sharing.tokens import services as tokens

    vault = tokens.vault()
    for batch in range(-(-count // BATCH)):
        size = min(BATCH, count - batch * BATCH)
        drawn = sorted(os.urandom(32) for _ in range(size))
        for place, token in enumerate(drawn, start=1):
            pattern, kind, length = patterns[place % len(patterns)]
            claim = uuid4()
            sealed, _ = vault.seal_digest(claim, kind, token)
            yield (
                batch,
                place,
                pattern,
                claim,
                uuid4(),
                os.urandom(32),
                token[:length],
                sealed,
            )


def _stream(cursor: Any, collection_id: UUID) -> dict[str, object]:
    """Where the stream stands, and whose pattern is in it."""
    cursor.execute(
        """
        SELECT h.generation_id, h.next_seq, b.version_id,
               (SELECT max(i.source_submission) FROM sharing_indicator i
                 WHERE i.id = (SELECT r.indicator FROM sharing_release r
                                WHERE r.batch_id = b.id LIMIT 1))
          FROM sharing_streamhead h
          JOIN sharing_generation g ON g.id = h.generation_id
          JOIN sharing_releasebatch b ON b.generation_id = g.id
         WHERE g.collection_id = %s ORDER BY b.first_seq LIMIT 1
        """,
        [collection_id],
    )
    [found] = cursor.fetchall()
    names = ("generation", "base", "version", "submission")
    return dict(zip(names, found, strict=True))


def _of_submissions() -> str:
    from sharing.intake.models import Submission

    own = {
        "id": "gen_random_uuid()",
        "lines": str(BATCH),
        "idempotency_key": "NULL",
    }
    columns, values = _copying(Submission, own, without={"ordinal"})
    return _SUBMISSIONS.format(columns=columns, values=values, batch=BATCH)


def _of_claims() -> str:
    from sharing.indicators.models import Indicator

    own = {
        "id": "c.id",
        "index": "c.index",
        "digest_sealed": "c.digest",
        "value_sealed": "NULL",
        "note_sealed": "NULL",
        "source_line": "c.place",
    }
    columns, values = _copying(Indicator, own)
    return f"""
    INSERT INTO sharing_indicator ({columns})
    SELECT {values} FROM copies c JOIN sharing_indicator t ON t.id = c.pattern
    """  # noqa: S608 - names of columns


def _of_releases() -> str:
    from sharing.distribution.models import Release

    seq = f"%(base)s + c.batch * {BATCH} + c.place - 1"
    own = {
        "id": "c.release",
        "public_id": "c.release",
        "indicator": "c.id",
        "index": "c.index",
        "token": "c.token",
        "payload": "convert_to(replace(convert_from(t.payload, 'UTF8'),"
        " encode(t.token, 'hex'), encode(c.token, 'hex')), 'UTF8')",
        "fingerprint": "sha256(c.index)",
        "seq": seq,
        "first_seq": seq,
        "batch_id": "b.id",
        "ordinal": "c.place - 1",
        "date_added": "now() + c.place * interval '1 microsecond'",
    }
    columns, values = _copying(Release, own)
    return f"""
    INSERT INTO sharing_release ({columns})
    SELECT {values}
      FROM copies c
      JOIN sharing_release t
        ON t.indicator = c.pattern AND t.generation_id = %(generation)s
      JOIN sharing_releasebatch b
        ON b.generation_id = %(generation)s
       AND b.first_seq = %(base)s + c.batch * {BATCH}
    """  # noqa: S608 - names of columns


def _copying(
    model: Any, own: dict[str, str], without: frozenset[str] | set[str] = frozenset()
) -> tuple[str, str]:
    """The columns of a table, and for each the pattern's or one's own."""
    names = [
        field.column
        for field in model._meta.concrete_fields
        if field.column not in without
    ]
    quoted = [f'"{name}"' for name in names]
    values = [own.get(name, f't."{name}"') for name in names]
    return ", ".join(quoted), ", ".join(values)
