"""Who looks into the inbox, and what they may read now: asked once for all kinds."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from hub.lib.clock import now
from hub.lib.errors import Forbidden, NotFound
from orgs.accounts.actor import Actor
from sharing.agreements import selectors as agreements
from sharing.distribution import selectors as distribution
from sharing.distribution.selectors import Reading
from sharing.inbox.kinds import Kind, seen_with

Among = frozenset[UUID] | None  # of these subjects alone; None: of all


@dataclass(frozen=True)
class Desk:
    """One person, or system, at one moment; in a transaction of its organization's scope."""

    actor: Actor
    organization: UUID
    moment: datetime = field(default_factory=now)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return seen_with(self.actor.rights)

    @cached_property
    def readings(self) -> list[Reading]:
        """Every stream that may be read now, through the one selector.

        What only answers questions has none, and a Grant that ends just now is left out.
        """
        found = []
        for grant in agreements.granted(self.actor):
            try:
                reading = distribution.readable(self.organization, grant.collection_id)
            except NotFound:
                continue
            if not distribution.only_answers(reading):
                found.append(reading)
        return found


def desk_of(actor: Actor) -> Desk:
    """Refuses whoever has nothing to do with an inbox."""
    if actor.organization_id is None:
        raise Forbidden("An inbox belongs to an organization; you act for none.")
    desk = Desk(actor, actor.organization_id)
    if not desk.kinds:
        raise Forbidden("This needs the right “read”, “audit” or “sign”.")
    return desk
