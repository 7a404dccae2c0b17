"""What claims were before a submission: kept sealed, a record per chunk, and read again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, Q

from hub.lib.clock import now
from orgs.access import scope
from orgs.members.selectors import organization_ids
from sharing import vocabulary as v
from sharing.indicators import reverting
from sharing.indicators.reverting import Earlier
from sharing.intake.models import Submission, Undo, UndoRecord
from sharing.intake.sealing import place
from sharing.tokens import services as tokens

GIVEN_UP_AFTER = timedelta(days=1)  # of an undo that does not end
LEFT_FOR = v.UNDO_WINDOW * 2  # what stands behind later words is kept after an undo


def remember(batch: Submission, number: int, earlier: list[Earlier]) -> None:
    """Keep, sealed, what the claims of a chunk were, in the accepting transaction.

    What is held may wait for days, longer than a text is kept that no release needs; what
    was refused is never undone.
    """
    if not earlier or batch.state == Submission.State.REFUSED:
        return
    if batch.state == Submission.State.HELD:
        earlier = [*map(reverting.without_text, earlier)]
    UndoRecord.objects.create(
        submission=batch, number=number, sealed=sealed(batch, number, earlier)
    )


def contest(batch: Submission, number: int, outdated: Mapping[int, set[UUID]]) -> None:
    """Say to newer submissions, while they can be undone, that their word was not alone.

    Their newest record comes first: undone, such a claim is withdrawn, not brought back.
    """
    newer = Submission.objects.filter(
        pk__in=outdated.keys() - {batch.pk}, owner=batch.owner_id
    )
    kept = newer.filter(Exists(UndoRecord.objects.filter(submission=OuterRef("pk"))))
    for each in kept:
        remember(each, number, reverting.contested(sorted(outdated[each.pk])))


def chained(owner_id: UUID, own: int, earlier: list[Earlier]) -> list[Earlier]:
    """What claims go back to: to before all that was undone, this submission included.

    So the order in which submissions are undone does not matter, nor how often one spoke
    of a claim. Cost: usually one query; only for claims that this one changed again, or
    that an undone one spoke of, records are read, one after the other.
    """
    undone = {own}
    while undone:
        needed = {e.id for e in earlier if e.source and e.source[0] in undone}
        before = _first(_left(undone, needed)) if needed else {}
        earlier = [
            reverting.behind(each, before.get((each.source[0], each.id)))
            if each.source and each.source[0] in undone
            else each
            for each in earlier
        ]
        undone = _undone_among(owner_id, earlier) - {own}
    return earlier


def _undone_among(owner_id: UUID, earlier: Iterable[Earlier]) -> set[int]:
    sources = {each.source[0] for each in earlier if each.source}
    rows = Undo.objects.filter(submission__in=sources, submission__owner=owner_id)
    return set(rows.values_list("submission", flat=True))


def _first(left: Iterable[tuple[int, Earlier]]) -> dict[tuple[int, UUID], Earlier]:
    """What claims were before all that a submission said of them, the oldest record first.

    Withdrawn, where its word was not alone; without text, where it made the hub forget it.
    What it repeated before it changed it was, at the first change, as before the repeating.
    """
    found: dict[tuple[int, UUID], Earlier] = {}
    forgotten = set()
    for submission, each in left:
        key = submission, each.id
        first = found.get(key)
        if each.source is not None and each.source[0] == submission:
            forgotten |= {key} if each.forgot else set()
            if first and first.source and not first.changed:
                found[key] = msgspec.structs.replace(each, source=first.source)
        elif first is None or each.source is None:
            found[key] = each
    return {
        key: reverting.without_text(each) if key in forgotten else each
        for key, each in found.items()
    }


def _left(undone: set[int], needed: set[UUID]) -> Iterator[tuple[int, Earlier]]:
    rows = UndoRecord.objects.filter(submission__in=undone).select_related("submission")
    for record in rows.order_by("id").iterator(chunk_size=1):
        for each in opened(record.submission.id, record):
            if each.id in needed:
                yield record.submission_id, each


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
        stuck = Q(
            submission__undo__done_at__isnull=True,
            submission__undo__asked_at__lt=moment - GIVEN_UP_AFTER,
        )
        refused = Q(submission__state=Submission.State.REFUSED)
        return own.filter(missed | used | stuck | refused).delete()[0]
