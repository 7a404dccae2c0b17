"""CSV with a header, parted by commas, semicolons or tabs: one record per row, under the names of the fields of a line."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from hub.lib.errors import Invalid, Malformed
from hub.lib.tables import STARTS
from sharing import vocabulary as v
from sharing.intake.rawlines import RawLine, as_json

VALUE_COLUMNS = {
    "value": None,
    "domain": "domain",
    "url": None,  # a column named url often holds bare hosts: let the type be guessed
    "host": None,
    "email": "email",
    "phone": "phone",
    "address": None,  # a wallet of whichever chain
}
HASH_COLUMNS = frozenset({"digest", "sha256"})  # read only in a table that has NV
NV = "nv"  # without it a column of hashes is about something else: files, perhaps
KNOWN_COLUMNS = frozenset(
    "type op region scam_type role status review_status confidence severity tlp"
    " first_seen last_seen valid_until labels note audience".split()
)
CSV_LINE_BYTES = 2 * v.LINE_BYTES  # the most that csv.reader takes as one cell
ENDLESS = "unexpected end of data"  # how csv.reader calls a quote that never ends
STRAY = "\0stray quote"


# What the columns of other people's tables are called; only proposed, never assumed.
PROPOSALS = {
    **dict.fromkeys(("indicator", "ioc", "observable", "entity", "data"), "value"),
    **dict.fromkeys(("indicator_type", "ioc_type", "kind", "data_type"), "type"),
    **dict.fromkeys(("tags", "tag", "label"), "labels"),
    **dict.fromkeys(("comment", "description", "notes"), "note"),
    **dict.fromkeys(("telephone", "msisdn", "phone_number"), "phone"),
    **dict.fromkeys(("fqdn", "hostname"), "domain"),
    **dict.fromkeys(("mail", "e-mail", "email_address"), "email"),
    **dict.fromkeys(("iban", "wallet", "account"), "address"),
    "score": "confidence",
    "country": "region",
    "expires": "valid_until",
}
FIELDS = ("value", "type", NV, *sorted(HASH_COLUMNS), *sorted(KNOWN_COLUMNS - {"type"}))
NAMES = (*VALUE_COLUMNS, NV, *sorted(HASH_COLUMNS), *sorted(KNOWN_COLUMNS))


DELIMITERS = (",", ";", "\t")  # Excel writes semicolons where commas part decimals


def delimiter_of(header: str) -> str:
    """What parts the cells of a table: whatever finds most names in its header.

    Of equals, what finds most cells; a single column is parted by commas.
    """
    return max(DELIMITERS, key=lambda each: _found(_parted(header, each)))


def _found(names: list[str]) -> tuple[int, int]:
    words = (name.lower().replace(" ", "_") for name in names)
    return sum(word in NAMES or word in PROPOSALS for word in words), len(names)


def _parted(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]


def header_of(head: bytes) -> list[str]:
    """The names in the first line of a table; none if it cannot be read."""
    line = _decoded(head.partition(b"\n")[0])
    return _parted(line, delimiter_of(line))


def proposed(names: Iterable[str]) -> list[str]:
    """What each column may be meant as, each at most once; empty: nothing of ours."""
    found: list[str] = []
    for name in names:
        word = name.lower().replace(" ", "_")
        word = word if word in NAMES else PROPOSALS.get(word, "")
        found.append("" if word in found else word)
    return found


def renamed(pieces: Iterable[bytes], names: list[str]) -> Iterator[bytes]:
    """The same table under other names of its columns, if it has as many."""
    head = b""
    rest = iter(pieces)
    for piece in rest:
        head += piece
        if b"\n" in head or len(head) > CSV_LINE_BYTES:
            break
    first, end, after = head.partition(b"\n")
    if len(header_of(first)) == len(names):
        delimiter = delimiter_of(_decoded(first))
        first = delimiter.join(name if name in NAMES else "" for name in names).encode()
    yield first + end + after
    yield from rest


def csv_lines(pieces: Iterable[bytes]) -> Iterator[RawLine]:
    text = _text(pieces)
    header = next(text, "")
    delimiter = delimiter_of(header)
    reader = csv.reader(chain([header], text), strict=True, delimiter=delimiter)
    row = _row(reader)
    if row is None:
        raise Malformed("The CSV has no header.", code="no-header")
    names = _columns(row)
    start = reader.line_num + 1
    while (row := _row(reader)) is not None:
        if any(row):
            yield RawLine(start, as_json(_record(names, row)))
        start = reader.line_num + 1


def _row(reader: Any) -> list[str] | None:
    """The next row; one with a stray quote has no cell but STRAY.

    A quote that does not end in its line takes the lines below with it: that body is
    refused, for nobody can say where its rows are.
    """
    before: int = reader.line_num
    try:
        return next(reader, None)
    except csv.Error as error:
        if before and reader.line_num == before + 1 and ENDLESS not in str(error):
            return [STRAY]
        raise Malformed(
            f"The CSV cannot be read after line {before}.", code="bad-csv"
        ) from None


def _text(pieces: Iterable[bytes]) -> Iterator[str]:
    """Physical lines with their ends, as csv.reader wants them."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield _decoded(line) + "\n"
        rest = rest[: CSV_LINE_BYTES + 1]
    if rest:
        yield _decoded(rest)


def _decoded(line: bytes) -> str:
    """A line too long for csv.reader is cut; without quotes it ends where it ends."""
    text = line[:CSV_LINE_BYTES].decode("utf-8-sig", "surrogateescape")
    return text if len(line) <= CSV_LINE_BYTES else text.replace('"', "'")


class _Column(NamedTuple):
    name: str | None  # None: not a column of ours
    type: str | None = None


def _columns(header: list[str]) -> list[_Column]:
    names = [name.strip().lower() for name in header]
    values = [name for name in names if name in VALUE_COLUMNS]
    if "value" in values:
        values = ["value"] * names.count("value")
    hashes = {NV, *HASH_COLUMNS} & {*names} if NV in names else set()
    enough = len(values) == 1 or (not values and HASH_COLUMNS & hashes)
    if not enough or any(names.count(name) > 1 for name in hashes):
        raise Invalid(
            "The CSV header needs exactly one column of: "
            + ", ".join(VALUE_COLUMNS)
            + "; or digest or sha256, and nv.",
            code="no-value-column",
            errors=[{"line": 1, "field": "header", "code": "no-value-column"}],
        )
    known = KNOWN_COLUMNS | hashes
    return [_column(name, values, known) for name in names]


def _column(name: str, values: list[str], known: frozenset[str]) -> _Column:
    if name in values:
        return _Column("value", VALUE_COLUMNS[name])
    return _Column(name if name in known else None)


def _unprotected(text: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from running it."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(STARTS) else text


def _record(columns: list[_Column], row: list[str]) -> dict[str, object]:
    if row == [STRAY]:
        return {"quotes": "stray"}
    if len(row) != len(columns):
        return {"columns": f"{len(row)} instead of {len(columns)}"}
    record: dict[str, object] = {}
    for column, cell in zip(columns, row, strict=True):
        text = _unprotected(cell.strip())
        if column.name is None or not text:
            continue
        record[column.name] = text
        if column.type:
            record.setdefault("type", column.type)
    return record
