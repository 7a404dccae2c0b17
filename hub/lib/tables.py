"""Tables to take along: CSV that no spreadsheet runs."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four: full-width
_NUMBER = re.compile(r"[+-]?[0-9]+")  # a telephone number, too: a formula of nothing


class _Echo:
    """A file that gives back what is written, for csv.writer."""

    def write(self, text: str) -> str:
        return text


def csv_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV with a header; texts are made harmless, None is an empty cell."""
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow(
            [harmless(cell) if isinstance(cell, str) else cell for cell in row]
        )


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    starts = cell.startswith(STARTS)
    return f"'{cell}" if starts and not _NUMBER.fullmatch(cell) else cell
