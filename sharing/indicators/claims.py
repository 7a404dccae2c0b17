"""Claims while lines are folded into them: plain rows, no database.

A `submit` line states the whole claim (only `audience` stays as it was set);
`correct` changes what it names and alone may narrow the audience; `withdraw` takes
the claim back, and leaves a withdrawn row when it overtakes its submission.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sharing import vocabulary as v


class Op(StrEnum):
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    CORRECT = "correct"


class How(StrEnum):
    """How a line said what it is about."""

    NAMED = "named"  # a value, with its type
    GUESSED = "guessed"  # a value alone
    HASHED = "hashed"  # a hash: the hub never sees the value


class Outcome(StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"  # a newer line about the same value was there already
    REJECTED = "rejected"
    STOPPED = "stopped"


ACCEPTED = frozenset(Outcome) - {Outcome.REJECTED, Outcome.STOPPED}


@dataclass(slots=True)
class Line:
    """One readable line: a normal form, its digest, and what the line says of it.

    A line that gives a hash has no normal form. `older` are the digests of the same value
    under earlier versions of the normal form, the newest first.
    """

    number: int
    op: Op
    kind: str
    nv: int
    canonical: str | None
    digest: bytes
    given: dict[str, Any]  # fields of Facts, audience and note included
    annotations: tuple[str, ...] = ()
    how: How = How.NAMED
    older: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a readable line could not be applied to what is stored."""

    field: str
    code: str
    detail: str


@dataclass(slots=True)
class Facts:
    """What a claim says, without the observable."""

    scam_type: str = v.ScamType.OTHER
    role: str = v.Role.PERPETRATOR
    status: str = v.Status.UNKNOWN
    review_status: str = v.ReviewStatus.UNREVIEWED
    confidence: int = 50
    severity: str = v.Severity.MEDIUM
    tlp: str = v.Tlp.AMBER
    labels: list[str] = field(default_factory=list)
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    valid_until: datetime | None = None
    note: str | None = None
    audience: list[UUID] | None = None


DEFAULTS = Facts()
NOBODY: list[UUID] = []  # withdrawn before it was submitted: no audience was set yet
UNSAID = Facts(audience=NOBODY)
STATED = frozenset(Facts.__slots__)


@dataclass(slots=True)
class Claim:
    """A row of the store, or one about to become one."""

    id: UUID
    kind: str
    index: bytes
    nv: int
    facts: Facts
    state: str
    source: tuple[int, int]  # submission ordinal, line
    revision: int = 0  # 0: not stored yet
    annotations: tuple[str, ...] = ()
    by_hash: bool = False  # as it was last submitted: then no value is kept
    value_sealed: bytes | None = None  # as it is stored
    digest: bytes | None = None  # known only when a line brought it
    canonical: str | None = None
    changed: bool = False
    former: tuple[bytes, ...] = ()  # indexes of the value's earlier normal forms

    @property
    def said(self) -> tuple[Any, ...]:
        """All that makes a new revision when it changes."""
        return self.index, self.facts, self.state, self.annotations, self.by_hash


def valid_until(
    kind: str, given: datetime | None, before: datetime | None, moment: datetime
) -> datetime:
    """When the claim ends. Without a word of the owner, by type.

    A repeat extends it only once less than half of that time is left: sending one's
    whole list every day must not make a revision of every claim every day.
    """
    if given is not None:
        return given
    usual = v.VALID_FOR[v.IndicatorKind(kind)]
    if before is not None and before - moment > usual / 2:
        return before
    return moment + usual


def fold(
    line: Line,
    claim: Claim | None,
    *,
    index: bytes,
    source: tuple[int, int],
    moment: datetime,
    new_id: Callable[[], UUID],
    keeps_text: Callable[[str, Facts], bool],
) -> tuple[Claim, Outcome] | Refusal:
    """Apply one line to what is known of its observable.

    A note may spell the value out, so it is kept where the value may be kept, no longer.
    A claim known by an earlier normal form goes on under `index`, which is another token.
    """
    if claim is not None and claim.source > source:
        return claim, Outcome.OUTDATED
    refusal = _refusal(line, claim)
    if refusal is not None:
        return refusal
    known = claim or Claim(
        new_id(), line.kind, index, line.nv, replace(UNSAID), v.State.ACTIVE, source
    )
    before = None if claim is None else known.said
    known.index = index
    _apply(line, known, moment)
    if known.state != v.State.ACTIVE or not keeps_text(known.kind, known.facts):
        known.facts = replace(known.facts, note=None)
    known.source, known.nv = source, line.nv
    known.digest = line.digest
    known.canonical = line.canonical or known.canonical
    if before == known.said:
        return known, Outcome.UNCHANGED
    known.changed = True
    if line.op is Op.WITHDRAW:
        return known, Outcome.WITHDRAWN
    return known, Outcome.CREATED if claim is None else Outcome.UPDATED


def _refusal(line: Line, claim: Claim | None) -> Refusal | None:
    if claim is not None and claim.state == v.State.FROZEN:
        return Refusal("value", "frozen", "This claim is frozen and cannot change.")
    if line.op is Op.CORRECT and claim is None:
        return Refusal("value", "not-found", "You have no claim about this value.")
    return _out_of_order(line, claim) or _widens(line, claim)


def _apply(line: Line, claim: Claim, moment: datetime) -> None:
    old = claim.facts
    if line.op is Op.WITHDRAW:
        claim.state = v.State.WITHDRAWN
        if old.valid_until is None:  # it overtook its submission
            until = valid_until(line.kind, None, None, moment)
            claim.facts = replace(old, valid_until=until)
        return
    if line.op is Op.CORRECT:
        claim.facts = replace(old, **line.given)
        return
    claim.facts = replace(DEFAULTS, **line.given)
    if old.audience != NOBODY:
        claim.facts.audience = old.audience
    claim.state = v.State.ACTIVE
    claim.annotations = line.annotations
    claim.by_hash = line.canonical is None
    claim.facts.valid_until = valid_until(
        line.kind, line.given.get("valid_until"), old.valid_until, moment
    )


def _widens(line: Line, claim: Claim | None) -> Refusal | None:
    """Only narrowing is allowed once a claim is out: what left cannot be un-sent."""
    if line.op is not Op.CORRECT or claim is None or "audience" not in line.given:
        return None
    old, new = claim.facts.audience, line.given["audience"]
    if old is None or (new is not None and set(new) <= set(old)):
        return None
    return Refusal(
        "audience", "audience-widens", "A correction may only narrow the audience."
    )


def _out_of_order(line: Line, claim: Claim | None) -> Refusal | None:
    """A correction that names one of two times must fit the other, which is stored."""
    if line.op is not Op.CORRECT or claim is None:
        return None
    first = line.given.get("first_seen", claim.facts.first_seen)
    last = line.given.get("last_seen", claim.facts.last_seen)
    if first is None or last is None or first <= last:
        return None
    return Refusal("last_seen", "order", "last_seen lies before first_seen.")
