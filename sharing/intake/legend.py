"""How each line was read: one byte that points into a small legend of the chunk's own.

The legend is JSON: type, version of its normal form, how the line named it, whether its
claim had an earlier form, and how many lines that holds for. Values are not in it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sharing.indicators.claims import How

UNKNOWN = 0  # a line without content, or of which nothing is known
MOST = 255  # what is beyond a byte is not told


class Seen(NamedTuple):
    """What a line was read as."""

    kind: str
    nv: int
    how: How
    moved: bool = False  # its claim was known by an earlier normal form until then


Legend = list[list[Any]]


def noted(
    first_line: int,
    seen: Mapping[int, Seen],
    before: bytes = b"",
    legend: Iterable[list[Any]] = (),
) -> tuple[bytes, Legend]:
    """The bytes of a chunk's lines from `first_line` on and their legend, added up."""
    rows = [[*row] for row in legend]
    codes = {_seen(row): code for code, row in enumerate(rows, start=1)}
    size = max(seen, default=first_line - 1) - first_line + 1
    found = bytearray(before.ljust(size, b"\0"))
    for each, n in Counter(seen.values()).items():
        if each not in codes and len(codes) < MOST:
            codes[each] = len(codes) + 1
            rows.append([*each, 0])
        if each in codes:
            rows[codes[each] - 1][-1] += n
    for line, each in seen.items():
        found[line - first_line] = codes.get(each, UNKNOWN)
    return bytes(found), rows


def told(data: bytes, legend: Iterable[list[Any]]) -> Iterator[Seen | None]:
    """What each line was read as, from the first one on."""
    known: list[Seen | None] = [None, *map(_seen, legend)]
    return (known[code] for code in data)


def summed(legends: Iterable[Iterable[list[Any]]]) -> dict[Seen, int]:
    """Lines by what they were read as, the most first."""
    total: Counter[Seen] = Counter()
    for legend in legends:
        for row in legend:
            total[_seen(row)] += row[-1]
    return dict(total.most_common())


def _seen(row: list[Any]) -> Seen:
    kind, nv, how, moved = row[:4]
    return Seen(kind, nv, How(how), moved)
