"""THE selector: every path on which anything is read from a stream goes through here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from hub.lib.clock import iso, now
from hub.lib.errors import Conflict, Forbidden, Gone, NotFound
from hub.lib.paging import Cursor
from orgs.access import Permission, require
from orgs.accounts.actor import Actor
from sharing.agreements import selectors as agreements
from sharing.agreements.circles import contributed
from sharing.agreements.models import Collection, Generation, Grant, StreamHead
from sharing.agreements.policy import Terms
from sharing.distribution.models import ControlRecord, Release
from sharing.distribution.writing import payload_aad
from sharing.tokens import services as tokens
from sharing.tokens.vault import Vault
from sharing.vocabulary import TOMBSTONES_KEPT, Disclosure


@dataclass(frozen=True, slots=True)
class Reading:
    """What one organization may read of one collection at this moment."""

    grant: Grant
    generation: Generation
    head: StreamHead
    moment: datetime
    terms: Terms  # of the clause in force, by which it is read

    @property
    def contributors(self) -> frozenset[UUID]:
        """Whose releases are read; nobody's who left."""
        return self.terms.contributors


def readable(organization_id: UUID, collection_id: UUID) -> Reading:
    """Grant valid now, generation in effect now, or NotFound: asked at every read."""
    moment = now()
    admitted = agreements.admitted_now(organization_id, collection_id, moment)
    if admitted is None:
        raise NotFound("There is no such collection for you.")
    generation = agreements.live_generation(collection_id, moment)
    head = StreamHead.objects.get(generation=generation)
    return Reading(admitted.grant, generation, head, moment, admitted.terms)


def readable_by(actor: Actor, collection_id: UUID) -> Reading:
    """As `granted_by`, for all that hands over a stream: Conflict where there is none."""
    reading = granted_by(actor, collection_id)
    need_stream(reading)
    return reading


def need_stream(reading: Reading) -> None:
    if only_answers(reading):
        raise Conflict(NO_STREAM, code="no-stream")


NO_STREAM = (
    "This collection has no stream, and no keys of one: its clause only answers questions."
    " Fetch its filter, let your values be evaluated obliviously, and ask for the details"
    " of a hit."
)


def only_answers(reading: Reading) -> bool:
    """Whether the clause hands nothing over: no stream, no keys, no look-ups."""
    return reading.grant.collection.disclosure == Disclosure.QUERY


def granted_by(actor: Actor, collection_id: UUID) -> Reading:
    """Both walls before a collection: guardian's permission and the Grant.

    A stranger is told NotFound; a contributor knows of the collection: Forbidden.
    """
    organization_id = actor.organization_id
    if organization_id is None:
        raise NotFound("There is no such collection for you.")
    try:
        require(actor, Permission.VIEW_COLLECTION, Collection, collection_id)
        return readable(organization_id, collection_id)
    except NotFound:
        if any(
            each.collection_id == collection_id for each in contributed(organization_id)
        ):
            raise Forbidden(
                "You contribute to this collection; its clause gives you no reading."
            ) from None
        raise


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
    begin = _begin(reading, cursor)
    start, mark = begin.seq, begin.mark
    rows = _rows(reading, _UP, limit + 1, after=start, mark=mark)
    last = rows[-1].seq if rows else start
    # All below the head was committed before the rows were read, and so was all below
    # the last row: no control record can make the cursor jump over a row.
    until = last if len(rows) > limit else max(reading.head.next_seq, last + 1)
    lines = sorted([*rows, *_controls(reading, start, until, mark)])
    served, more = lines[:limit], len(lines) > limit
    end = served[-1].seq if served else start
    if not more:
        end = max(end, reading.head.next_seq - 1)  # what is missing there was moved
    if end >= reading.head.horizon_seq:
        begin = Cursor()
    return Page(
        records=[row.line for row in served if row.line],
        next=Cursor(reading.generation.number, end, begin.begun),
        more=more,
    )


def newest(reading: Reading, before: int | None, limit: int) -> Page:
    """The records below a seq, newest first, for screens; `next` is the oldest of them."""
    until = min(before or _TOP, reading.head.next_seq)
    rows = _rows(reading, _DOWN, limit + 1, before=until)
    floor = rows[-1].seq if len(rows) > limit else 0
    lines = sorted([*rows, *_controls(reading, floor, until)], reverse=True)
    shown = lines[:limit]
    return Page(
        records=[row.line for row in shown if row.line],
        next=Cursor(reading.generation.number, shown[-1].seq if shown else 0),
        more=len(lines) > limit,
    )


