"""The live releases of a stream that bear given tokens: for look-ups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from hub.lib.clock import iso
from hub.lib.errors import Unavailable
from sharing.agreements.models import Generation
from sharing.distribution import selectors
from sharing.distribution.models import Release
from sharing.distribution.selectors import Entry, Reading
from sharing.vocabulary import CORRELATION_CAP

AT_ONCE = 2_000  # rows that are held in memory


@dataclass(frozen=True, slots=True)
class Found:
    """A release that the reader may see now, as the stream has it."""

    id: UUID  # as it leaves
    token: bytes
    payload: dict[str, Any]
    record: bytes  # JSON
    entry: Entry


def with_tokens(reading: Reading, tokens: Iterable[bytes]) -> Iterator[Found]:
    """Those with one of the tokens, in the order of the stream.

    Of one token the newest, and one more than are ever counted. Costs one scan of
    (generation, token) for all of them.
    """
    newest = Window(RowNumber(), partition_by="token", order_by=F("seq").desc())
    rows = alive(reading).filter(token__in=list(tokens)).annotate(place=newest)
    few = rows.filter(place__lte=CORRELATION_CAP + 1).order_by("seq")
    for row in few.iterator(AT_ONCE):
        entry = selectors.entry_at(row, reading)
        if entry.payload is not None:
            payload = orjson.loads(entry.payload)
            token = bytes(row.token or b"")
            yield Found(row.public_id, token, payload, record_of(entry), entry)


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is served of a stretch of a stream, the newest first."""

    entries: tuple[Entry, ...]
    before: int | None  # go on below this seq; none: the stream begins here


def stretch(reading: Reading, before: int | None, limit: int) -> Stretch:
    """At most so many rows below a seq, whatever stands in them, in the reader's view.

    One range scan of (generation, seq): the cost is that of `limit`, not of the stream.
    """
    rows = Release.objects.filter(generation=reading.generation)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows.only(*_SERVED).order_by("-seq")[:limit])
    entries = (
        selectors.entry_at(row, reading)
        for row in found
        if row.owner_id in reading.contributors
    )
    return Stretch(
        tuple(each for each in entries if each.payload is not None),
        found[-1].seq if len(found) == limit else None,
    )


_SERVED = (
    "public_id indicator owner_id token payload sealed state seq date_added expires_at"
    " retain_until"
).split()


def taken_back(reading: Reading, token: bytes) -> list[Release]:
    """The tombstones that bear a token, as the stream still has them; the newest.

    One scan of an index of tombstones, which are kept for 90 days.
    """
    gone = Release.objects.filter(
        generation=reading.generation, state=Release.State.TOMBSTONE, token=token
    )
    return list(gone.order_by("-seq")[: CORRELATION_CAP + 1])


def with_ids(reading: Reading, ids: Iterable[UUID]) -> Iterator[Entry]:
    """Those of the releases with these ids that the reader may see now, with their bytes."""
    for row in alive(reading).filter(public_id__in=list(ids)).iterator(AT_ONCE):
        entry = selectors.entry_at(row, reading)
        if entry.payload is not None:
            yield entry


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What the live releases of a stream begin with, in order, and when the first ends."""

    packed: bytes  # 6 bytes each; one may come twice
    ends: datetime | None


TURNING = "Who may read this collection changes at this moment; ask again."
# In the order of the index, which holds all that is asked: nothing is sorted.
_PREFIXES = """
SELECT coalesce(string_agg(prefix, ''::bytea), ''), min(ends),
       %(generation)s = ANY(sharing_readable_generations())
  FROM (SELECT substr(token, 1, 6) AS prefix, min(least(expires_at, retain_until)) AS ends
          FROM sharing_release
         WHERE generation_id = %(generation)s AND state = 'live' AND token IS NOT NULL
           AND owner_id = ANY(%(contributors)s)
           AND least(expires_at, retain_until) > %(until)s
         GROUP BY token ORDER BY token) r
"""


def prefixes(reading: Reading, until: datetime) -> Prefixes:
    """Of all that the reader may see now and, unless it is taken back, until then.

    Unavailable where the database, by its own clock, lets nothing of the stream be seen:
    that would look like a stream of nothing. One index-only scan; 6 bytes a release come
    over, whatever their number.
    """
    asked: dict[str, Any] = {
        "generation": reading.generation.pk,
        "contributors": [*reading.contributors],
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PREFIXES, asked)
        packed, ends, readable = cursor.fetchone()
    if not readable:
        raise Unavailable(TURNING)
    return Prefixes(bytes(packed), ends)


def alive(reading: Reading) -> QuerySet[Release]:
    """What is served as live now; `entry_at` asks again."""
    return Release.objects.filter(
        generation=reading.generation,
        state=Release.State.LIVE,
        owner__in=reading.contributors,
        expires_at__gt=reading.moment,
        retain_until__gt=reading.moment,
    )


def record_of(entry: Entry) -> bytes:
    """The line of the stream."""
    row = entry.release
    place = {
        "kind": "release",
        "id": str(row.public_id),
        "cursor": entry.cursor,
        "seq": row.seq,
        "date_added": iso(row.date_added),
    }
    return orjson.dumps(place)[:-1] + b"," + (entry.payload or b"{}")[1:]


def entries_of(
    release_ids: Iterable[UUID], generation: Generation, moment: datetime
) -> dict[UUID, Entry]:
    """Rows of own claims in a generation, by the id that left: for their owner."""
    rows = Release.objects.filter(
        generation=generation, public_id__in=list(release_ids)
    )
    return {
        row.public_id: selectors.entry_of_row(row, generation, moment) for row in rows
    }
