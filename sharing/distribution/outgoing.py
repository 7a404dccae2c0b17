"""What left on a day of one's own claims: by which clause, to whom, redacted how.

From counts that were made as it left. What they are about is one's own; who received it
is told as far as parties are not hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from hub.lib.clock import now
from hub.lib.errors import FieldError, Malformed
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import facts
from sharing.agreements.circles import clauses_known_to, known_to
from sharing.agreements.models import Clause, Generation, Grant, Party
from sharing.agreements.policy import Terms
from sharing.distribution.counting import day_of
from sharing.distribution.duties import Redaction, redactions
from sharing.distribution.explaining import Named
from sharing.distribution.models import Departure

DAYS = 30  # that can be chosen, today included
BAD_DAY = f"A day as 2026-11-24, of the last {DAYS}, by UTC."


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many claims left, by what happened to them."""

    released: int = 0
    revised: int = 0
    recalled: int = 0
    renewed: int = 0  # again, in a new generation

    def __add__(self, other: "Numbers") -> "Numbers":
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Numbers(*(one + two for one, two in pairs))


@dataclass(frozen=True, slots=True)
class OfType:
    type: str  # empty: lost with an earlier generation, which does not tell
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Left:
    """What left by one clause of one Version."""

    agreement: Named
    version: int
    clause: Named
    collection: Named
    disclosure: str
    redactions: tuple[Redaction, ...]
    recipients: tuple[Named, ...]  # with access on that day, by name
    types: tuple[OfType, ...]

    @property
    def total(self) -> Numbers:
        return sum((each.numbers for each in self.types), Numbers())


@dataclass(frozen=True, slots=True)
class Outgoing:
    day: date
    clauses: tuple[Left, ...]  # by agreement and clause

    @property
    def total(self) -> Numbers:
        return sum((each.total for each in self.clauses), Numbers())


def read_day(text: str | None) -> date:
    """A day of the last 30, today if none is said; else Malformed."""
    today = day_of(now())
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _bad_day() from None
    if not today - timedelta(days=DAYS) < day <= today:
        raise _bad_day()
    return day


def _bad_day() -> Malformed:
    error: FieldError = {"field": "day", "code": "bad-parameter", "detail": BAD_DAY}
    return Malformed(f"day: {BAD_DAY}", code="bad-parameter", errors=[error])


def sees(actor: Actor) -> UUID:
    """The organization whose sharing the actor may see: by reading, or by its audit."""
    if not actor.may(Right.AUDIT):
        need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - who has a right acts for one
    return actor.organization_id


def outgoing(actor: Actor, day: date) -> Outgoing:
    """What left on a UTC day of the claims of the actor's organization."""
    owner = sees(actor)
    with scope(owner):
        numbers = _numbers(owner, day)
        found = [
            _left(owner, day, clause, types)
            for clause, types in _by_clause(owner, numbers)
        ]
    found.sort(key=lambda each: (each.agreement.name, each.version, each.clause.name))
    return Outgoing(day, tuple(found))


def departures(owner_id: UUID, day: date) -> QuerySet[Departure]:
    """Counts of an owner's day in generations that are, or were, in effect."""
    return Departure.objects.filter(
        owner=owner_id, day=day, generation__effective_from__lte=now()
    ).exclude(generation__state=Generation.State.WITHDRAWN)


Key = tuple[UUID, UUID]  # Version and collection


def _numbers(owner_id: UUID, day: date) -> dict[Key, list[OfType]]:
    rows = (
        departures(owner_id, day)
        .values_list("version", "generation__collection", "type", "event")
        .annotate(Sum("n"))
        .order_by("type")
    )
    heaps: dict[Key, dict[str, dict[str, int]]] = defaultdict(dict)
    for version, collection, type_, event, n in rows:
        heaps[version, collection].setdefault(type_, {})[event] = n
    return {
        key: [OfType(type_, Numbers(**said)) for type_, said in heap.items()]
        for key, heap in heaps.items()
    }


def _by_clause(
    owner_id: UUID, numbers: dict[Key, list[OfType]]
) -> Iterator[tuple[tuple[Clause, Terms], list[OfType]]]:
    """The clauses by which it left, but for those that are about hidden parties alone."""
    clauses = Clause.objects.filter(
        version__in={version for version, _ in numbers},
        collection__in={collection for _, collection in numbers},
    ).select_related("version__agreement", "collection")
    signed = facts.signatories({version for version, _ in numbers})
    for clause in clauses:
        version = clause.version
        if (
            types := numbers.get((version.pk, clause.collection_id or clause.pk))
        ) is None:
            continue
        parties = signed[version.pk]
        known = known_to(owner_id, version.pk, parties)
        if clause.name in clauses_known_to(known, version, parties):
            terms = facts.terms_of(clause, version.agreement, version.number, parties)
            yield (clause, terms), types


def _left(
    owner_id: UUID, day: date, by: tuple[Clause, Terms], types: list[OfType]
) -> Left:
    clause, terms = by
    assert clause.collection is not None  # noqa: S101 - something left by it
    agreement = clause.version.agreement
    return Left(
        agreement=Named(agreement.pk, agreement.title),
        version=clause.version.number,
        clause=Named(clause.pk, clause.name),
        collection=Named(clause.collection.pk, clause.collection.title),
        disclosure=terms.disclosure,
        redactions=redactions(terms),
        recipients=tuple(_recipients(owner_id, day, clause)),
        types=tuple(types),
    )


def _recipients(owner_id: UUID, day: date, clause: Clause) -> Iterable[Named]:
    """Whoever could read the collection at some time of the day."""
    begin = datetime.combine(day, time(), UTC)
    end = begin + timedelta(days=1)
    grants = Grant.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=begin),
        collection=clause.collection_id,
        valid_from__lt=end,
    ).exclude(recipient=owner_id)
    seen = grants.exclude(recipient__in=hidden_in(clause.version.agreement_id))
    rows = seen.order_by("recipient__name", "recipient_id")
    return [Named(*row) for row in rows.values_list("recipient", "recipient__name")]


def hidden_in(agreement_id: UUID) -> QuerySet[Party, UUID]:
    """Who is, or was, a hidden party of an agreement."""
    hidden = Party.objects.filter(version__agreement=agreement_id, hidden=True)
    return hidden.values_list("organization", flat=True)
