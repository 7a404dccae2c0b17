"""How long something took, from a histogram: as far as its buckets tell. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True, slots=True)
class Took:
    """A share of all took at most so long; the edge above, in seconds."""

    count: int
    median: int | None  # None: of nothing, or longer than the last edge
    p90: int | None


def took(buckets: Mapping[int, int], edges: Sequence[int]) -> Took:
    """Counts by bucket: bucket n ends before edge n, the last one has no end."""
    count = sum(buckets.values())
    return Took(count, _edge(buckets, edges, 0.5), _edge(buckets, edges, 0.9))


def _edge(buckets: Mapping[int, int], edges: Sequence[int], share: float) -> int | None:
    wanted, seen = share * sum(buckets.values()), 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= wanted:
            return edges[bucket] if bucket < len(edges) else None
    return None


def said(seconds: int) -> str:
    """A time in its largest unit: 600 as “10 minutes”."""
    size, unit = next(each for each in _UNITS if seconds >= each[0])
    number = seconds // size
    return f"{number} {unit}{'' if number == 1 else 's'}"


def label(bucket: int, edges: Sequence[int]) -> str:
    """A bucket as people read it."""
    if bucket >= len(edges):
        return f"over {said(edges[-1])}"
    return f"under {said(edges[bucket])}"
