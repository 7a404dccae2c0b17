"""THE selector: every path on which anything is read from a stream goes through here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hub.lib.clock import iso, now
from hub.lib.errors import Gone, NotFound
from hub.lib.paging import Cursor
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Generation, Grant, StreamHead
from sharing.distribution.models import ControlRecord, Release
from sharing.distribution.writing import payload_aad
from sharing.tokens import scheme
from sharing.tokens import services as tokens


@dataclass(frozen=True, slots=True)
class Reading:
    """What one organization may read of one collection at this moment."""

    grant: Grant
    generation: Generation
    head: StreamHead
    moment: datetime


def readable(organization_id: UUID, collection_id: UUID) -> Reading:
    """Grant valid now, generation in effect now, or NotFound: asked at every read."""
    moment = now()
    grant = agreements.grant_now(organization_id, collection_id)
    if grant is None:
        raise NotFound("There is no such collection for you.")
    generation = agreements.live_generation(collection_id, moment)
    head = StreamHead.objects.get(generation=generation)
    return Reading(grant, generation, head, moment)


class Row(NamedTuple):
    """One line of a stream: its place, and its JSON without the closing of a page."""

    seq: int
    line: bytes


@dataclass(frozen=True, slots=True)
class Page:
    records: list[bytes]
    next: Cursor
    more: bool


def page(reading: Reading, cursor: Cursor, limit: int) -> Page:
    """The next `limit` records after a cursor, in seq order.

    A cursor of an older generation goes on at the start of this one. Cost: one range
    scan of (generation, seq); a page is a concatenation of stored bytes.
    """
    number = reading.generation.number
    start = _start(reading, cursor)
    rows = _rows(reading, start, limit)
    until = rows[-1][0] if len(rows) > limit else reading.head.next_seq
    controls = list(
        ControlRecord.objects.filter(
            generation=reading.generation, seq__gt=start, seq__lt=until
        ).order_by("seq")[: limit + 1]
    )
    lines = sorted(
        [*_lines(rows, reading), *(_control(each, number) for each in controls)]
    )
    served = lines[:limit]
    end = served[-1].seq if served else start
    return Page(
        records=[row.line for row in served if row.line],
        next=Cursor(number, end),
        more=len(lines) > limit,
    )


def newest(reading: Reading, before: int | None, limit: int) -> Page:
    """The records below a seq, newest first, for screens; `next` is the oldest of them."""
    until = before or reading.head.next_seq
    found = Release.objects.filter(generation=reading.generation, seq__lt=until)
    rows: list[_Fields] = list(
        found.order_by("-seq").values_list(*_FIELDS)[: limit + 1]
    )
    floor = rows[-1][0] if len(rows) > limit else 0
    controls = ControlRecord.objects.filter(
        generation=reading.generation, seq__lt=until, seq__gt=floor
    ).order_by("-seq")[: limit + 1]
    number = reading.generation.number
    lines = sorted(
        [*_lines(rows, reading), *(_control(each, number) for each in controls)],
        reverse=True,
    )
    shown = lines[:limit]
    return Page(
        records=[row.line for row in shown if row.line],
        next=Cursor(number, shown[-1].seq if shown else 0),
        more=len(lines) > limit,
    )


def _start(reading: Reading, cursor: Cursor) -> int:
    number = reading.generation.number
    if cursor.generation > number or (
        cursor.generation == number and cursor.seq >= reading.head.next_seq
    ):
        raise Gone(
            "This cursor is ahead of the stream; read it again from the start.",
            code="resync-required",
        )
    if cursor.generation < number:
        return 0
    if 0 < cursor.seq < reading.head.horizon_seq:
        raise Gone(
            "Tombstones after this cursor were swept; read again from the start.",
            code="resync-required",
        )
    return cursor.seq


_FIELDS = (
    "seq",
    "id",
    "state",
    "date_added",
    "payload",
    "sealed",
    "token",
    "indicator",
    "expires_at",
    "retain_until",
)
_Fields = tuple[int, UUID, str, datetime, bytes, bool, bytes, UUID, datetime, datetime]


def _rows(reading: Reading, start: int, limit: int) -> list[_Fields]:
    found = Release.objects.filter(generation=reading.generation, seq__gt=start)
    return list(found.order_by("seq").values_list(*_FIELDS)[: limit + 1])


def _lines(rows: list[_Fields], reading: Reading) -> Iterator[Row]:
    number = reading.generation.number
    vault = tokens.vault()
    for seq, pk, state, date, payload, sealed, token, claim, expires, retain in rows:
        head = (
            f'"id":"{pk}","cursor":"{number}.{seq}","seq":{seq},'
            f'"date_added":"{iso(date)}",'
        )
        if state == Release.State.TOMBSTONE:
            wire = scheme.wire(number, bytes(token))
            yield Row(seq, f'{{"kind":"tombstone",{head}"token":"{wire}"}}'.encode())
        elif min(expires, retain) <= reading.moment:
            yield Row(seq, b"")  # its tombstone comes; until then it is not there
        else:
            body = bytes(payload)
            if sealed:
                where = payload_aad(reading.generation.pk, claim)
                body = vault.open_blob("payload", where, body)
            yield Row(seq, f'{{"kind":"release",{head}'.encode() + body[1:])


def _control(record: ControlRecord, number: int) -> Row:
    line = (
        f'{{"kind":"control","event":"{record.kind}","cursor":"{number}.{record.seq}",'
        f'"seq":{record.seq},"date_added":"{iso(record.date_added)}"}}'
    )
    return Row(record.seq, line.encode())


def counts(reading: Reading) -> int:
    """How many releases the reader may see now."""
    return Release.objects.filter(
        generation=reading.generation,
        state=Release.State.LIVE,
        expires_at__gt=reading.moment,
        retain_until__gt=reading.moment,
    ).count()
