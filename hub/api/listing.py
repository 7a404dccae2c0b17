"""Lists by keyset: a page as JSON, or everything as NDJSON, page by page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpResponseBase
from rest_framework.request import Request

from hub.api import answers
from hub.api.answers import Piece
from hub.lib.paging import parse_limit

Row = TypeVar("Row")
Key = TypeVar("Key")
Fetch = Callable[[Key, int], Sequence[Row]]

LIMIT_DEFAULT = 100
PIECE_ROWS = 5_000  # per transaction of a stream


@dataclass(frozen=True)
class Listing(Generic[Row, Key]):
    """A list: the name of its rows, the parameter that pages it, how rows are shown."""

    name: str
    parameter: str
    read: Callable[[str | None], Key]
    key: Callable[[Row], Key]
    shown: Callable[[Row], Any]

    @property
    def known(self) -> frozenset[str]:
        return frozenset({self.parameter, "limit"})

    def answer(
        self, request: Request, said: dict[str, str], fetch: Fetch[Key, Row]
    ) -> HttpResponseBase:
        """`fetch(key, n)` gives at most n rows behind a key."""
        start = self.read(said.get(self.parameter))
        limit = parse_limit(said.get("limit"), default=LIMIT_DEFAULT)
        if answers.wants_ndjson(request):
            most = limit if said.get("limit") else None
            return answers.ndjson(self._pieces(fetch, start, most))
        rows, more = _page(fetch, start, limit)
        following = self.key(rows[-1]) if more else None
        body = {self.name: [self.shown(row) for row in rows], "next": following}
        headers = self._link(request, said, following) if more else None
        return answers.answer(body, headers=headers)

    def _pieces(
        self, fetch: Fetch[Key, Row], start: Key, most: int | None
    ) -> Iterator[Piece]:
        position, left = start, most
        while True:
            size = PIECE_ROWS if left is None else min(left, PIECE_ROWS)
            rows, more = _page(fetch, position, size)
            position = self.key(rows[-1]) if rows else position
            lines = answers.joined(list(rows), self.shown)
            yield Piece(lines, position if more else None, more)
            left = None if left is None else left - len(rows)
            if not more or left == 0:
                return

    def _link(
        self, request: Request, said: dict[str, str], following: object
    ) -> dict[str, str]:
        query = urlencode(said | {self.parameter: str(following)})
        url = request.build_absolute_uri(f"{request.path}?{query}")
        return {"Link": f'<{url}>; rel="next"'}


def _page(fetch: Fetch[Key, Row], start: Key, size: int) -> tuple[Sequence[Row], bool]:
    rows = fetch(start, size + 1)
    return rows[:size], len(rows) > size
