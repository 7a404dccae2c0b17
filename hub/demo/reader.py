"""A file of indicators as it lies on disk: its format, its lines, its bytes to send.

This reads just enough to name the Content-Type and to number the lines as their sender
would; what a line means is the hub's business, and the oracle's.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.demo.errors import UnreadableError

GZIP = b"\x1f\x8b"
LIST, CSV, NDJSON = "text/plain", "text/csv", "application/x-ndjson"
# The column that holds the value, and the type that its name promises.
COLUMNS = {
    "value": None,
    "domain": "domain",
    "url": None,  # often holds bare hosts
    "host": None,
    "email": "email",
    "phone": "phone",
    "address": None,  # a wallet of whichever chain
}
FIELDS = frozenset(
    "type op region scam_type role status review_status confidence severity tlp"
    " first_seen last_seen valid_until labels note audience".split()
)
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Body:
    """What goes over the wire as one submission."""

    name: str
    content_type: str
    data: bytes  # as sent
    gzipped: bool = False

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.data) if self.gzipped else self.data

    def records(self) -> Iterator[tuple[int, Record | None]]:
        """Numbered lines with content; None where the line is no record at all."""
        if self.content_type == CSV:
            return _csv_records(self.text)
        if self.content_type == NDJSON:
            return _json_records(self.text)
        return _list_records(self.text)


def read(path: Path) -> Body:
    """The file as one body, plain or gzip as it is."""
    data = path.read_bytes()
    gzipped = data.startswith(GZIP)
    try:
        text = gzip.decompress(data) if gzipped else data
    except (OSError, EOFError) as error:
        message = f"{path} is not valid gzip."
        raise UnreadableError(message) from error
    return Body(path.name, content_type(text), data, gzipped)


def content_type(text: bytes) -> str:
    """By the first line that says something."""
    lines = (line.strip() for line in text.removeprefix(b"\xef\xbb\xbf").splitlines())
    first = next((line for line in lines if line and line[:1] != b"#"), b"")
    if not first:
        message = "The file has no line with content."
        raise UnreadableError(message)
    if first[:1] in (b"{", b'"') and _is_json(first):
        return NDJSON
    names = [
        cell.strip().strip('"').lower()
        for cell in first.decode("utf-8", "replace").split(",")
    ]
    return CSV if set(names) & COLUMNS.keys() else LIST


def sample(body: Body, every: int) -> Body:
    """Every n-th line of a body, for a second member that saw some of the same."""
    text = body.text
    head, rows = (
        _raw_rows(text) if body.content_type == CSV else (b"", _raw_lines(text))
    )
    kept = [row for place, row in enumerate(rows) if place % every == 0]
    data = head + b"".join(kept)
    return Body(f"1 line in {every} of {body.name}", body.content_type, data)


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict | str)
    except ValueError:
        return line[:1] == b"{"


def _raw_lines(text: bytes) -> list[bytes]:
    return [line.strip() + b"\n" for line in text.split(b"\n") if line.strip()]


def _raw_rows(text: bytes) -> tuple[bytes, list[bytes]]:
    """Header and rows of a CSV as they stand; a quoted cell may span several lines."""
    lines = [line + b"\n" for line in text.rstrip(b"\n").split(b"\n")]
    reader = csv.reader(line.decode("utf-8-sig", "replace") for line in lines)
    rows, start = [], 0
    for _ in reader:
        rows.append(b"".join(lines[start : reader.line_num]))
        start = reader.line_num
    return rows[0], [row for row in rows[1:] if row.strip()]


def _list_records(text: bytes) -> Iterator[tuple[int, Record | None]]:
    for number, line in _numbered(text):
        if line[:1] != b"#":
            yield number, {"value": line.decode("utf-8", "replace")}


def _json_records(text: bytes) -> Iterator[tuple[int, Record | None]]:
    for number, line in _numbered(text):
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if isinstance(found, str):
            found = {"value": found}
        yield number, found if isinstance(found, dict) else None


def _numbered(text: bytes) -> Iterator[tuple[int, bytes]]:
    text = text.removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(text.split(b"\n"), start=1):
        if stripped := line.strip(b" \t\r"):
            yield number, stripped


def _csv_records(text: bytes) -> Iterator[tuple[int, Record | None]]:
    reader = csv.reader(io.StringIO(text.decode("utf-8-sig", "replace"), newline=""))
    header = [name.strip().lower() for name in next(reader)]
    named = [name for name in header if name in COLUMNS]
    column = "value" if "value" in named else named[0]
    start = reader.line_num + 1
    for row in reader:
        number, start = start, reader.line_num + 1
        if not any(row):
            continue
        if len(row) != len(header):
            yield number, None
            continue
        cells = {n: c.strip() for n, c in zip(header, row, strict=True) if c.strip()}
        yield number, _record(cells, column)


def _record(cells: dict[str, str], column: str) -> Record:
    record: Record = {name: text for name, text in cells.items() if name in FIELDS}
    if column in cells:
        record["value"] = cells[column]
    if promised := COLUMNS[column]:
        record.setdefault("type", promised)
    return record
