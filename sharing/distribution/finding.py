"""The live releases of a stream that bear given tokens: for look-ups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from hub.lib.clock import iso
from hub.lib.errors import Unavailable
from sharing.distribution import selectors
from sharing.distribution.models import Release
from sharing.distribution.selectors import Reading


def with_tokens(
    reading: Reading, tokens: Iterable[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Token and JSON record (as in the stream) of each that the reader may see now.

    Costs one scan of (generation, token) for all of them.
    """
    rows = Release.objects.filter(
        generation=reading.generation,
        token__in=list(tokens),
        state=Release.State.LIVE,
        owner__in=reading.contributors,
    )
    for row in rows.order_by("seq"):
        entry = selectors.entry_at(row, reading)
        if entry.payload is not None:
            yield bytes(row.token or b""), _record(entry)


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


def _record(entry: selectors.Entry) -> bytes:
    row = entry.release
    place = {
        "kind": "release",
        "id": str(row.public_id),
        "cursor": entry.cursor,
        "seq": row.seq,
        "date_added": iso(row.date_added),
    }
    return orjson.dumps(place)[:-1] + b"," + (entry.payload or b"{}")[1:]
