"""What claims were before a submission: kept sealed, a record per chunk, and read again."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from hub.lib.clock import now
from orgs.access import scope
from orgs.members.selectors import organization_ids
from sharing import vocabulary as v
from sharing.indicators import reverting
from sharing.indicators.reverting import Earlier
from sharing.intake.models import Submission, Undo, UndoRecord
from sharing.intake.sealing import place
from sharing.tokens import services as tokens

LEFT_FOR = v.UNDO_WINDOW * 2  # what stands behind later words is kept after an undo


def remember(batch: Submission, number: int, earlier: list[Earlier]) -> None:
    """Keep, sealed, what the claims of a chunk were, in the accepting transaction."""
    UndoRecord.objects.create(
        submission=batch, number=number, sealed=sealed(batch, number, earlier)
    )


def chained(owner_id: UUID, earlier: list[Earlier]) -> list[Earlier]:
    """What claims go back to: of submissions that were undone meanwhile, to before those.

    So the order in which submissions are undone does not matter. Cost: usually one query;
    only behind an undone submission its records are read, one after the other.
    """
    while undone := _undone_among(owner_id, earlier):
        needed = {e.id for e in earlier if e.source and e.source[0] in undone}
        before = dict(_left(undone, needed))
        earlier = [
            reverting.behind(each, before.get(each.id)) if each.id in needed else each
            for each in earlier
        ]
    return earlier


def _undone_among(owner_id: UUID, earlier: Iterable[Earlier]) -> set[int]:
    sources = {each.source[0] for each in earlier if each.source}
    rows = Undo.objects.filter(submission__in=sources, submission__owner=owner_id)
    return set(rows.values_list("submission", flat=True))


def _left(undone: set[int], needed: set[UUID]) -> Iterator[tuple[UUID, Earlier]]:
    rows = UndoRecord.objects.filter(submission__in=undone).select_related("submission")
    for record in rows.iterator(chunk_size=1):
        for each in opened(record.submission.id, record):
            if each.id in needed:
                yield each.id, each


def opened(submission_id: UUID, record: UndoRecord) -> list[Earlier]:
    where = place(submission_id, record.number)
    return reverting.unpacked(tokens.open_blob("undo", where, bytes(record.sealed)))


def sealed(batch: Submission, number: int, earlier: list[Earlier]) -> bytes:
    data = reverting.packed(earlier)
    return tokens.seal_blob("undo", place(batch.id, number), data)


def forget_records() -> int:
    """What claims were before is kept for the window alone, or until it is undone."""
    moment = now()
    return sum(_forget_records(owner, moment) for owner in organization_ids())


def _forget_records(owner_id: UUID, moment: datetime) -> int:
    with scope(owner_id):
        own = UndoRecord.objects.filter(submission__owner=owner_id)
        missed = Q(submission__undo_until__lt=moment, submission__undo__isnull=True)
        used = Q(submission__undo__done_at__lt=moment - LEFT_FOR)
        return own.filter(missed | used).delete()[0]
