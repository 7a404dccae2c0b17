"""From a body, whatever its format, to numbered lines: JSON, one object or string each.

Formats by media type: NDJSON (objects or strings), a JSON array, CSV with a header,
plain text with one value per line. Nothing is judged here: a line that cannot be read
is passed on as it is and gets its error when it is accepted, beside its neighbours.
"""

import csv
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import orjson

from hub.lib.errors import Invalid, Malformed, TooLarge, UnsupportedType
from sharing import vocabulary as v

FORMATS = {
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/json": "json",
    "text/csv": "csv",
    "text/plain": "list",
}
# A JSON array must be held whole; larger batches come as NDJSON.
ARRAY_BYTES = 32 * 1024 * 1024
VALUE_COLUMNS = {
    "value": None,
    "domain": "domain",
    "url": None,  # a column named url often holds bare hosts: let the type be guessed
    "host": None,
    "email": "email",
    "phone": "phone",
    "address": None,  # a wallet of whichever chain
}
KNOWN_COLUMNS = frozenset(
    "type op region scam_type role status review_status confidence severity tlp"
    " first_seen last_seen valid_until labels note audience".split()
)


class RawLine(NamedTuple):
    number: int  # as the sender counts: from 1, a CSV header is line 1
    data: bytes  # JSON


def format_of(content_type: str) -> str:
    media = content_type.partition(";")[0].strip().lower()
    if media not in FORMATS:
        raise UnsupportedType(
            "Send application/x-ndjson, application/json, text/csv or text/plain."
        )
    return FORMATS[media]


def unpacked(stream: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body's bytes, gunzipped where it says so, never more than BODY_BYTES."""
    if encoding not in ("", "identity", "gzip"):
        raise UnsupportedType("Content-Encoding is gzip or nothing.")
    pieces = _gunzip(stream) if encoding == "gzip" else iter(stream)
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > v.BODY_BYTES:
            raise TooLarge(f"A body has at most {v.BODY_BYTES} bytes, unpacked.")
        yield piece


def _gunzip(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack in pieces of bounded size, several members included."""
    unpacker = zlib.decompressobj(wbits=31)
    fresh = True
    try:
        for piece in stream:
            data = piece
            while data:
                out = unpacker.decompress(data, 1024 * 1024)
                fresh = False
                if out:
                    yield out
                data = unpacker.unconsumed_tail
                if unpacker.eof:
                    data = unpacker.unused_data
                    unpacker, fresh = zlib.decompressobj(wbits=31), True
    except zlib.error:
        raise Malformed("The body is not valid gzip.", code="bad-gzip") from None
    if not fresh:
        raise Malformed("The gzip body ends too early.", code="bad-gzip")


def lines(pieces: Iterable[bytes], form: str) -> Iterator[RawLine]:
    """Numbered lines of a body. Blank lines count, but are left out."""
    if form == "json":
        return _array(pieces)
    if form == "csv":
        return _csv(pieces)
    physical = _physical(pieces)
    if form == "ndjson":
        return (RawLine(n, line) for n, line in physical)
    return (RawLine(n, _string(line)) for n, line in physical if line[:1] != b"#")


def _physical(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Split at LF (CR dropped); a line that is too long is cut, and says so later."""
    rest, number = b"", 0
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            if stripped := _clean(line, number):
                yield number, stripped
        if len(rest) > 2 * v.LINE_BYTES:
            rest = rest[: v.LINE_BYTES + 1]
    if stripped := _clean(rest, number + 1):
        yield number + 1, stripped


def _clean(line: bytes, number: int) -> bytes:
    stripped = line.strip(b" \t\r\xef\xbb\xbf" if number == 1 else b" \t\r")
    return stripped[: v.LINE_BYTES + 1]


def _string(line: bytes) -> bytes:
    return orjson.dumps(line.decode("utf-8", "replace"))


def _array(pieces: Iterable[bytes]) -> Iterator[RawLine]:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > ARRAY_BYTES:
            raise TooLarge(
                f"A JSON array has at most {ARRAY_BYTES} bytes; send more as NDJSON."
            )
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("The body is not a JSON array.", code="bad-json") from None
    for number, item in enumerate(items, start=1):
        yield RawLine(number, bytes(item))


def _csv(pieces: Iterable[bytes]) -> Iterator[RawLine]:
    reader = csv.reader(_text(pieces), strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise Malformed("The CSV has no header.", code="no-header")
        names = _columns(header)
        start = reader.line_num + 1
        for row in reader:
            number, start = start, reader.line_num + 1
            if any(row):
                yield RawLine(number, orjson.dumps(_record(names, row)))
    except csv.Error:
        raise Malformed(
            f"The CSV cannot be read after line {reader.line_num}.", code="bad-csv"
        ) from None


def _text(pieces: Iterable[bytes]) -> Iterator[str]:
    """Physical lines with their ends, as csv.reader wants them."""
    buffer = io.BytesIO()
    for piece in pieces:
        buffer.write(piece)
        if b"\n" not in piece:
            continue
        *whole, rest = buffer.getvalue().split(b"\n")
        buffer = io.BytesIO()
        buffer.write(rest)
        for line in whole:
            yield _decoded(line) + "\n"
    if rest := buffer.getvalue():
        yield _decoded(rest)


def _decoded(line: bytes) -> str:
    return line.decode("utf-8-sig", "replace").replace("\0", "�")


class _Column(NamedTuple):
    name: str | None  # None: not a column of ours
    type: str | None = None


def _columns(header: list[str]) -> list[_Column]:
    names = [name.strip().lower() for name in header]
    values = [name for name in names if name in VALUE_COLUMNS]
    if "value" in values:
        values = ["value"]
    if len(values) != 1 or names.count(values[0]) != 1:
        raise Invalid(
            "The CSV header needs exactly one column of: " + ", ".join(VALUE_COLUMNS),
            code="no-value-column",
            errors=[{"line": 1, "field": "header", "code": "no-value-column"}],
        )
    return [_column(name, values[0]) for name in names]


def _column(name: str, value: str) -> _Column:
    if name == value:
        return _Column("value", VALUE_COLUMNS[name])
    return _Column(name if name in KNOWN_COLUMNS else None)


def _record(columns: list[_Column], row: list[str]) -> dict[str, object]:
    if len(row) != len(columns):
        return {"columns": f"{len(row)} instead of {len(columns)}"}
    record: dict[str, object] = {}
    for column, cell in zip(columns, row, strict=True):
        text = cell.strip()
        if column.name is None or not text:
            continue
        record[column.name] = text
        if column.type:
            record.setdefault("type", column.type)
    return record
