"""Which submissions wait for a second person: counts in, a verdict out, nothing else.

A stolen key or a false member poisons by quantity. Counted is by organization, whichever
key or person sends, and what waits counts as well: in small pieces, at once or again,
never more passes unseen than one submission could bring.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sharing import vocabulary as v

WEEK = timedelta(days=7)


class Cause(StrEnum):
    NEW_MEMBER = "new_member"
    RISE = "rise"


@dataclass(frozen=True, slots=True)
class Past:
    """What one organization brought so far, in lines that say something new."""

    vouched: bool  # by hub staff
    approved: int  # by hub staff, while it was new
    passed: int  # in the last seven days, without a second person
    waiting: int  # for a second person, now
    usual: int | None  # in a week; None: it sends for the first one


@dataclass(frozen=True, slots=True)
class Wait:
    cause: Cause
    reason: str  # a sentence for whoever sent it


def judge(past: Past, lines: int) -> Wait | None:
    """Why `lines` more must wait for a second person; None: they need not."""
    if not lines:
        return None
    if not past.vouched and past.approved < v.NEW_MEMBER_LINES:
        return Wait(
            Cause.NEW_MEMBER,
            f"The first {v.NEW_MEMBER_LINES:,} lines of a new member wait for hub staff;"
            f" {past.approved:,} were let through so far.",
        )
    if past.vouched and past.usual is None:
        return None
    usual = max(past.usual or 0, v.LEAST_USUAL_LINES)
    total, limit = past.passed + past.waiting + lines, v.RISE * usual
    if total < limit:
        return None
    return Wait(
        Cause.RISE,
        f"{total:,} lines in seven days; from {limit:,} on, {v.RISE} times the usual"
        f" week of {usual:,}, they wait for a second person.",
    )


def span(today: date) -> tuple[date, date]:
    """The first day of the current week, and of the weeks that say what is usual."""
    current = today - WEEK + timedelta(days=1)
    return current, current - v.USUAL_WEEKS * WEEK


def usual(total: int, first: date | None, today: date) -> int | None:
    """The mean week before the current one, of `total` lines since `first` or `span`.

    A week that was begun counts as a whole one: one busy day is not yet a habit.
    """
    current, _ = span(today)
    if first is None or first >= current:
        return None
    weeks = -(-(current - first).days // WEEK.days)
    return total // min(weeks, v.USUAL_WEEKS)
