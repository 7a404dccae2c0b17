"""How tests announce a rotation, and bring its second near."""

from datetime import datetime, timedelta

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from sharing.agreements import rotation
from sharing.agreements.models import Generation
from sharing.feeds import selectors as feeds
from tests.cast import acting
from tests.coalition import collection, work_off
from tests.sharing.distribution.ahead import (
    AHEAD,
    FRAUD,
)
from tests.walls import OWNER, by_worker, working_as


def planned(wait: timedelta = AHEAD, *, work: bool = True) -> Generation:
    found = rotation.announce(
        actor=SYSTEM, collection_id=collection(FRAUD), effective_from=now() + wait
    )
    if work:
        work_off()
    return found


def its_second(generation: Generation) -> datetime:
    """The second in which it takes effect is this one: nothing else is changed."""
    moment = now()
    with working_as(OWNER):
        Generation.objects.filter(pk=generation.pk).update(effective_from=moment)
    return moment


def stored_as_due() -> None:
    by_worker(rotation.take_over_due)
    work_off()


def keys(person: User) -> list[tuple[int, str]]:
    found = feeds.keys(acting(person), collection(FRAUD))
    return [(key.generation, key.state) for key in found]


def verbs(prefix: str) -> list[str]:
    found = AuditEvent.objects.filter(verb__startswith=prefix).order_by("pk")
    return [each.rpartition(":")[2] for each in found.values_list("verb", flat=True)]
