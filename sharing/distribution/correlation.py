"""How many stand behind one observable, as far as the releases that one reads show. Pure.

Only what payloads name is counted: a hidden originator must not be found out by a count,
nor by the lack of one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sharing.vocabulary import CORRELATION_CAP, SMALL_COUNT, IndicatorKind

# Of these a list knows the host that they are under: a page on a big platform is one
# page, and joins very well whoever reports it.
UNDER_A_HOST = {IndicatorKind.URL, IndicatorKind.DOMAIN, IndicatorKind.EMAIL}


@dataclass(frozen=True, slots=True)
class Correlation:
    """What is told of it; with a reason if it ties together what has nothing in common."""

    originators: str  # a number, or in words where it is very small or large
    over_correlating: bool
    reason: str | None


@dataclass(slots=True)
class Seen:
    """What the visible releases about one observable show."""

    named: set[str] = field(default_factory=set)  # ids or pseudonyms
    lists: set[str] = field(default_factory=set)  # of what is shared by many
    many: bool = False  # more releases than anybody counts

    def add(self, payload: Mapping[str, Any]) -> None:
        originator = payload.get("originator")
        if originator and len(self.named) <= CORRELATION_CAP:
            self.named.add(originator["id"])
        if payload.get("type") not in UNDER_A_HOST:
            self.lists.update(payload.get("shared_infrastructure", ()))

    def join(self, other: "Seen") -> None:
        self.named |= other.named
        self.lists |= other.lists
        self.many |= other.many

    def told(self) -> Correlation:
        count = len(self.named)
        reason = self._reason(count)
        return Correlation(_words(count), reason is not None, reason)

    def _reason(self, count: int) -> str | None:
        if self.lists:
            names = ", ".join(sorted(self.lists))
            return f"Many share it, whatever they do: it is on {names}."
        if self.many or count >= CORRELATION_CAP:
            return f"{CORRELATION_CAP} or more know it: what so many know joins nobody."
        return None


def _words(count: int) -> str:
    if count < SMALL_COUNT:
        return f"fewer than {SMALL_COUNT}"
    return f"{CORRELATION_CAP} or more" if count >= CORRELATION_CAP else str(count)
