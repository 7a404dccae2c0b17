"""Reading submissions: how far they are, and what became of each line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from hub.lib.clock import now
from hub.lib.errors import Malformed, NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.accounts.rights import need_staff
from sharing.indicators.claims import ACCEPTED, Outcome
from sharing.intake import legend, reach, results
from sharing.intake.guard import Cause
from sharing.intake.legend import Seen
from sharing.intake.models import ChunkResult, HeldBatch, LineProblem, Submission, Undo
from sharing.intake.reach import Reached
from sharing.intake.undoing import Undone, undone

STATES = tuple(map(str, Submission.State))
RELEASED_WITHIN = timedelta(hours=1)
WAITING = 200  # at most so many are listed, the oldest first


@dataclass(frozen=True, slots=True)
class Held:
    """Why a submission waits, or waited, for a second person."""

    id: UUID  # the submission's
    cause: str
    reason: str
    lines: int  # without those that take back
    since: datetime
    decided_at: datetime | None
    maker: int | None
    organization: str = ""  # its name, for hub staff


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """`counts` by outcome; `accepted + rejected + stopped = lines` once done."""

    id: UUID
    state: str
    format: str
    lines: int
    counts: dict[str, int]
    read_as: dict[Seen, int]  # lines by what they were read as
    defaults: dict[str, str]
    created_at: datetime
    done_at: datetime | None
    sent_by: int | None  # the person, or who made the key
    refusal: str  # why it was refused; empty: it was not
    held: Held | None  # as far as it had to wait for a second person
    undo_until: datetime | None
    undo: Undone | None  # that was asked for
    reached: tuple[Reached, ...]  # what left because of it, by collection
    passes_open: int

    @property
    def accepted(self) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in ACCEPTED)

    @property
    def rejected(self) -> int:
        return self.counts.get(Outcome.REJECTED, 0)

    @property
    def stopped(self) -> int:
        return self.counts.get(Outcome.STOPPED, 0)

    @property
    def undoing(self) -> bool:
        """Whether it is being undone at this moment."""
        return self.undo is not None and self.undo.done_at is None

    @property
    def releasing(self) -> bool:
        """Whether more of it is still to leave; what never will for an hour counts not."""
        lately = self.done_at is None or self.done_at > now() - RELEASED_WITHIN
        return self.passes_open > 0 and lately

    @property
    def released(self) -> int:
        """Records that left new or revised: one for each claim and collection."""
        return sum(each.released + each.revised for each in self.reached)

    @property
    def progress(self) -> float:
        """From 0 to 1, by lines with a result."""
        return min(1.0, sum(self.counts.values()) / self.lines) if self.lines else 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    outcome: str
    field: str
    code: str
    detail: str
    type: str  # that it was read as; empty: of none
    guessed: bool
    overruled: bool
    mended_in: UUID | None = None  # the submission that brought it again


class LineResult(NamedTuple):
    line: int
    outcome: Outcome
    seen: Seen | None  # None: not known


def submission(actor: Actor, submission_id: UUID) -> SubmissionView:
    """One of the organization's own submissions, or NotFound."""
    with scope(_reader(actor)):
        return _views(actor, [_own(actor, submission_id)])[0]


def submissions(
    actor: Actor, *, before: UUID | None = None, state: str = "", limit: int = 50
) -> list[SubmissionView]:
    """The newest first, or those in one state; `before` is the id of the last one seen.

    Cost: a page of an index; what is not done has one of its own.
    """
    if state and state not in STATES:
        raise Malformed("No submission is in a state of this name.")
    with scope(_reader(actor)):
        rows = Submission.objects.filter(owner_id=actor.organization_id).select_related(
            "credential"
        )
        if state:
            rows = rows.filter(state=state)
        if before is not None:
            rows = rows.filter(ordinal__lt=_own(actor, before).ordinal)
        return _views(actor, list(rows.order_by("-ordinal")[:limit]))


def waiting(actor: Actor) -> list[Held]:
    """Everything of the acting organization that waits for a second person."""
    return _waiting(owner=_reader(actor))


def waiting_everywhere(actor: Actor) -> list[Held]:
    """The same of all organizations, with their names: ids and counts, for hub staff."""
    need_staff(actor)
    return _waiting()


def for_second_person(actor: Actor) -> list[Held]:
    """What waits for just this person to let it through, or to refuse it."""
    return [
        each
        for each in waiting(actor)
        if each.cause == Cause.RISE and each.maker != actor.user_id
    ]


