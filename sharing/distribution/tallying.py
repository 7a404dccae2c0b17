"""What a clause would make of many claims: counted, decided once per distinct facts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice, zip_longest
from uuid import UUID

from sharing.agreements.policy import IndicatorFacts, Terms, gaps
from sharing.agreements.selectors import ActiveClause
from sharing.distribution.planning import Planner, facts_of
from sharing.indicators.models import Indicator

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision rests on: the claim's facts, and whether its time is over."""

    claim: IndicatorFacts
    ended: bool


@dataclass(slots=True)
class Heap:
    """Claims by their facts: how many, and the ids of a few."""

    counts: Counter[Facts] = field(default_factory=Counter)
    some: dict[Facts, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    def add(self, claims: Iterable[Indicator], moment: datetime) -> None:
        for claim in claims:
            facts = Facts(facts_of(claim), ended=claim.valid_until <= moment)
            self.counts[facts] += 1
            if len(ids := self.some[facts]) < SAMPLES:
                ids.append(claim.pk)


@dataclass(slots=True)
class Tally:
    """What one clause would do, and what becomes different from the clause before."""

    released: int = 0
    refused: int = 0
    newly: int = 0
    no_longer: int = 0
    changed: int = 0
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)
    permitted: list[Facts] = field(default_factory=list)


def tally(
    heap: Heap, clause: ActiveClause, before: ActiveClause | None, moment: datetime
) -> Tally:
    """Count a heap of claims under a clause, and under the one that it continues."""
    planner = Planner(clause, moment)
    earlier = None if before is None else Planner(before, moment)
    other = before is not None and _otherwise(before.terms, clause.terms)
    found = Tally()
    for facts, count in heap.counts.most_common():
        now = _permits(planner, facts)
        then = earlier is not None and _permits(earlier, facts)
        if now:
            found.released += count
            found.permitted.append(facts)
        else:
            found.refused += count
            for cause in causes(clause.terms, facts):
                found.causes[cause] += count
        found.newly += count if now and not then else 0
        found.no_longer += count if then and not now else 0
        found.changed += count if now and then and other else 0
    return found


def permitted(heap: Heap, clause: ActiveClause, moment: datetime) -> int:
    """How many claims of the heap a clause lets through."""
    planner = Planner(clause, moment)
    return sum(n for facts, n in heap.counts.items() if _permits(planner, facts))


def samples(heap: Heap, found: Tally) -> list[UUID]:
    """A few claims that would be released, of as many kinds as there are."""
    kinds = [heap.some[facts] for facts in found.permitted[:SAMPLES]]
    mixed = chain.from_iterable(zip_longest(*kinds))
    return list(islice((pk for pk in mixed if pk is not None), SAMPLES))


def _permits(planner: Planner, facts: Facts) -> bool:
    return not facts.ended and planner.decision(facts.claim).permitted


def causes(terms: Terms, facts: Facts) -> Iterator[tuple[str, str]]:
    """All that stands in the way of such claims: a word, and a sentence about many."""
    if terms.void:
        yield "void", "The clause permits nothing."
        return
    for gap in gaps(terms, facts.claim):
        yield gap.cause, f"{gap.general[0].upper()}{gap.general[1:]}."
    if facts.ended:
        yield "ended", "Its time is over."


def _otherwise(before: Terms, after: Terms) -> bool:
    """Whether what both clauses release leaves in another shape."""
    old, new = before.permit.obligations, after.permit.obligations
    if old is None or new is None:
        return old is not new
    return replace(old, clause_id=new.clause_id) != new
