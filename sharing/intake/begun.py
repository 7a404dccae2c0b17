"""Whether an organization has begun to contribute: two yeses or noes, for hub staff."""

from typing import NamedTuple
from uuid import UUID

from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_staff
from sharing.indicators.selectors import holds_any
from sharing.intake.models import HeldBatch, Submission


class Begun(NamedTuple):
    sent: bool
    accepted: bool  # a line of it at least
    waiting: int  # batches that wait for a second person


def begun(actor: Actor, organization_id: UUID) -> Begun:
    """Asked in the organization's scope: nothing of what it sent leaves it."""
    need_staff(actor)
    held = HeldBatch.objects.filter(
        owner=organization_id, state=HeldBatch.State.WAITING
    )
    with scope(organization_id):
        sent = Submission.objects.filter(owner=organization_id).exists()
        return Begun(sent, sent and holds_any(organization_id), held.count())