def settled(
    actor: Actor, *, since: datetime, among: Iterable[UUID] | None = None, limit: int
) -> list[SubmissionView]:
    """What the person sent that is done, or refused, since a moment; the newest first."""
    if actor.user_id is None:
        return []
    with scope(_reader(actor)):
        rows = Submission.objects.filter(
            owner_id=actor.organization_id,
            user_id=actor.user_id,
            done_at__gte=since,
        )
        if among is not None:
            rows = rows.filter(id__in=list(among))
        newest = rows.select_related("credential").order_by("-done_at", "-ordinal")
        return _views(actor, list(newest[:limit]))


def _waiting(**whose: UUID) -> list[Held]:
    rows = HeldBatch.objects.filter(state=HeldBatch.State.WAITING, **whose)
    return [
        _held(row, row.owner.name)
        for row in rows.select_related("owner").order_by("held_at", "id")[:WAITING]
    ]


def _held(row: HeldBatch, organization: str = "") -> Held:
    return Held(
        row.id,
        row.cause,
        row.reason,
        row.lines,
        row.held_at,
        row.decided_at,
        row.maker_id,
        organization,
    )


def problems(
    actor: Actor, submission_id: UUID, *, after_line: int = 0, limit: int = 1_000
) -> list[Problem]:
    """Lines that were rejected or stopped, in line order."""
    with scope(_reader(actor)):
        rows = (
            LineProblem.objects.filter(
                submission=_own(actor, submission_id), line__gt=after_line
            )
            .select_related("mended_in")
            .order_by("line")[:limit]
        )
        return [_problem(row) for row in rows]


def line_results(
    actor: Actor, submission_id: UUID, *, after_line: int = 0, limit: int | None = None
) -> Iterator[LineResult]:
    """Lines with their outcome and what they were read as, as far as they are known."""
    with scope(_reader(actor)):
        rows = list(_result_rows(_own(actor, submission_id), after_line, limit))
    return islice(_lines(rows, after_line), limit)


def _result_rows(
    batch: Submission, after_line: int, limit: int | None
) -> QuerySet[ChunkResult]:
    """From the one that may hold the next line on; each holds one line at least."""
    rows = ChunkResult.objects.filter(submission=batch).order_by("first_line")
    begun = rows.filter(first_line__lte=after_line).reverse()
    start = begun.values_list("first_line", flat=True).first() or 0
    rows = rows.filter(first_line__gte=start)
    return rows if limit is None else rows[: limit + 1]


def _lines(rows: list[ChunkResult], after_line: int) -> Iterator[LineResult]:
    for row in rows:
        seen = legend.told(bytes(row.seen), row.legend)
        known = dict(enumerate(seen, start=row.first_line))
        for line, outcome in results.unpacked(row.first_line, bytes(row.outcomes)):
            if line > after_line:
                yield LineResult(line, outcome, known.get(line))


def _reader(actor: Actor) -> UUID:
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    return actor.organization_id


def _own(actor: Actor, submission_id: UUID) -> Submission:
    row = Submission.objects.filter(
        id=submission_id, owner_id=actor.organization_id
    ).first()
    if row is None:
        raise NotFound("You have no such submission.")
    return row


def _views(actor: Actor, rows: list[Submission]) -> list[SubmissionView]:
    if not rows:
        return []
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    legends: dict[int, list[legend.Legend]] = defaultdict(list)
    for pk, found, told in ChunkResult.objects.filter(submission__in=rows).values_list(
        "submission_id", "counts", "legend"
    ):
        counts[pk].update(found)
        legends[pk].append(told)
    held = {
        each.submission_id: _held(each)
        for each in HeldBatch.objects.filter(submission__in=rows)
    }
    reached = reach.reached(rows[0].owner_id, [row.ordinal for row in rows])
    undos = {
        each.submission_id: each for each in Undo.objects.filter(submission__in=rows)
    }
    return [
        SubmissionView(
            row.id,
            row.state,
            row.format,
            row.lines,
            dict(counts[row.ordinal]),
            legend.summed(legends[row.ordinal]),
            row.defaults,
            row.created_at,
            row.done_at,
            row.sent_by,
            row.refusal,
            held.get(row.ordinal),
            row.undo_until,
            undone(actor, undos.get(row.ordinal)),
            tuple(reached.get(row.ordinal, ())),
            row.passes_open,
        )
        for row in rows
    ]


def _problem(row: LineProblem) -> Problem:
    overruled = row.overruled_at is not None
    return Problem(
        row.line,
        row.outcome,
        row.field,
        row.code,
        row.detail,
        row.type,
        row.guessed,
        overruled,
        None if row.mended_in is None else row.mended_in.id,
    )
