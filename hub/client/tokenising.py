"""From one's own lines to tokens, and to those that a stream holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hub.client.ownlist import Line
from hub.client.state import HEAD_BYTES
from hub.client.values import BadValue, Parsed, canonicalise
from sharing.indicators.digests import digests_of
from sharing.tokens import rice, scheme


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
    """A line, and one of its digests; more follow where it has earlier normal forms."""

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

    def one(line: Line, parsed: Parsed) -> Iterator[Tokens]:
        tokens = [
            (number, make(parsed.kind, d))
            for d in digests_of(parsed)
            for number, make in makers.items()
        ]
        yield Tokens(line.number, parsed.kind, parsed.guessed, parsed.canonical, tokens)

    return _each(options, one)


def finder(
    keys: Mapping[int, bytes],
    heads: Sequence[int],
    options: Options,
    head_bytes: int = HEAD_BYTES,
) -> Callable[[Sequence[Line]], Some]:
    """Finds the lines whose token begins as one in the sorted `heads`."""
    makers = {number: scheme.token_maker(key) for number, key in keys.items()}

    def one(line: Line, parsed: Parsed) -> Iterator[Candidate]:
        for d in digests_of(parsed):
            for number, make in makers.items():
                token = make(parsed.kind, d)
                if rice.holds(heads, int.from_bytes(token[:head_bytes], "big")):
                    yield Candidate(line, parsed.kind, number, token)

    return _each(options, one)


def digester(options: Options) -> Callable[[Sequence[Line]], Some]:
    """Makes the digests of every line: what is blinded before it is asked for."""

    def one(line: Line, parsed: Parsed) -> Iterator[Digested]:
        for d in digests_of(parsed):
            yield Digested(line, parsed.kind, d)

    return _each(options, one)


def _each(
    options: Options, one: Callable[[Line, Parsed], Iterable[object]]
) -> Callable[[Sequence[Line]], Some]:
    def work(lines: Sequence[Line]) -> Some:
        found: list[Any] = []
        unread: list[Unread] = []
        for line in lines:
            try:
                parsed = canonicalise(line.text, options.kind, options.region)
            except BadValue as bad:
                unread.append(Unread(line.number, bad.code, bad.sentence))
            else:
                found.extend(one(line, parsed))
        return Some(found, unread, len(lines))

    return work
