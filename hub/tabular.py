"""The tables of a page as CSV: `?csv=all`, or `?csv=NAME` for one of them.

They are read from the page itself, so a CSV holds what the page shows to whoever asks,
and no table is without one. A table is called as its section is labelled, else by its
number. Times are exact, in UTC; what only acts (buttons, columns without a name) is left
out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)

from hub.lib.errors import NotFound
from hub.lib.tables import csv_rows
from hub.pages import problem_page

ALL = "all"
_SILENT = frozenset({"button", "form", "script", "svg", "select", "template"})
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "use", "wbr"})
_BETWEEN = frozenset({"br", "dd", "div", "dt", "li", "p"})  # words do not run together


@dataclass(slots=True)
class Table:
    name: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class TableReader(HTMLParser):
    """Collects the tables of a page; `tables` is complete once all was fed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self._open: list[tuple[str, bool]] = []  # element, and whether it is silent
        self._sections: list[str] = []  # labels of those that are open
        self._cell: list[str] | None = None
        self._span = 1
        self._row: list[str] | None = None
        self._inside = self._heads = False

    def handle_starttag(
        self, tag: str, attributes: list[tuple[str, str | None]]
    ) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "section":
            label = said.get("aria-labelledby") or said.get("aria-label", "")
            self._sections.append(_word(label))
        if tag == "table":
            self.tables.append(Table(self._name(said.get("id", ""))))
            self._inside = True
        elif self._inside:
            self._begin(tag, said)
        if tag not in _VOID:
            self._open.append((tag, self._is_silent(tag, said)))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == each for each, _ in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._inside = False
        elif tag == "section" and self._sections:
            self._sections.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not any(silent for _, silent in self._open):
            self._cell.append(data)

    def _begin(self, tag: str, said: dict[str, str]) -> None:
        if tag == "tr":
            self._row, self._heads = [], True
        elif tag in ("td", "th"):
            self._cell, self._span = [], _number(said.get("colspan", ""))
            self._heads = self._heads and tag == "th"
        elif self._cell is not None:
            self._cell.append(" " if tag in _BETWEEN else "")
            if tag == "time":
                self._cell.append(said.get("datetime", ""))

    def _is_silent(self, tag: str, said: dict[str, str]) -> bool:
        hidden = "visually-hidden" in said.get("class", "").split() or "hidden" in said
        return tag in _SILENT or hidden or (tag == "time" and "datetime" in said)

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            self._row.append(" ".join("".join(self._cell).split()))
            self._row += [""] * (self._span - 1)
        self._cell = None

    def _end_row(self) -> None:
        if self._row and self.tables and self._inside:
            table = self.tables[-1]
            if self._heads and not table.columns:
                table.columns = self._row
            else:
                table.rows.append(self._row)
        self._row = None

    def _name(self, known: str) -> str:
        """The same that tables.js gives it."""
        section = self._sections[-1] if self._sections else ""
        name = known or section or str(len(self.tables) + 1)
        taken = any(each.name == name for each in self.tables)
        return f"{name}-{len(self.tables) + 1}" if taken else name


def tables_of(page: str) -> list[Table]:
    """The tables of a page, without the columns that have no name."""
    reader = TableReader()
    reader.feed(page)
    return [_named(each) for each in reader.tables]


class TablesMiddleware:
    """Answers a page that is asked for with `csv` by its tables."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        wanted = request.GET.get("csv") if request.method == "GET" else None
        if wanted is None or not _is_page(response):
            return response
        assert isinstance(response, HttpResponse)  # noqa: S101 - _is_page() saw to it
        found = tables_of(response.content.decode(response.charset))
        chosen = [each for each in found if wanted in (ALL, each.name)]
        if not chosen:
            return problem_page(request, NotFound("This page has no such table."))
        return _answer(request, wanted, chosen)


def _is_page(response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "")
    shown = response.status_code == HTTPStatus.OK and kind.startswith("text/html")
    return shown and isinstance(response, HttpResponse)


def _answer(
    request: HttpRequest, wanted: str, chosen: Sequence[Table]
) -> StreamingHttpResponse:
    place = request.resolver_match.url_name if request.resolver_match else ""
    words = [place or "page"] + ([] if wanted == ALL else [wanted])
    response = StreamingHttpResponse(
        _lines(chosen), content_type="text/csv; charset=utf-8"
    )
    name = "-".join(_word(each) for each in words)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(tables: Sequence[Table]) -> Iterator[str]:
    """One table as it is; several, each under its name, with an empty line between."""
    for number, table in enumerate(tables):
        if len(tables) > 1:
            yield from ("\r\n" if number else "", f"{table.name}\r\n")
        yield from csv_rows(table.columns, table.rows)


def _named(table: Table) -> Table:
    if not any(table.columns):
        return table
    kept = [place for place, name in enumerate(table.columns) if name]
    rows = [
        [row[place] if place < len(row) else "" for place in kept] for row in table.rows
    ]
    return Table(table.name, [table.columns[place] for place in kept], rows)


def _word(text: str) -> str:
    """As part of an address and of a file's name."""
    signs = (sign if sign.isascii() and sign.isalnum() else "-" for sign in text)
    return "-".join(filter(None, "".join(signs).lower().split("-")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1
