"""From one's own lines to tokens, and to those that a stream holds."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from hub.client.ownlist import Line
from hub.client.state import head
from hub.client.values import BadValue, canonicalise
from sharing.indicators.digests import digests_of
from sharing.tokens import scheme


class Options(NamedTuple):
    """How one's own values are to be read."""

    kind: str | None = None
    region: str | None = None


class Unread(NamedTuple):
    """A line that is no value; the sentence never quotes it."""

    line: int
    code: str
    sentence: str


class Tokens(NamedTuple):
    line: int
    kind: str
    guessed: bool
    canonical: str
    tokens: list[tuple[int, bytes]]  # by generation


class Candidate(NamedTuple):
    """A line whose token begins as one of the stream does."""

    line: Line
    kind: str
    generation: int
    token: bytes


class Digested(NamedTuple):
    line: Line
    kind: str
    digest: bytes


class Some(NamedTuple):
    """What was found in a piece of a list."""

    found: list[Any]
    unread: list[Unread]
    lines: int


def tokeniser(
    keys: Mapping[int, bytes], options: Options
) -> Callable[[Sequence[Line]], Some]:
    """Makes every token of every line, under the key of each generation."""
    makers = {number: scheme.token_maker(key) for number, key in keys.items()}

    def work(lines: Sequence[Line]) -> Some:
        def one(line: Line) -> Tokens:
            parsed = canonicalise(line.text, options.kind, options.region)
            d = scheme.digest(parsed.kind, parsed.nv, parsed.canonical)
            tokens = [(number, make(parsed.kind, d)) for number, make in makers.items()]
            return Tokens(
                line.number, parsed.kind, parsed.guessed, parsed.canonical, tokens
            )

        return _each(lines, one)

    return work


def finder(
    keys: Mapping[int, bytes], heads: "array[int]", options: Options
) -> Callable[[Sequence[Line]], Some]:
    """Finds the lines whose token begins as one in the sorted `heads`."""
    makers = {number: scheme.token_maker(key) for number, key in keys.items()}

    def work(lines: Sequence[Line]) -> Some:
        found: list[Candidate] = []
        unread: list[Unread] = []
        for line in lines:
            try:
                parsed = canonicalise(line.text, options.kind, options.region)
            except BadValue as bad:
                unread.append(Unread(line.number, bad.code, bad.sentence))
                continue
            for d, (number, make) in product(digests_of(parsed), makers.items()):
                token = make(parsed.kind, d)
                if _holds(heads, head(token)):
                    found.append(Candidate(line, parsed.kind, number, token))
        return Some(found, unread, len(lines))

    return work


def digester(options: Options) -> Callable[[Sequence[Line]], Some]:
    """Makes the digest of every line: what is blinded before it is asked for."""

    def work(lines: Sequence[Line]) -> Some:
        def one(line: Line) -> Digested:
            parsed = canonicalise(line.text, options.kind, options.region)
            d = scheme.digest(parsed.kind, parsed.nv, parsed.canonical)
            return Digested(line, parsed.kind, d)

        return _each(lines, one)

    return work


def _each(lines: Sequence[Line], one: Callable[[Line], object]) -> Some:
    found, unread = [], []
    for line in lines:
        try:
            found.append(one(line))
        except BadValue as bad:
            unread.append(Unread(line.number, bad.code, bad.sentence))
    return Some(found, unread, len(lines))


def _holds(heads: "array[int]", wanted: int) -> bool:
    place = bisect_left(heads, wanted)
    return place < len(heads) and heads[place] == wanted
