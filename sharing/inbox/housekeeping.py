"""Forget who was on what: decisions are kept for a while, and not for ever."""

from datetime import datetime

from hub.lib.clock import now
from orgs.access import scope
from orgs.members.selectors import organization_ids
from sharing.inbox import watchlists
from sharing.inbox.models import FilterHit, Handling, Match
from sharing.vocabulary import INBOX_KEPT


def sweep(moment: datetime | None = None) -> int:
    """From organization to organization; returns how many rows went."""
    before = (moment or now()) - INBOX_KEPT
    count = 0
    for organization in organization_ids():
        with scope(organization):
            old = Handling.objects.filter(
                organization=organization, touched_at__lt=before
            )
            count += old.delete()[0]
            matches = Match.objects.filter(organization=organization, at__lt=before)
            count += matches.delete()[0]
            hits = FilterHit.objects.filter(organization=organization, at__lt=before)
            count += hits.delete()[0]
            watchlists.forget_counts()
    return count
