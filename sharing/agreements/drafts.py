"""A Version before it is in force: who may look at it, and what it would do."""

from uuid import UUID

from hub.lib.errors import NotFound
from orgs.access import Permission, require
from orgs.accounts.actor import Actor
from sharing.agreements import facts, shown
from sharing.agreements.models import Agreement, Version
from sharing.agreements.selectors import ActiveClause


def version_for(actor: Actor, version_id: UUID) -> Version:
    """A Version that the actor may look at: as one of its parties, or as hub staff."""
    found = Version.objects.select_related("agreement").filter(pk=version_id).first()
    if found is None:
        raise NotFound
    if is_party(actor, found) and shown.is_open_to(actor, found):
        require(actor, Permission.VIEW_AGREEMENT, Agreement, found.agreement_id)
    elif not actor.is_staff:
        raise NotFound
    return found


def is_party(actor: Actor, version: Version) -> bool:
    """Whether the actor acts for a party of this Version that has not left."""
    parties = {each.organization_id for each in facts.named(version)}
    return actor.organization_id in parties


def as_if_signed(version: Version) -> list[ActiveClause]:
    """Its clauses as they would be if every party had signed; they feed no stream yet."""
    signed = facts.named(version)
    return [
        ActiveClause(
            clause_id=clause.pk,
            collection_id=clause.collection_id or clause.pk,
            agreement_id=version.agreement_id,
            version_id=version.pk,
            title=clause.name,
            terms=facts.terms_of(clause, version.agreement, version.number, signed),
            generations=(),
            names={each.organization_id: each.name for each in signed},
        )
        for clause in version.clauses.order_by("position")
    ]
