"""What a dead chunk held and nobody will work any more: its sender reads which lines.

Staff give it up, the worker does it: only there one sees lines, and only of their owner.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Min

from hub.lib.clock import now
from hub.lib.sealed import SealBrokenError
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_code, need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.events.kinds import Kind
from sharing.events.services import turn
from sharing.indicators.claims import Outcome
from sharing.intake import accept
from sharing.intake.models import Chunk, ChunkResult, LineProblem, Submission
from sharing.intake.parsing import Trouble
from sharing.intake.rawlines import RawLine
from sharing.intake.sealing import open_lines, place
from sharing.tokens import services as tokens

CODE = "given-up"
DETAIL = (
    "The hub could not work this line off and gave it up: nothing of it is shared."
    " Send it again."
)


@transaction.atomic
def give_up(*, actor: Actor, ids: list[int]) -> int:
    """Nobody will try these dead chunks again; returns how many.

    What is no dead chunk (any more) stays as it is: giving up twice is giving up once.
    """
    need_staff(actor)
    need_code(actor)
    taken = turn(ids, Kind.CHUNK_RECEIVED, Kind.CHUNK_GIVEN_UP, actor=actor)
    for payload in taken:
        audit.record(
            actor=actor,
            verb=Verb.CHUNK_GIVE_UP,
            organization_id=UUID(payload["owner"]),
            submission=payload["submission"],
            number=payload["number"],
        )
    return len(taken)


def give_up_chunk(owner: str, submission: int, number: int) -> None:
    """Reject the lines of a chunk that were not worked, in the caller's transaction."""
    with scope(UUID(owner)):
        batch = Submission.objects.get(ordinal=submission)
        locked = Chunk.objects.select_for_update()
        chunk = locked.filter(submission=batch, number=number).first()
        if chunk is None:
            return
        try:
            raw = open_lines(batch.id, chunk.number, bytes(chunk.sealed))
        except SealBrokenError:
            _reject_unread(batch, chunk)
        else:
            _reject(batch, chunk, raw)
        if batch.state != Submission.State.HELD:
            chunk.delete()
            accept.close(batch)


def _reject(batch: Submission, chunk: Chunk, raw: list[RawLine]) -> None:
    lines = accept.due_lines(batch, chunk, raw)
    if not lines:
        return
    outcomes = dict.fromkeys((line.number for line in lines), Outcome.REJECTED)
    troubles = [
        Trouble(line.number, Outcome.REJECTED, "line", CODE, DETAIL, None)
        for line in lines
    ]
    accept.keep(batch, chunk, raw[0].number, lines, outcomes, {}, troubles)
    if chunk.overruled:
        for line in lines:
            _no_longer_stopped(batch, line)


def _no_longer_stopped(batch: Submission, line: RawLine) -> None:
    """A line that was let through has a problem already; it can be mended again."""
    sealed = tokens.seal_blob("line", place(batch.id, line.number), line.data)
    LineProblem.objects.filter(submission=batch, line=line.number).update(
        outcome=Outcome.REJECTED,
        field="line",
        code=CODE,
        detail=DETAIL,
        sealed_line=sealed,
    )


def _reject_unread(batch: Submission, chunk: Chunk) -> None:
    """The seal is broken: which lines it were follows from what lies around it."""
    if chunk.overruled:
        return  # what was stopped stays stopped
    first, last = _span(batch, chunk)
    outcomes = dict.fromkeys(range(first, last + 1), Outcome.REJECTED)
    if not outcomes:
        return
    accept.keep(batch, chunk, first, [], outcomes, {}, [])
    moment = now()
    LineProblem.objects.bulk_create(
        [
            LineProblem(
                submission=batch,
                line=line,
                outcome=Outcome.REJECTED,
                field="line",
                code=CODE,
                detail=DETAIL,
                created_at=moment,
            )
            for line in outcomes
        ],
        batch_size=2000,
        ignore_conflicts=True,
    )


def _span(batch: Submission, chunk: Chunk) -> tuple[int, int]:
    rows = ChunkResult.objects.filter(submission=batch)
    last = rows.filter(number__lt=chunk.number).order_by("-number").first()
    first = last.first_line + len(last.outcomes) if last else 1
    follows = rows.filter(number__gt=chunk.number).aggregate(at=Min("first_line"))["at"]
    known = sum(sum(row.counts.values()) for row in rows)
    left = min(v.CHUNK_LINES, max(0, batch.lines - known))
    end = first + left - 1
    return first, min(end, follows - 1) if follows else end
