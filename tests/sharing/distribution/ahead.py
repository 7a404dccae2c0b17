"""What tests of announced Versions look at, and how they bring its second near.

PostgreSQL reads its own clock for its walls, so time is not moved.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM
from sharing.agreements import due, lifecycle
from sharing.agreements.models import Generation, Version
from sharing.distribution.models import Release
from tests.coalition import collection, work_off
from tests.walls import OWNER, by_worker, stored, working_as

FRAUD, POLICE = "Fraud prevention", "Investigation"
STRONG, WEAK = "strong.example", "weak.example"
AHEAD = timedelta(days=1)
SOON = timedelta(seconds=5)
TOKEN = {"disclosure": "token", "redaction": {}}
Ahead = Callable[..., Version]


def sleep_until(moment: datetime) -> None:
    time.sleep(max((moment - now()).total_seconds(), 0) + 0.05)


def its_time(version: Version) -> None:
    """The second in which a Version takes effect is this one: nothing else is changed."""
    moment = now()
    with working_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_version DISABLE TRIGGER moves")
        Version.objects.filter(pk=version.pk).update(effective_from=moment)
        Generation.objects.filter(version=version).update(effective_from=moment)
        cursor.execute("ALTER TABLE sharing_version ENABLE TRIGGER moves")
    version.refresh_from_db()


def its_end(version: Version) -> None:
    """The second in which a Version ends is this one: nothing else is changed."""
    with working_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_version DISABLE TRIGGER ALL")
        Version.objects.filter(pk=version.pk).update(effective_until=now())
        cursor.execute("ALTER TABLE sharing_version ENABLE TRIGGER ALL")
    by_worker(lambda: lifecycle.expire_due(actor=SYSTEM))
    work_off()


def claims(*hosts: str, confidence: int = 90) -> list[dict[str, Any]]:
    return [{"value": host, "confidence": confidence} for host in hosts]


def states(title: str = FRAUD) -> list[tuple[int, str]]:
    found = Generation.objects.filter(collection=collection(title))
    return list(found.order_by("number").values_list("number", "state"))


def of(title: str, number: int) -> Generation:
    return Generation.objects.get(collection=collection(title), number=number)


def rows(number: int, title: str = FRAUD, state: str = "live") -> int:
    found = stored(Release).filter(generation=of(title, number), state=state)
    return found.count()


def kinds(records: list[dict[str, Any]]) -> list[str]:
    return [each.get("event", each["kind"]) for each in records]


def standing(records: list[dict[str, Any]]) -> dict[str, str]:
    """What a reader holds in the end: the last word on each id."""
    return {each["id"]: each["kind"] for each in records if "id" in each}


def take_effect() -> None:
    by_worker(lambda: due.activate_due(actor=SYSTEM))
    work_off()
