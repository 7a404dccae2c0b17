"""Work on many lines on all cores, with no more in hand than a few pieces."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

LINES = 5_000  # in a piece
AHEAD = 3  # pieces per process that wait or are worked on
ALONE = 4  # pieces that are done here before it is worth starting processes

_work: list[Callable[[Any], Any]] = []  # of a process of the pool


def pieces(lines: Iterable[Piece], size: int = LINES) -> Iterator[list[Piece]]:
    reading = iter(lines)
    while some := list(islice(reading, size)):
        yield some


def spread(
    make: Callable[..., Callable[[list[Piece]], Result]],
    given: tuple[Any, ...],
    lines: Iterable[Piece],
    jobs: int | None = None,
    size: int = LINES,
) -> Iterator[Result]:
    """What `make(*given)` makes of each piece of the lines, in their order.

    Every process makes its own worker once. A short list is done here.
    """
    jobs = jobs or os.cpu_count() or 1
    rest = pieces(lines, size)
    first = list(islice(rest, ALONE)) if jobs > 1 else []
    more = next(rest, None) if len(first) == ALONE else None
    if jobs == 1 or more is None:
        yield from map(make(*given), chain(first, rest))
        return
    yield from _on_all(make, given, chain(first, [more], rest), jobs)


def _on_all(
    make: Callable[..., Any],
    given: tuple[Any, ...],
    rest: Iterator[list[Piece]],
    jobs: int,
) -> Iterator[Any]:
    """Processes start afresh: none inherits a connection, a file or a thread."""
    with ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), _begin, (make, given)
    ) as pool:
        waiting: deque[Future[Any]] = deque()
        try:
            for piece in rest:
                waiting.append(pool.submit(_one, piece))
                if len(waiting) >= AHEAD * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()


def _begin(make: Callable[..., Callable[[Any], Any]], given: tuple[Any, ...]) -> None:
    _work[:] = [make(*given)]


def _one(piece: Any) -> Any:
    return _work[0](piece)