def _begin(reading: Reading, cursor: Cursor) -> Cursor:
    """Where to read on, or Gone if tombstones that the reader needs may be swept.

    Who began within the time that tombstones are kept has missed none, however far back
    in the stream the reading still is.
    """
    number = reading.generation.number
    if cursor.generation > number or (
        cursor.generation == number and cursor.seq >= reading.head.next_seq
    ):
        raise Gone(
            "This cursor is ahead of the stream; read it again from the start.",
            code="resync-required",
        )
    if cursor.seq and _lost(reading, cursor):
        raise Gone(
            "The hub was restored to a moment before this cursor; read again from the"
            " start.",
            code="resync-required",
        )
    if cursor.seq and _swept_after(reading, cursor):
        raise Gone(
            "Tombstones after this cursor were swept; read again from the start.",
            code="resync-required",
        )
    if cursor.generation < number or cursor.seq == 0:
        return Cursor(number, 0, int(reading.moment.timestamp()))
    return cursor


def _lost(reading: Reading, cursor: Cursor) -> bool:
    """Whether its reader may hold what the hub forgot: records, and their ends."""
    head = _head_of(reading, cursor)
    if head is None:
        return True
    if head.lost_from is None or head.lost_until is None:
        return False
    return head.lost_from <= cursor.seq < head.lost_until


def _head_of(reading: Reading, cursor: Cursor) -> StreamHead | None:
    """That of the cursor's generation, if it is known."""
    if cursor.generation == reading.generation.number:
        return reading.head
    of_it = StreamHead.objects.filter(
        generation__collection=reading.grant.collection_id,
        generation__number=cursor.generation,
    )
    return of_it.first()


def _swept_after(reading: Reading, cursor: Cursor) -> bool:
    """Whether its reader may miss a tombstone for good: of its generation, or a later."""
    kept_since = reading.moment - TOMBSTONES_KEPT
    collection_id, earlier = reading.grant.collection_id, cursor.generation
    if earlier < reading.generation.number and agreements.taken_over(
        collection_id, earlier, kept_since
    ):
        return True
    head = _head_of(reading, cursor) or reading.head
    return cursor.seq < head.horizon_seq and cursor.begun <= kept_since.timestamp()


# The server writes the lines: a page is a concatenation of what it stores, and only
# sealed payloads pass through Python. A live row past its time, or of somebody who left,
# is an empty line: its tombstone comes, until then it is not there.
_LINES = """
SELECT seq,
       CASE WHEN state = 'tombstone'
            THEN '{"kind":"tombstone",' || head
                 || coalesce(',"token":"' || %(number)s || ':'
                             || encode(token, 'hex') || '"', '') || '}'
            WHEN NOT alive THEN ''
            WHEN sealed THEN '{"kind":"release",' || head || ','
            ELSE '{"kind":"release",' || head || ','
                 || substr(convert_from(payload, 'UTF8'), 2)
       END,
       CASE WHEN alive AND sealed THEN payload END,
       indicator
  FROM (SELECT *,
               state = 'live' AND least(expires_at, retain_until) > %(moment)s
               AND owner_id = ANY(%(contributors)s) AS alive,
               '"id":"' || public_id || '","cursor":"' || %(number)s || '.' || seq
               || CASE WHEN seq < %(horizon)s THEN %(mark)s ELSE '' END || '","seq":' || seq || ',"date_added":"'
               || to_char(date_added AT TIME ZONE 'UTC',
                          'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"' AS head
          FROM sharing_release
         WHERE generation_id = %(generation)s AND seq > %(after)s AND seq < %(before)s
         ORDER BY seq ASC LIMIT %(limit)s) r
"""
_UP, _DOWN = _LINES, _LINES.replace("seq ASC", "seq DESC")
_TOP = 2**63 - 1


