"""What should have been purged by now and nobody acknowledged, with names: for hub staff."""

from dataclasses import dataclass
from datetime import datetime

from orgs.accounts.actor import Actor
from orgs.models import Organization
from sharing.agreements.models import Collection
from sharing.distribution import notices


@dataclass(frozen=True, slots=True)
class Late:
    organization: str
    collection: str
    ended_at: datetime
    purge_by: datetime


def late(actor: Actor) -> list[Late]:
    """The longest overdue first."""
    found = notices.overdue(actor)
    members = Organization.objects.in_bulk([each.organization for each in found])
    streams = Collection.objects.in_bulk([each.collection for each in found])
    return [
        Late(
            members[each.organization].name,
            streams[each.collection].title,
            each.ended_at,
            each.purge_by,
        )
        for each in found
    ]
