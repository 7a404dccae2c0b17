"""Accept one chunk: open, read, fold into claims, keep one result per line."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from hub.lib.clock import now
from orgs.access import scope
from sharing import vocabulary as v
from sharing.events.kinds import Kind
from sharing.events.services import dead, due, publish
from sharing.indicators import services as indicators
from sharing.indicators.claims import How, Outcome
from sharing.intake import legend, reach, remembering, results
from sharing.intake.fields import defaults_of
from sharing.intake.judging import Allowed, ValueClauses, parsed
from sharing.intake.legend import Seen
from sharing.intake.mending import keepable
from sharing.intake.models import Chunk, ChunkResult, LineProblem, Submission
from sharing.intake.parsing import Trouble, seen_in, takes_back
from sharing.intake.rawlines import MAY_BE_CARD, RawLine
from sharing.intake.sealing import open_lines, place
from sharing.tokens import services as tokens

WAIT = timedelta(seconds=1)  # for lines that the owner sent earlier


def accept_chunk(owner: str, submission: int, number: int) -> None:
    """Accept a chunk in the caller's transaction; deleted chunks are done already.

    Corrections wait for the chunks that the owner sent before them, and so do lines that
    come with or after others that name an audience: the first of a value sets it. Of a submission that
    is held, or was refused, only what takes back is accepted.
    """
    with scope(UUID(owner)):
        batch = Submission.objects.get(ordinal=submission)
        chunk = (  # locked: while it was held, somebody may be at it already
            Chunk.objects.select_for_update()
            .filter(submission=batch, number=number)
            .first()
        )
        if chunk is None:
            return
        raw = open_lines(batch.id, chunk.number, bytes(chunk.sealed))
        lines = due_lines(batch, chunk, raw)
        ordered = _corrects(lines) or _says_audience(batch, lines)
        if ordered and _overtakes(batch, number):
            publish(
                Kind.CHUNK_RECEIVED,
                shard=submission + number,
                not_before=now() + WAIT,
                owner=owner,
                submission=submission,
                number=number,
            )
            return
        if lines:
            _accept(batch, chunk, raw[0].number, lines)
        if batch.state != Submission.State.HELD:
            chunk.delete()
            close(batch)


def due_lines(batch: Submission, chunk: Chunk, raw: list[RawLine]) -> list[RawLine]:
    """The lines that may be worked now and were not before, while the rest was held."""
    if batch.state in (Submission.State.HELD, Submission.State.REFUSED):
        raw = [line for line in raw if takes_back(line)]
    row = ChunkResult.objects.filter(submission=batch, number=chunk.number).first()
    if row is None or chunk.overruled:
        return raw
    known = dict(results.unpacked(row.first_line, bytes(row.outcomes)))
    return [line for line in raw if line.number not in known]


def _accept(batch: Submission, chunk: Chunk, first: int, raw: list[RawLine]) -> None:
    defaults = defaults_of(batch.defaults)
    allowed = Allowed(batch.owner_id, may_withdraw=batch.may_withdraw)
    lines, troubles = parsed(raw, defaults, allowed, overruled=chunk.overruled)
    seen = {line.number: seen_in(line) for line in lines}
    accepted = indicators.accept(
        owner_id=batch.owner_id,
        submission=batch.ordinal,
        lines=lines,
        wants_value=ValueClauses(batch.owner_id),
    )
    if accepted.batch is not None:
        reach.begin(batch.owner_id, batch.ordinal)
    remembering.remember(batch, chunk.number, accepted.earlier)
    remembering.contest(batch, chunk.number, accepted.outdated)
    refusals = accepted.refusals
    if batch.state == Submission.State.HELD:
        # What such a correction is about may be among the lines that wait.
        refusals = {n: bad for n, bad in refusals.items() if bad.code != "not-found"}
    troubles += [
        Trouble(n, Outcome.REJECTED, bad.field, bad.code, bad.detail, seen[n])
        for n, bad in refusals.items()
    ]
    outcomes = accepted.outcomes | {bad.number: bad.outcome for bad in troubles}
    for number in accepted.refusals.keys() - refusals.keys():
        del outcomes[number]
    seen |= {n: seen[n]._replace(moved=True) for n in accepted.moved}
    seen |= {bad.number: bad.seen for bad in troubles if bad.seen is not None}
    read_as = {n: each for n, each in seen.items() if n in outcomes}
    keep(batch, chunk, first, raw, outcomes, read_as, troubles)


def _corrects(raw: Iterable[RawLine]) -> bool:
    return any(b"correct" in line.data for line in raw)


def _says_audience(batch: Submission, lines: Iterable[RawLine]) -> bool:
    """Whether the order decides who receives these lines: what takes back need not wait."""
    earlier = Chunk.objects.filter(
        submission__owner=batch.owner_id,
        submission__lt=batch.ordinal,
        submission__names_audiences=True,
    )
    said = batch.names_audiences or earlier.exists()
    return said and not all(map(takes_back, lines))


def _overtakes(batch: Submission, number: int) -> bool:
    """Whether lines that the owner sent earlier are still waiting, and not for ever.

    A correction needs the claim that it corrects, and the first line about a value sets
    its audience; else submissions and withdrawals come out the same in any order. What is held counts only as far as it is being worked.
    """
    earlier = Chunk.objects.filter(
        Q(submission__lt=batch.ordinal)
        | Q(submission=batch.ordinal, number__lt=number),
        submission__owner=batch.owner_id,
    )
    waiting = set(earlier.values_list("submission", "number"))
    if not waiting:
        return False
    held = earlier.filter(submission__state=Submission.State.HELD)
    idle = set(held.values_list("submission", "number"))
    if idle:
        idle -= _places(due(Kind.CHUNK_RECEIVED))
    ended = dead(Kind.CHUNK_RECEIVED) + dead(Kind.CHUNK_GIVEN_UP)
    return not waiting <= idle | _places(ended)


def _places(rows: list[dict[str, Any]]) -> set[tuple[int, int]]:
    return {(row["submission"], row["number"]) for row in rows}


def keep(
    batch: Submission,
    chunk: Chunk,
    first: int,
    raw: list[RawLine],
    outcomes: dict[int, Outcome],
    seen: dict[int, Seen],
    troubles: list[Trouble],
) -> None:
    moment = now()
    if chunk.overruled:
        _keep_overruled(batch, outcomes)
    elif outcomes:
        _keep_results(batch, chunk, first, outcomes, seen)
    text = {line.number: line.data for line in raw}
    LineProblem.objects.bulk_create(
        [_problem(batch, bad, text[bad.number], moment) for bad in troubles],
        batch_size=2000,
        ignore_conflicts=chunk.overruled,
    )


def _keep_results(
    batch: Submission,
    chunk: Chunk,
    first: int,
    outcomes: dict[int, Outcome],
    seen: dict[int, Seen],
) -> None:
    row = ChunkResult.objects.filter(submission=batch, number=chunk.number).first()
    row = row or ChunkResult(submission=batch, number=chunk.number, first_line=first)
    row.outcomes = results.packed(first, outcomes, bytes(row.outcomes or b""))
    row.seen, row.legend = legend.noted(first, seen, bytes(row.seen or b""), row.legend)
    row.counts = Counter(row.counts) + Counter(map(str, outcomes.values()))
    row.save()


def close(batch: Submission) -> None:
    """One chunk less; after the last one the submission is done, or stays refused."""
    mine = Submission.objects.filter(pk=batch.pk)
    mine.update(chunks_open=F("chunks_open") - 1)
    moment = now()
    mine.filter(chunks_open=0, state=Submission.State.ACCEPTING).update(
        state=Submission.State.DONE,
        done_at=moment,
        undo_until=Coalesce("undo_until", Value(moment + v.UNDO_WINDOW)),
    )


def _keep_overruled(batch: Submission, outcomes: dict[int, Outcome]) -> None:
    """Lines that were stopped and overruled change their one byte in the old result."""
    for line, outcome in outcomes.items():
        row = (
            ChunkResult.objects.select_for_update()
            .filter(submission=batch, first_line__lte=line)
            .order_by("-first_line")
            .first()
        )
        if row is not None:
            row.outcomes, row.counts = results.changed(
                bytes(row.outcomes), row.counts, line - row.first_line, outcome
            )
            row.save(update_fields=["outcomes", "counts"])


def _problem(
    batch: Submission, bad: Trouble, data: bytes, moment: datetime
) -> LineProblem:
    where = place(batch.id, bad.number)
    kept = bad.outcome is Outcome.STOPPED or (
        bad.code != MAY_BE_CARD and keepable(data, batch.defaults.get("type"))
    )
    return LineProblem(
        submission=batch,
        line=bad.number,
        outcome=bad.outcome,
        field=bad.field,
        code=bad.code,
        detail=bad.detail,
        type=bad.seen.kind if bad.seen else "",
        guessed=bad.seen is not None and bad.seen.how is How.GUESSED,
        sealed_line=tokens.seal_blob("line", where, data) if kept else None,
        created_at=moment,
    )
