"""Release a batch into one collection: plan, stage, lock the heads, write, once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from uuid import UUID

from hub.lib.clock import now
from orgs.access import scope
from sharing.agreements import activation
from sharing.agreements import selectors as agreements
from sharing.agreements.selectors import ActiveClause
from sharing.distribution import writing
from sharing.distribution.planning import Planner
from sharing.indicators import selectors as indicators
from sharing.indicators.models import Indicator
from sharing.intake import reach

TRIES = 3


class AgreementKeepsChangingError(Exception):
    """The Version changed under the batch again and again; the outbox tries later."""


def release_batch(owner: str, batch: int, collection: str) -> None:
    """One batch of claims of one owner into one collection."""
    owner_id, collection_id = UUID(owner), UUID(collection)
    with scope(owner_id):
        claims = indicators.in_batch(owner_id, batch)
        release_claims(collection_id, claims, batch=batch)
        reach.end(owner_id, batch)


def release_claims(
    collection_id: UUID,
    claims: Sequence[Indicator],
    *,
    only: int | None = None,
    batch: int | None = None,
) -> None:
    """Bring the collection's generations, or `only` one, to what their Versions say.

    That is the Version in force, and one that is announced where it has a generation of
    its own. Everything dear (opening digests, deciding, redacting) happens before the lock.
    Under the lock the Version and the generations are read again: what was decided
    under another one is thrown away and decided anew, never written.
    `batch` is the one whose change is the reason, if one is.
    """
    if not claims:
        return
    activation.catch_up_stream(collection_id)
    for _ in range(TRIES):
        clauses = agreements.feeding(collection_id)
        if not clauses:
            return
        plans = [Planner(each, now()).plan(claims) for each in _of(clauses, only)]
        if writing.write(clauses, list(chain.from_iterable(plans)), batch):
            return
    raise AgreementKeepsChangingError


def _of(clauses: Sequence[ActiveClause], only: int | None) -> Iterator[ActiveClause]:
    """The clauses with the generations that are to be brought up to date."""
    for clause in clauses:
        some = tuple(each for each in clause.generations if only in {None, each.pk})
        yield replace(clause, generations=some)