def _rows(
    reading: Reading,
    query: str,
    limit: int,
    *,
    after: int = 0,
    before: int = _TOP,
    mark: str = "",
) -> list[Row]:
    """Up to `limit` lines with after < seq < before, in the order of the query.

    `mark` goes to the cursors of those below the horizon.
    """
    asked: dict[str, Any] = {
        "generation": reading.generation.pk,
        "number": str(reading.generation.number),
        "moment": reading.moment,
        "contributors": [*reading.contributors],
        "after": after,
        "before": before,
        "limit": limit,
        "horizon": reading.head.horizon_seq,
        "mark": mark,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        found = cursor.fetchall()
    vault = tokens.vault()
    return [
        Row(seq, line.encode() + _opened(vault, reading, claim, sealed))
        for seq, line, sealed, claim in found
    ]


def _opened(vault: Vault, reading: Reading, claim: UUID, sealed: bytes | None) -> bytes:
    """What a sealed payload adds to the beginning of its line."""
    if sealed is None:
        return b""
    where = payload_aad(reading.generation.pk, claim)
    return vault.open_blob("payload", where, sealed)[1:]


def _controls(reading: Reading, after: int, before: int, mark: str = "") -> list[Row]:
    """Control records with after < seq < before; a stream has a handful of them."""
    found = ControlRecord.objects.filter(
        generation=reading.generation, seq__gt=after, seq__lt=before
    )
    return [
        _control(
            record,
            reading.generation.number,
            mark if record.seq < reading.head.horizon_seq else "",
        )
        for record in found
    ]


def events(reading: Reading) -> list[ControlRecord]:
    """What happened to the whole collection, as its stream tells it."""
    return list(ControlRecord.objects.filter(generation=reading.generation))


def _control(record: ControlRecord, number: int, mark: str) -> Row:
    cursor = f"{number}.{record.seq}{mark}"
    line = (
        f'{{"kind":"control","event":"{record.kind}","cursor":"{cursor}",'
        f'"seq":{record.seq},"date_added":"{iso(record.date_added)}"}}'
    )
    return Row(record.seq, line.encode())


def counts(reading: Reading, most: int | None = None) -> int:
    """How many releases the reader may see now; with `most`, no more than one beyond it.

    Cost: all of them are counted, or as many as that.
    """
    seen = Release.objects.filter(
        generation=reading.generation,
        owner__in=reading.contributors,
        state=Release.State.LIVE,
        expires_at__gt=reading.moment,
        retain_until__gt=reading.moment,
    )
    return seen.count() if most is None else seen[: most + 1].count()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a stream, and its bytes as long as it is served."""

    release: Release
    generation: Generation
    payload: bytes | None

    @property
    def cursor(self) -> str:
        return str(Cursor(self.generation.number, self.release.seq))


def entry(reading: Reading, release_id: UUID) -> Entry:
    """A release or tombstone that the reader may read now, or NotFound."""
    found = Release.objects.filter(generation=reading.generation, public_id=release_id)
    row = found.select_related("version").first()
    if row is None:
        raise NotFound(NO_RELEASE)
    opened = entry_of_row(row, reading.generation, reading.moment)
    gone = opened.payload is None or row.owner_id not in reading.contributors
    if gone and row.state == Release.State.LIVE:
        raise NotFound(NO_RELEASE)  # past its time; the tombstone comes
    return opened


NO_RELEASE = "There is no such release for you."


def collection_of(release_id: UUID) -> UUID:
    """Where a release stands; whether it may be read there is not said."""
    rows = Release.objects.filter(public_id=release_id).select_related("generation")
    if (row := rows.first()) is None:
        raise NotFound(NO_RELEASE)
    return row.generation.collection_id


def entry_of(claim_id: UUID, generation: Generation, moment: datetime) -> Entry | None:
    """The row of a claim in a generation: for its owner."""
    row = Release.objects.filter(generation=generation, indicator=claim_id).first()
    return None if row is None else entry_of_row(row, generation, moment)


def entry_at(row: Release, reading: Reading) -> Entry:
    """A row of the stream that is read, with its bytes if it is served now."""
    return entry_of_row(row, reading.generation, reading.moment)


def entry_of_row(row: Release, generation: Generation, moment: datetime) -> Entry:
    """A row with its bytes, if a release of it is served at that moment."""
    served = row.state == Release.State.LIVE and moment < min(
        row.expires_at, row.retain_until
    )
    if not served or row.payload is None:
        return Entry(row, generation, None)
    return Entry(row, generation, opened(row))


def opened(row: Release) -> bytes:
    """The bytes that a row holds, unsealed; whether anybody may read them is not asked."""
    payload = bytes(row.payload or b"{}")
    if not row.sealed:
        return payload
    where = payload_aad(row.generation_id, row.indicator)
    return tokens.vault().open_blob("payload", where, payload)
