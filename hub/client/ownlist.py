"""One's own values in a file: a list, or a column of a CSV, read line by line."""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from hub.client.errors import ToolError
from hub.client.rows import BadRowsError, Rows

STDIN = "-"
COLUMNS = ("value", "domain", "url", "host", "email", "phone", "address")
LINE_MAX = 1_048_576  # characters; a value has at most 4,096
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
                lines = self._bounded(text)
                yield from self._cells(lines) if self.is_table else _lines(lines)
        except (OSError, EOFError, zlib.error) as error:
            raise self._unreadable(error) from None

    def _opened(self) -> BinaryIO:
        if self.stdin:
            return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
        self._raw = self.path.open("rb")
        return self._raw

    def _bounded(self, text: io.TextIOWrapper) -> Iterator[str]:
        """Its lines; one that does not end is never held whole."""
        number = 1
        while line := text.readline(LINE_MAX):
            if len(line) == LINE_MAX:
                raise ToolError(
                    f"Line {number} of {self.path} has {LINE_MAX:,} characters or more:"
                    " this is no list of values, one a line."
                )
            yield line
            number += 1

    def _cells(self, lines: Iterator[str]) -> Iterator[Line]:
        rows = iter(Rows(lines, self.delimiter))
        try:
            header = next(rows, None)
            if header is None:
                raise ToolError(f"{self.path} is empty: a CSV begins with a header.")
            place = self._place(header.cells)
            for start, cells in rows:
                if any(cells):
                    yield Line(start, cells[place] if place < len(cells) else "")
        except BadRowsError as bad:
            raise ToolError(f"{self.path} {bad}") from None

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


def _lines(text: Iterator[str]) -> Iterator[Line]:
    """One value a line; blank lines and comments count, but are left out."""
    for number, line in enumerate(text, start=1):
        stripped = line.strip(" \t\r\n")
        if stripped and not stripped.startswith("#"):
            yield Line(number, stripped)
