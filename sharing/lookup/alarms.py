"""Look-ups that somebody should ask about: for hub staff, who see counts and no values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_staff
from orgs.audit import selectors as audit
from orgs.audit.selectors import Repeated
from orgs.audit.verbs import ALARMS, Verb
from sharing.agreements.models import Collection
from sharing.vocabulary import LOOKUP_COUNTS_KEPT

MOST = 200


@dataclass(frozen=True, slots=True)
class Alarm:
    at: datetime  # the last time
    organization: str
    collection: str
    kind: str
    refused: bool  # beyond the quota; else a run without hits
    times: int
    asked: int | None  # look-ups without a hit in the longest run


def alarms(actor: Actor) -> list[Alarm]:
    """Long runs without a hit and refusals of the last 30 days, the newest first.

    Each once for an organization, collection and type: who is refused a thousand times
    hides nobody else.
    """
    need_staff(actor)
    found = audit.repeated(ALARMS, now() - LOOKUP_COUNTS_KEPT, MOST)
    streams = Collection.objects.in_bulk({UUID(each.subject) for each in found})
    return [_alarm(each, streams) for each in found]


def _alarm(found: Repeated, streams: dict[UUID, Collection]) -> Alarm:
    stream = streams.get(UUID(found.subject))
    return Alarm(
        found.at,
        found.organization,
        stream.title if stream else found.subject,
        found.kind,
        found.verb == Verb.LOOKUP_REFUSE,
        found.times,
        found.asked,
    )
