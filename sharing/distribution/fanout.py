"""From changed claims to the collections that they may concern."""

from uuid import UUID

from sharing.agreements import selectors as agreements
from sharing.events.kinds import Kind
from sharing.events.services import publish


def fan_out(owner: str, batch: int) -> None:
    """One piece of work per collection: cost follows clauses, not partners."""
    for clause in agreements.fed_clauses(UUID(owner)):
        publish(
            Kind.RELEASE_DUE,
            shard=clause.collection_id.int,
            owner=owner,
            batch=batch,
            collection=str(clause.collection_id),
        )
