"""What a look-up answers, line by line, within bounds. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sharing import vocabulary as v
from sharing.distribution.correlation import Correlation, Seen
from sharing.distribution.finding import Found

Lines = Mapping[bytes, list[int]]  # who asked for a token


@dataclass(frozen=True, slots=True)
class Hit:
    """A release about what was asked: where it stands, and its JSON as the stream has it."""

    collection: UUID
    record: bytes


@dataclass(slots=True)
class Line:
    """What is known of one line; `cut` if more than it shows."""

    hits: list[Hit] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)
    cut: bool = False

    @property
    def correlation(self) -> Correlation:
        return self.seen.told()


@dataclass(slots=True)
class Gathered:
    """Lines with a hit by their number; what does not fit into an answer is left out."""

    lines: dict[int, Line] = field(default_factory=dict)
    bytes: int = 0

    @property
    def cut(self) -> bool:
        return any(line.cut for line in self.lines.values())

    def add(self, collection: UUID, asked: Lines, found: Iterable[Found]) -> set[int]:
        """Take in what one collection has; returns the lines that it has something of."""
        seen: dict[bytes, Seen] = {}
        counts: dict[bytes, int] = {}
        for each in found:
            seen.setdefault(each.token, Seen()).add(each.payload)
            counts[each.token] = counts.get(each.token, 0) + 1
            hit = Hit(collection, each.record)
            for number in asked[each.token]:
                self._show(number, hit)
        for token, some in seen.items():
            some.many = counts[token] > v.CORRELATION_CAP
            for number in asked[token]:
                self.lines[number].seen.join(some)
        return {number for token in seen for number in asked[token]}

    def _show(self, number: int, hit: Hit) -> None:
        line = self.lines.setdefault(number, Line())
        size = len(hit.record)
        fits = self.bytes + size <= v.LOOKUP_BYTES
        if not fits or len(line.hits) >= v.CORRELATION_CAP:
            line.cut = True
            return
        line.hits.append(hit)
        self.bytes += size
