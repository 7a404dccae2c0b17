"""The table of the matrix as data: which of the cast is answered what, by route and verb."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.access import table
from tests.access.asking import PATHS, ROOT, in_api

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER = "OTHER"
UNSIGNED = {"in", "401"}  # what nobody is told where one must sign in
_CONVERTER = re.compile(r"<\w+:(\w+)>")


@dataclass(frozen=True)
class Row:
    """What everybody is answered at a route: by verb, then by name."""

    name: str
    cells: dict[str, dict[str, str]]
    rights: dict[str, str]  # what the verb takes

    def expected(self, verb: str) -> dict[str, str]:
        if verb in self.cells:
            return self.cells[verb]
        if verb == "HEAD" and "GET" in self.cells:
            return self.cells["GET"]
        return self.cells.get(OTHER) or self._refused(verb)

    def _refused(self, verb: str) -> dict[str, str]:
        known = next(iter(self.cells.values()))
        tells = verb == "OPTIONS" and in_api(self.name) and not self.is_open
        told = "204" if tells else "405"
        return {who: cell if cell in UNSIGNED else told for who, cell in known.items()}

    @property
    def is_open(self) -> bool:
        return "open" in self.rights.values()


ROUTES = {_CONVERTER.sub(r"<\1>", name): name for name in PATHS}  # as one reads them


def rows() -> dict[str, Row]:
    """Every row by the route's name; of what the URL conf does not have too."""
    found: dict[str, Row] = {}
    for text, root in ((table.API, ROOT), (table.PAGES, "")):
        for said, verb, right, cells in _read(text):
            name = ROUTES.get(f"{root}{said}") or ROUTES.get(said, said)
            row = found.setdefault(name, Row(name, {}, {}))
            row.cells[verb], row.rights[verb] = cells, right
    return found


def _read(text: str) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    lines = [
        line.replace("|", " ").split()
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    ]
    names = lines[0]
    for line in lines[1:]:
        said, verb, right, *cells = line
        assert len(cells) == len(names), (
            f"tests/access/table.py, {said} {verb}: after the right one status for each"
            f" of {', '.join(names)}"
        )
        yield said, verb, right, dict(zip(names, cells, strict=True))
