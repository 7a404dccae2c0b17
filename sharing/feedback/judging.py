"""What verdicts come to, how long they stand, and who sees them. All pure.

A criticism ends by itself when the record does not say any more what was criticised; it
is compared with what the record said then, so mending and undoing it brings it back.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sharing.vocabulary import RollUp, VerdictKind

POSITIVE = frozenset(
    {
        VerdictKind.CONFIRMED_HARMFUL,
        VerdictKind.SAW_THIS_TOO,
        VerdictKind.HELPFUL,
        VerdictKind.ALREADY_KNOWN,
    }
)
SEED = frozenset(
    {VerdictKind.INGESTED, VerdictKind.IN_REVIEW, VerdictKind.WANT_MORE_INFO}
)
NEGATIVE = frozenset(
    {
        VerdictKind.OUTDATED,
        VerdictKind.WRONG_TYPE,
        VerdictKind.NOT_HELPFUL,
        VerdictKind.FALSE_POSITIVE,
    }
)


def roll_up(kinds: Iterable[VerdictKind]) -> RollUp | None:
    """What verdicts that stand come to; None without any.

    The best of them, but contested as soon as one is negative and another is not.
    """
    said = frozenset(kinds)
    if not said:
        return None
    if said & NEGATIVE:
        return RollUp.NEGATIVE if said <= NEGATIVE else RollUp.CONTESTED
    return RollUp.POSITIVE if said & POSITIVE else RollUp.SEED


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says of that which can be criticised; None: its clause leaves it out."""

    revision: int
    scam_type: str | None = None
    role: str | None = None
    status: str | None = None
    last_seen: datetime | None = None

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Said":
        seen = payload.get("last_seen")
        return cls(
            payload["revision"],
            payload.get("scam_type"),
            payload.get("role"),
            payload.get("status"),
            datetime.fromisoformat(seen) if seen else None,
        )


def stands(kind: VerdictKind, then: Said, now: Said | None) -> bool:
    """Whether a verdict still holds of what the record says now; None: it is taken back."""
    if now is None:
        return False
    match kind:
        case VerdictKind.OUTDATED:
            return not _refreshed(then, now)
        case VerdictKind.WRONG_TYPE:
            return not _retyped(then, now)
        case VerdictKind.WANT_MORE_INFO:
            return now.revision <= then.revision
        case _:
            return True


def _refreshed(then: Said, now: Said) -> bool:
    """Seen later, or of another status; where neither is told, any revision."""
    if now.revision <= then.revision:
        return False
    if now.last_seen and (then.last_seen is None or now.last_seen > then.last_seen):
        return True
    if then.status and now.status:
        return then.status != now.status
    return now.last_seen is None


def _retyped(then: Said, now: Said) -> bool:
    """Another type of scam or role; where neither is told, any revision."""
    pairs = ((then.scam_type, now.scam_type), (then.role, now.role))
    told = [(before, after) for before, after in pairs if before and after]
    if told:
        return any(before != after for before, after in told)
    return now.revision > then.revision


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose a piece of feedback is, about whose claim, and what was promised of it."""

    giver: UUID
    owner: UUID
    shared: bool
    unnamed: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the feedback of one collection, under the clause in force."""

    me: UUID
    readers: AbstractSet[UUID]  # who may read the collection now
    known: Mapping[UUID, str]  # the parties that are not hidden from the viewer
    shared: bool
    unnamed: bool
    originator_hidden: bool

    def sees(self, mark: Mark) -> bool:
        """One's own; else of readers that one may know.

        About one's own claims all of it, about others' what was promised to be shared and
        still is.
        """
        if mark.giver == self.me:
            return True
        if mark.giver not in self.readers or mark.giver not in self.known:
            return False
        return mark.owner == self.me or (mark.shared and self.shared)

    def named(self, mark: Mark) -> bool:
        """Whether the giver is named, to whoever sees it.

        Where contributors hide among each other, only to the owner: nobody speaks about a
        claim of its own, so each name would be one less to hide among.
        """
        if mark.giver == self.me:
            return True
        if self.originator_hidden and mark.owner != self.me:
            return False
        return not (mark.unnamed or self.unnamed)

    def close(self, mark: Mark) -> bool:
        """Whether it is between the viewer and another: what it said, or about it."""
        return self.me in (mark.giver, mark.owner)

    def counts(self, mark: Mark) -> bool:
        """Whether its giver reads the collection still."""
        return mark.giver in self.readers
