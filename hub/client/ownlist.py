"""One's own values in a file: a list, or a column of a CSV, read line by line."""

import csv
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from hub.client.errors import ToolError

STDIN = "-"
COLUMNS = ("value", "domain", "url", "host", "email", "phone", "address")
GZIP = b"\x1f\x8b"


class Line(NamedTuple):
    number: int  # as an editor counts: a CSV's header is line 1
    text: str


class OwnList:
    """A file of one's own; `position` of `size` bytes were read. It is never held whole.

    Text that is not UTF-8 comes with surrogates, which no value contains.
    """

    def __init__(
        self, path: Path, column: str | None = None, delimiter: str = ","
    ) -> None:
        self.path, self.column, self.delimiter = path, column, delimiter
        self.stdin = str(path) == STDIN
        self.size: int | None = None
        self._raw: BinaryIO | None = None
        if not self.stdin:
            try:
                self.size = path.stat().st_size or None
            except OSError as error:
                raise self._unreadable(error) from None

    @property
    def is_table(self) -> bool:
        name = self.path.name.lower().removesuffix(".gz")
        return bool(self.column) or name.endswith((".csv", ".tsv"))

    @property
    def position(self) -> int:
        if self._raw is None or self.stdin:
            return 0
        return self.size or 0 if self._raw.closed else self._raw.tell()

    def __iter__(self) -> Iterator[Line]:
        try:
            with self._opened() as raw, _unpacked(raw) as file:
                text = io.TextIOWrapper(
                    file, "utf-8-sig", errors="surrogateescape", newline=""
                )
                yield from self._cells(text) if self.is_table else _lines(text)
        except (OSError, EOFError, zlib.error) as error:
            raise self._unreadable(error) from None

    def _opened(self) -> BinaryIO:
        if self.stdin:
            return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
        self._raw = self.path.open("rb")
        return self._raw

    def _cells(self, text: io.TextIOWrapper) -> Iterator[Line]:
        rows = csv.reader(text, delimiter=self.delimiter)
        header = self._row(rows)
        if header is None:
            raise ToolError(f"{self.path} is empty: a CSV begins with a header.")
        place = self._place(header)
        start = rows.line_num + 1
        while (row := self._row(rows)) is not None:
            if any(row):
                yield Line(start, row[place] if place < len(row) else "")
            start = rows.line_num + 1

    def _row(self, rows: Any) -> list[str] | None:
        try:
            return next(rows, None)
        except csv.Error:
            raise ToolError(
                f"{self.path} cannot be read as CSV after line {rows.line_num}."
            ) from None

    def _place(self, header: list[str]) -> int:
        names = [name.strip().lower() for name in header]
        wanted = [self.column.strip().lower()] if self.column else []
        if not wanted:
            known = [name for name in COLUMNS if name in names]
            wanted = known[:1] if "value" in known else known
            wanted = wanted or (names if len(names) == 1 else [])
        if len(wanted) != 1 or names.count(wanted[0]) != 1:
            raise ToolError(
                f"Name the column of {self.path} that holds the values with --column."
                f" Its header has {len(header)} columns"
                f" with {self.delimiter!r} between them."
            )
        return names.index(wanted[0])

    def _unreadable(self, error: Exception) -> ToolError:
        why = getattr(error, "strerror", None) or "it is damaged"
        return ToolError(f"{self.path} cannot be read: {why}.")


@contextmanager
def _unpacked(raw: BinaryIO) -> Iterator[BinaryIO]:
    if raw.seekable() and raw.read(2) == GZIP:
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) as file:
            yield cast(BinaryIO, file)
        return
    if raw.seekable():
        raw.seek(0)
    yield raw


def _lines(text: io.TextIOWrapper) -> Iterator[Line]:
    """One value a line; blank lines and comments count, but are left out."""
    for number, line in enumerate(text, start=1):
        stripped = line.strip(" \t\r\n")
        if stripped and not stripped.startswith("#"):
            yield Line(number, stripped)
