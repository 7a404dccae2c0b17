"""From a body, whatever its format, to numbered lines: JSON, one object or string each.

Formats by media type: NDJSON (objects or strings), a JSON array, CSV with a header,
plain text with one value per line. Nothing is judged here: a line that cannot be read
is passed on as it is and gets its error when it is accepted, beside its neighbours.
"""

import codecs
import zlib
from collections.abc import Iterable, Iterator

import msgspec

from hub.lib.errors import Malformed, TooLarge, UnsupportedType
from sharing import vocabulary as v
from sharing.intake.rawlines import RawLine, as_json
from sharing.intake.tables import csv_lines

FORMATS = {
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/json": "json",
    "text/csv": "csv",
    "text/plain": "list",
}
# A JSON array must be held whole; larger batches come as NDJSON.
ARRAY_BYTES = 32 * 1024 * 1024
SPAN = 10  # so many line numbers per line of a chunk, at most
SPACE = b" \t\r"
CUT = b"\0"  # ends a line that was too long


def format_of(content_type: str) -> str:
    media = content_type.partition(";")[0].strip().lower()
    if media not in FORMATS:
        raise UnsupportedType(
            "Send application/x-ndjson, application/json, text/csv or text/plain."
        )
    return FORMATS[media]


def unpacked(stream: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body's bytes, gunzipped where it says so, never more than BODY_BYTES.

    Nor is more read than that: members of a gzip body may hold nothing at all.
    """
    if encoding not in ("", "identity", "gzip"):
        raise UnsupportedType("Content-Encoding is gzip or nothing.")
    if encoding == "gzip":
        return _bounded(_gunzip(_bounded(stream)))
    return _bounded(stream)


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
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
    counted = _few_enough(pieces)
    if form == "csv":
        return csv_lines(counted)
    physical = _physical(counted)
    if form == "ndjson":
        return (RawLine(n, line) for n, line in physical)
    return (RawLine(n, _string(line)) for n, line in physical if line[:1] != b"#")


def chunks(found: Iterable[RawLine]) -> Iterator[list[RawLine]]:
    """At most CHUNK_LINES lines at a time, that lie not too far apart.

    A result has one byte for every line of the span, blank ones too.
    """
    some: list[RawLine] = []
    for line in found:
        far = some and line.number - some[0].number >= SPAN * v.CHUNK_LINES
        if far or len(some) == v.CHUNK_LINES:
            yield some
            some = []
        some.append(line)
    if some:
        yield some


def _few_enough(pieces: Iterable[bytes]) -> Iterator[bytes]:
    ends = 0
    for piece in pieces:
        ends += piece.count(b"\n")
        if ends > v.BODY_LINES:
            raise _too_many()
        yield piece


def _too_many() -> TooLarge:
    return TooLarge(f"A body has at most {v.BODY_LINES} lines; send more bodies.")


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
            rest = _cut(rest)
    if stripped := _clean(rest, number + 1):
        yield number + 1, stripped


def _clean(line: bytes, number: int) -> bytes:
    if number == 1:
        line = line.removeprefix(codecs.BOM_UTF8)
    return _cut(line).rstrip(SPACE)


def _cut(line: bytes) -> bytes:
    """A line that is too long keeps a last byte that shows it; space before it is none."""
    line = line.lstrip(SPACE)
    if len(line) <= v.LINE_BYTES + 1:  # one for the CR
        return line
    return line[: v.LINE_BYTES] + CUT


def _string(line: bytes) -> bytes:
    loss = "replace" if line.endswith(CUT) else "surrogateescape"
    return as_json(line.decode("utf-8", loss))


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
    if len(items) > v.BODY_LINES:
        raise _too_many()
    for number, item in enumerate(items, start=1):
        yield RawLine(number, bytes(item))
