"""One byte per line: compact results of a chunk."""

from collections.abc import Iterator

from sharing.indicators.claims import Outcome

_CODES = {outcome: code for code, outcome in enumerate(Outcome, start=1)}
_OUTCOMES = {code: outcome for outcome, code in _CODES.items()}
BLANK = 0  # a line without content


def packed(first_line: int, outcomes: dict[int, Outcome], before: bytes = b"") -> bytes:
    """The outcomes of a chunk's lines from `first_line` on, added to those of before."""
    size = max(outcomes) - first_line + 1
    found = bytearray(before.ljust(size, b"\0"))
    for line, outcome in outcomes.items():
        found[line - first_line] = _CODES[outcome]
    return bytes(found)


def unpacked(first_line: int, data: bytes) -> Iterator[tuple[int, Outcome]]:
    for place, code in enumerate(data):
        if code != BLANK:
            yield first_line + place, _OUTCOMES[code]


def changed(
    data: bytes, counts: dict[str, int], place: int, outcome: Outcome
) -> tuple[bytes, dict[str, int]]:
    """The same results with another outcome at one place."""
    before = _OUTCOMES[data[place]]
    new = bytearray(data)
    new[place] = _CODES[outcome]
    counts = dict(counts)
    counts[before] -= 1
    counts[outcome] = counts.get(outcome, 0) + 1
    return bytes(new), {word: n for word, n in counts.items() if n}
