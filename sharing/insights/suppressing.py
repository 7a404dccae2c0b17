"""Small counts about others are not told, nor what would give them away. Pure.

A count from 1 to 4 is hidden. If the sum is told, one could subtract: so the smallest
count of 5 or more is hidden as well, with all that equal it. What is hidden then holds at
least two different numbers, and any exchange among them would look the same from outside:
no cell can be worked out. Where there is nothing else to hide, the sum is hidden. Zero is
told: nothing there is about nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sharing.vocabulary import SMALL_COUNT

K = TypeVar("K")
HIDDEN = "withheld"


@dataclass(frozen=True, slots=True)
class Told(Generic[K]):
    """Counts as they may be shown; None is hidden."""

    cells: Mapping[K, int | None]
    total: int | None


def is_small(count: int) -> bool:
    return 0 < count < SMALL_COUNT


def told(counts: Mapping[K, int]) -> Told[K]:
    """One table and its sum."""
    small = [count for count in counts.values() if is_small(count)]
    if not small:
        return Told(dict(counts), sum(counts.values()))
    others = [count for count in counts.values() if count >= SMALL_COUNT]
    if not others:
        cells = {key: None if count else 0 for key, count in counts.items()}
        return Told(cells, None)
    second = min(others)
    return Told(
        {
            key: None if is_small(count) or count == second else count
            for key, count in counts.items()
        },
        sum(counts.values()),
    )


def told_together(tables: Sequence[Mapping[K, int]]) -> list[Told[K]]:
    """Tables about the same things, which have one sum: hidden in one, hidden in all."""
    found = [told(each) for each in tables]
    if all(each.total is not None for each in found):
        return found
    return [_without_sum(each) for each in tables]


def _without_sum(counts: Mapping[K, int]) -> Told[K]:
    """Nothing can be subtracted, but the shown cells of one table and of another.

    They have the same sum: one that shows all its cells tells it.
    """
    kept = told(counts)
    if kept.total is None:
        return kept
    if None in kept.cells.values():
        return Told(kept.cells, None)
    most = max(counts.values(), default=0)
    cells = {key: None if n == most and n else n for key, n in counts.items()}
    return Told(cells, None)
