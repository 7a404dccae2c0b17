"""How far a submission got: what left because of it, and which partners receive that.

Counted in the transactions in which it leaves, so a page of a submission reads a row for
each collection (some tens), the Grants of these and two short queries about agreements,
whether it has ten lines or a million; no release and no claim is counted for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from hub.lib.clock import now
from sharing.agreements.circles import Circle, circles, contributed
from sharing.agreements.models import Grant
from sharing.agreements.selectors import ActiveClause
from sharing.indicators.models import ClaimBatch
from sharing.intake.models import Reach, Submission


@dataclass(frozen=True, slots=True)
class Reached:
    """What left by one collection, and who reads it now, as far as its owner may know."""

    agreement: str
    collection_id: UUID
    collection: str
    disclosure: str
    released: int
    revised: int
    recalled: int
    recipients: tuple[str, ...]  # by name


def begin(owner_id: UUID, submission: int) -> None:
    """Claims of it changed: a first pass finds the collections that they may concern."""
    _count(owner_id, submission, 1)


def spread(owner_id: UUID, batch: int, collections: int) -> None:
    """The first pass is over, and there is one to come for each of the collections."""
    if (submission := _submission(batch)) is not None:
        _count(owner_id, submission, collections - 1)


def end(owner_id: UUID, batch: int) -> None:
    """What was to leave by one collection has left, or nothing had to."""
    if (submission := _submission(batch)) is not None:
        _count(owner_id, submission, -1)


def _submission(batch: int) -> int | None:
    rows = ClaimBatch.objects.filter(pk=batch)
    return rows.values_list("submission", flat=True).first()


def _count(owner_id: UUID, submission: int, passes: int) -> None:
    """The last word of its transaction: the row is locked until that ends."""
    mine = Submission.objects.filter(owner=owner_id, ordinal=submission)
    mine.update(passes_open=F("passes_open") + passes)


def reached(owner_id: UUID, submissions: Iterable[int]) -> dict[int, list[Reached]]:
    """By submission, in the owner's scope; of clauses that it contributes to now.

    Collections that are about parties hidden from the owner are left out, and so are the
    hidden recipients of others.
    """
    found: dict[int, list[Reached]] = defaultdict(list)
    rows = Reach.objects.filter(submission__in=[*submissions])
    if not (counted := list(rows)):
        return found
    clauses = {each.collection_id: each for each in contributed(owner_id)}
    known = circles(owner_id)
    names = _recipients(owner_id, clauses, known)
    for row in counted:
        if (clause := clauses.get(row.collection)) is not None:
            title = known[clause.agreement_id].title
            told = _reached(row, clause, title, names[row.collection])
            found[row.submission_id].append(told)
    for some in found.values():
        some.sort(key=lambda each: (each.agreement, each.collection))
    return found


def _reached(
    row: Reach, clause: ActiveClause, agreement: str, recipients: list[str]
) -> Reached:
    return Reached(
        agreement,
        row.collection,
        clause.title,
        clause.terms.disclosure,
        row.released,
        row.revised,
        row.recalled,
        tuple(sorted(recipients)),
    )


def _recipients(
    owner_id: UUID, clauses: dict[UUID, ActiveClause], known: Mapping[UUID, Circle]
) -> dict[UUID, list[str]]:
    """Who has access now, but for the owner and parties that are hidden from it."""
    moment = now()
    grants = Grant.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=moment),
        collection__in=clauses,
        valid_from__lte=moment,
    ).exclude(recipient=owner_id)
    found: dict[UUID, list[str]] = defaultdict(list)
    for collection, recipient in grants.values_list("collection", "recipient"):
        for party in known[clauses[collection].agreement_id].parties:
            if party.organization_id == recipient:
                found[collection].append(party.name)
    return found
