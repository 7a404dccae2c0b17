"""Look-ups that somebody should ask about: for hub staff, who see counts and no values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_staff
from orgs.audit import selectors as audit
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import ALARMS, Verb
from sharing.agreements.models import Collection
from sharing.vocabulary import LOOKUP_COUNTS_KEPT

MOST = 200


@dataclass(frozen=True, slots=True)
class Alarm:
    at: datetime
    organization: str
    collection: str
    kind: str
    refused: bool  # beyond the quota; else a run without hits
    asked: int | None  # look-ups since the last hit, of a run


def alarms(actor: Actor) -> list[Alarm]:
    """Long runs without a hit and refusals of the last 30 days, the newest first."""
    need_staff(actor)
    found = audit.recent(ALARMS, now() - LOOKUP_COUNTS_KEPT, MOST)
    streams = Collection.objects.in_bulk({UUID(each.subject) for each in found})
    return [_alarm(each, streams) for each in found]


def _alarm(event: AuditEvent, streams: dict[UUID, Collection]) -> Alarm:
    stream = streams.get(UUID(event.subject))
    return Alarm(
        event.at,
        event.organization.name if event.organization else "",
        stream.title if stream else event.subject,
        event.detail["kind"],
        event.verb == Verb.LOOKUP_REFUSE,
        event.detail.get("asked"),
    )
