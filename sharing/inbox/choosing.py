"""What a filter can name: the collections one reads, and whom one sees in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from orgs.accounts.actor import Actor
from sharing.agreements import circles, facts
from sharing.inbox import filters
from sharing.inbox.desk import desk_of


@dataclass(frozen=True, slots=True)
class Choices:
    """Names by id, each in its order."""

    collections: Mapping[UUID, str]
    contributors: Mapping[UUID, str]


def choices(actor: Actor) -> Choices:
    """Contributors whom a clause hides from this reader are not among them."""
    desk = desk_of(actor)
    with filters.own_scope(actor) as me:
        collections = {
            each.grant.collection_id: each.grant.collection.title
            for each in desk.readings
        }
        names: dict[UUID, str] = {}
        shown = [each for each in desk.readings if not each.terms.originator_hidden]
        versions = {each.grant.clause.version_id for each in shown}
        signed = facts.signatories(list(versions)) if versions else {}
        for each in shown:
            version = each.grant.clause.version_id
            for party in circles.known_to(me, version, signed[version]):
                if party.organization_id in each.contributors - {me}:
                    names[party.organization_id] = party.name
    contributors = sorted(names.items(), key=lambda each: each[1])
    return Choices(collections, dict(contributors))
