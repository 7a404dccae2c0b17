"""Counts of look-ups that no quota and no run needs any more."""

from datetime import datetime

from hub.lib.clock import now
from orgs.access import scope
from orgs.members.selectors import organization_ids
from sharing import vocabulary as v
from sharing.lookup.models import LookupCount


def forget_counts(moment: datetime | None = None) -> int:
    """From organization to organization, as the wall lets the worker see them."""
    before = ((moment or now()) - v.LOOKUP_COUNTS_KEPT).date()
    gone = 0
    for organization_id in organization_ids():
        with scope(organization_id):
            old = LookupCount.objects.filter(
                organization=organization_id, day__lt=before
            )
            gone += old.delete()[0]
    return gone
