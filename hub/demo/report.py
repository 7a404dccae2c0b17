"""Every figure of a check, and everything that did not match."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counts:
    """What became of one contributor's lines."""

    submitted: int = 0
    accepted: int = 0
    rejected: int = 0
    stopped: int = 0

    @property
    def whole(self) -> bool:
        return self.accepted + self.rejected + self.stopped == self.submitted


@dataclass(slots=True)
class Report:
    ok: bool = False
    input: dict[str, str] = field(default_factory=dict)  # by contributor
    defaults: dict[str, str] = field(default_factory=dict)
    submissions: dict[str, Counts] = field(default_factory=dict)  # by contributor
    stops: list[dict[str, Any]] = field(default_factory=list)
    released: dict[str, int] = field(default_factory=dict)  # by clause
    received: dict[str, dict[str, int]] = field(default_factory=dict)  # partner, clause
    matches: int = 0
    refused: int = 0
    missing: int = 0
    unexpected: int = 0
    dead_letters: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def must(self, sentence: str, *, hold: bool) -> None:
        """Note a fault, once, unless what must hold does."""
        if not hold and sentence not in self.faults:
            self.faults.append(sentence)
