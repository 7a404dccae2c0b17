"""The live releases of a stream that bear given tokens: for look-ups."""

from collections.abc import Iterable, Iterator

import orjson

from hub.lib.clock import iso
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
