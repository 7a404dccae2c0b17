"""From changed claims to the collections that they may concern."""

from uuid import UUID

from orgs.access import scope
from sharing.agreements import selectors as agreements
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.intake import reach


def fan_out(owner: str, batch: int) -> None:
    """One piece of work per collection: cost follows clauses, not partners."""
    owner_id = UUID(owner)
    clauses = [
        *agreements.fed_clauses(owner_id),
        *agreements.announced_clauses(owner_id),
    ]
    collections = {clause.collection_id: None for clause in clauses}
    for collection_id in collections:
        publish(
            Kind.RELEASE_DUE,
            shard=collection_id.int,
            owner=owner,
            batch=batch,
            collection=str(collection_id),
        )
    with scope(owner_id):
        reach.spread(owner_id, batch, len(collections))
