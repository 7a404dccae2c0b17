"""Positions in streams, written as `generation.seq`, and keyset positions of lists."""

from dataclasses import dataclass, field
from typing import Self

from hub.lib.errors import Malformed

LIMIT_DEFAULT = 1_000
LIMIT_MAX = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """What a reader has seen: everything up to `seq` of `generation`.

    While somebody reads old parts of a stream from its start, the cursor also says when
    that began (`1.42~1764000000`, Unix time): what was swept before was never seen.
    """

    generation: int = 0
    seq: int = 0
    begun: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.generation}.{self.seq}{self.mark}"

    @property
    def mark(self) -> str:
        return f"~{self.begun}" if self.begun else ""

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Read a cursor from a query; empty means the very beginning."""
        if not text:
            return cls()
        place, wave, begun = text.partition("~")
        generation, dot, seq = place.partition(".")
        numbers = (generation, seq, begun) if wave else (generation, seq)
        if not (dot and all(map(_number, numbers))):
            raise Malformed(
                "A cursor is `generation.seq`, as the last page gave it.",
                code="bad-cursor",
                errors=[
                    {"field": "after", "code": "bad-cursor", "detail": "Unreadable."}
                ],
            )
        return cls(int(generation), int(seq), int(begun or 0))


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def parse_limit(text: str | None, *, default: int = LIMIT_DEFAULT) -> int:
    """A page size between 1 and LIMIT_MAX; anything larger is served as LIMIT_MAX."""
    if not text:
        return default
    if not _number(text) or int(text) == 0:
        raise Malformed(
            f"limit is a whole number from 1 to {LIMIT_MAX}.",
            code="bad-limit",
            errors=[{"field": "limit", "code": "bad-limit", "detail": "Not a number."}],
        )
    return min(int(text), LIMIT_MAX)
