"""From changed claims to the collections that they may concern."""

from uuid import UUID

from sharing.agreements import selectors as agreements
from sharing.events.kinds import Kind
from sharing.events.services import publish


def fan_out(owner: str, batch: int) -> None:
    """One piece of work per collection: cost follows clauses, not partners."""
    owner_id = UUID(owner)
    clauses = [
        *agreements.fed_clauses(owner_id),
        *agreements.announced_clauses(owner_id),
    ]
    for collection_id in {clause.collection_id: None for clause in clauses}:
        publish(
            Kind.RELEASE_DUE,
            shard=collection_id.int,
            owner=owner,
            batch=batch,
            collection=str(collection_id),
        )
