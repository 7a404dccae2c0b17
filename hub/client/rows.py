"""The rows of a CSV, and the quote at fault where rows would vanish into one cell."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple


class BadRowsError(Exception):
    """What is read is no CSV; the text is the rest of a sentence and quotes nothing."""


class Row(NamedTuple):
    line: int  # that it begins on
    cells: list[str]


class _Quoted(NamedTuple):
    """A cell that a quote opens, as it stands in the text of a row."""

    at: int
    spans: bool  # more than one line
    ended: bool
    clean: bool  # behind the closing quote the cell is over


class Rows:
    """Rows with the lines that they begin on; BadRowsError names the line of what is wrong.

    A cell may hold line breaks. A row that does must have as many cells as the header, and
    its quotes must end where their cells do: who forgets a closing quote would lose all
    rows up to the next one.
    """

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines, self._delimiter = lines, delimiter
        self._taken: list[str] = []  # of the row at hand
        self._reader = csv.reader(self._fed(), delimiter=delimiter, strict=True)
        self._wide: int | None = None

    def __iter__(self) -> Iterator[Row]:
        while True:
            start = self._reader.line_num + 1
            self._taken.clear()
            try:
                cells = next(self._reader, None)
            except csv.Error:
                cells = self._leniently(start)
            if cells is None:
                return
            if self._wide is None:
                self._wide = len(cells)
            elif len(self._taken) > 1 and len(cells) != self._wide:
                raise self._unclosed(start, [x for x in self._quoted() if x.spans][-1])
            yield Row(start, cells)

    def _fed(self) -> Iterator[str]:
        for line in self._lines:
            self._taken.append(line)
            yield line

    def _leniently(self, start: int) -> list[str]:
        """A row of one line may have signs behind its quotes: it takes nothing with it."""
        for each in self._quoted():
            if not each.ended or (each.spans and not each.clean):
                raise self._unclosed(start, each)
        try:
            [cells] = csv.reader(self._taken, delimiter=self._delimiter)
        except (csv.Error, ValueError):
            raise BadRowsError(
                f"cannot be read as CSV after line {self._reader.line_num}."
            ) from None
        return cells

    def _quoted(self) -> Iterator[_Quoted]:
        text, end = "".join(self._taken), re.escape(self._delimiter)
        cell = re.compile(rf'"((?:[^"]|"")*+)("?)([^{end}\r\n]*)|[^{end}\r\n]*')
        at = 0
        while at < len(text) and (found := cell.match(text, at)):
            if found[1] is not None:
                spans = "\n" in found[1] or "\r" in found[1]
                yield _Quoted(at, spans, bool(found[2]), not found[3])
            at = found.end() + 1

    def _unclosed(self, start: int, quoted: _Quoted) -> BadRowsError:
        before = sum(end <= quoted.at for end in accumulate(map(len, self._taken)))
        return BadRowsError(
            f"cannot be read as CSV: the quote that is opened on line {start + before} is"
            " not closed where its cell ends, and rows behind it would be lost in it."
        )
