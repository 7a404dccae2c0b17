"""Releasing what was there before a Version took effect, 10,000 claims at a time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hub.lib.clock import now
from orgs.access import scope
from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Generation
from sharing.agreements.selectors import ActiveClause
from sharing.distribution import carrying, control
from sharing.distribution.models import Backfill, ControlRecord
from sharing.distribution.release import release_claims
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.indicators import selectors as indicators

CLOCKS_DIFFER = timedelta(minutes=1)  # between the database and a worker, at most


def start(version: str) -> None:
    """One Backfill per clause, generation and contributor of the new Version.

    Clauses under embargo are left out: their end is announced by itself.
    """
    _build(_due(agreements.fed_clauses(), version))


def ahead(version: str) -> None:
    """The same for what an announced Version narrows, before it takes effect."""
    clauses = [*agreements.fed_clauses(), *agreements.announced_clauses()]
    _build(
        clause
        for clause in _due(clauses, version)
        if _state(clause) == Generation.State.BUILDING and not _begun(clause)
    )


def take_over(version: str) -> None:
    """The same for a Version that was announced; what was built ahead is there already."""
    clauses = _due(agreements.fed_clauses(), version)
    agreements.lock_heads(each.pk for clause in clauses for each in clause.generations)
    for clause in clauses:
        if _begun(clause):
            _complete(clause.generations[0].pk)
    _build(clause for clause in clauses if not _begun(clause))


def rotate(generation: int) -> None:
    """Build a generation with new keys beside the one that is served, on the same terms."""
    row = Generation.objects.get(pk=generation)
    if row.state not in agreements.CURRENT:
        return
    for clause in agreements.fed_clauses():
        of_it = tuple(each for each in clause.generations if each.pk == generation)
        if of_it and not _waits(clause):
            _build([replace(clause, generations=of_it)])


def rotated(generation: int) -> None:
    """It is served now: what was lost follows, if it is built; else when it is."""
    row = Generation.objects.get(pk=generation)
    if control.has(row.pk, ControlRecord.Kind.GENERATION_BEGINS):
        _complete(row.pk)


def take_back(agreement: str, organization: str) -> None:
    """A party left: go through its claims once more, which no clause permits now."""
    for clause in (*agreements.fed_clauses(), *agreements.announced_clauses()):
        if clause.agreement_id == UUID(agreement):
            for generation in clause.generations:
                _begin(clause.collection_id, generation.pk, UUID(organization))


def _due(clauses: Iterable[ActiveClause], version: str) -> list[ActiveClause]:
    return [
        clause
        for clause in clauses
        if clause.version_id == UUID(version) and not _waits(clause)
    ]


def _state(clause: ActiveClause) -> str:
    return clause.generations[0].state if clause.generations else ""


def _begun(clause: ActiveClause) -> bool:
    """Whether a generation that this Version began is being built, or was.

    Taking back the claims of somebody who left builds nothing.
    """
    return Backfill.objects.filter(
        generation__in=[each.pk for each in clause.generations],
        generation__version=clause.version_id,
        generation__rotation=False,
        contributor__in=clause.terms.contributors,
    ).exists()


def _build(clauses: Iterable[ActiveClause]) -> None:
    clauses = list(clauses)
    generations = {each.pk: each for clause in clauses for each in clause.generations}
    agreements.lock_heads(generations)  # all at once, in the order of everybody
    for each in generations.values():
        if each.number > 1:
            control.add_once(each.pk, ControlRecord.Kind.GENERATION_BEGINS)
    for clause in clauses:
        for each in clause.generations:
            for contributor in sorted(clause.terms.contributors):
                _begin(clause.collection_id, each.pk, contributor)
            if not clause.terms.contributors:
                _complete(each.pk)


def _begin(collection_id: UUID, generation: int, contributor: UUID) -> None:
    row = Backfill.objects.create(
        collection_id=collection_id,
        generation_id=generation,
        contributor_id=contributor,
        started_at=now(),
    )
    publish(Kind.BACKFILL_DUE, shard=collection_id.int, backfill=row.pk)


def _waits(clause: ActiveClause) -> bool:
    """Whether the clause is under embargo, by the clock that releasing goes by.

    The outbox goes by the database's: what it brings a little early comes once more.
    """
    moment, until = now(), clause.terms.embargo_until
    if until is None or not clause.embargoed(moment):
        return False
    if until - moment < CLOCKS_DIFFER:
        again = until + timedelta(seconds=1)
        version = str(clause.version_id)
        publish(Kind.VERSION_ACTIVATED, not_before=again, version=version)
    return True


def step(backfill: int) -> None:
    """The next claims of one contributor; comes back until there are no more."""
    row = Backfill.objects.select_for_update().get(pk=backfill)
    with scope(row.contributor_id):
        claims = indicators.after(row.contributor_id, row.cursor, v.RELEASE_ROWS)
        release_claims(row.collection_id, claims, only=row.generation_id)
    if len(claims) < v.RELEASE_ROWS:
        row.done_at = now()
    else:
        row.cursor = claims[-1].id
        publish(Kind.BACKFILL_DUE, shard=row.collection_id.int, backfill=row.pk)
    row.save(update_fields=["cursor", "done_at"])
    if row.done_at is not None and row.generation.number > 1:
        _complete(row.generation_id)


def _complete(generation: int) -> None:
    """The last contributor is done, and the generation is in effect: what was lost follows.

    A generation that is built ahead waits for its second: until then its predecessor
    gets rows that it must have a tombstone for.
    """
    agreements.lock_heads([generation])  # of two last ones, one sees the other
    others = Backfill.objects.filter(generation=generation, done_at__isnull=True)
    if not others.exists():
        carrying.finish(generation)
