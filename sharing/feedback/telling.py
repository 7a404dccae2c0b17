"""Whoever contributed a record has it on its own log that something was said about it."""

from uuid import UUID

from orgs.access import scope
from orgs.accounts.actor import SYSTEM
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import circles, facts
from sharing.agreements import selectors as agreements


def tell(
    *, owner: str, giver: str, collection: str, verdicts: int, sightings: int
) -> None:
    """Counts alone; nothing of a giver that the owner may not know of, or that left."""
    clause = agreements.fed_clause(UUID(collection))
    if clause is None:
        return
    signed = facts.signatories([clause.version_id])[clause.version_id]
    known = circles.known_to(UUID(owner), clause.version_id, signed)
    if UUID(giver) not in {each.organization_id for each in known}:
        return
    with scope(UUID(owner)):
        audit.record(
            actor=SYSTEM,
            verb=Verb.FEEDBACK_RECEIVE,
            subject=collection,
            organization_id=UUID(owner),
            verdicts=verdicts,
            sightings=sightings,
        )
