"""The coalition's agreement among the cast, and helpers that let the worker work."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing import pipeline
from sharing.agreements import services as agreements
from sharing.agreements.models import Collection, Version
from sharing.events import services as outbox
from sharing.feeds import selectors as feeds
from sharing.intake import services as intake
from sharing.intake.models import Submission
from tests.cast import acting
from tests.walls import WORKER, stored, working_as

FILE = settings.BASE_DIR / "hub" / "demo" / "agreement.yaml"


@pytest.fixture
def quiet_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Celery: a test works the outbox off itself, with `work_off()`."""
    monkeypatch.setattr(outbox, "ring", lambda shard: None)


@pytest.fixture
def coalition(
    quiet_bells: None,
    alice_signs: User,
    frank_signs: User,
    bob_signs: User,
    dana_signs: User,
) -> Version:
    """The agreement of the demo, signed by its four parties and in force."""
    version = agreements.apply_file(FILE, actor=SYSTEM).version
    work_off()
    return version


def work_off() -> int:
    """Do everything that the outbox holds, as the worker would; returns how many rows."""
    total = 0
    with working_as(WORKER):
        while shards := outbox.shards_due():
            done = sum(pipeline.drain(shard) for shard in shards)
            if not done:
                break
            total += done
    return total


def send(
    person: User, lines: Iterable[Any], *, work: bool = True, **defaults: str
) -> Submission:
    """Submit lines (objects or bare values) for a person's organization."""
    body = "\n".join(json.dumps(line) for line in lines)
    batch, _ = intake.submit(
        actor=acting(person),
        stream=[body.encode()],
        content_type="application/x-ndjson",
        defaults=defaults,
    )
    if work:
        work_off()
        batch = stored(Submission).get(pk=batch.pk)
    return batch


def collection(title: str) -> UUID:
    return Collection.objects.get(title=title).pk


def pulled(
    person: User, title: str, after: Cursor | None = None, limit: int = 1000
) -> list[dict[str, Any]]:
    """Everything a person's organization is served of a collection after a cursor."""
    cursor, records, more = after or Cursor(), [], True
    while more:
        page = feeds.page(acting(person), collection(title), cursor, limit)
        records += [json.loads(line) for line in page.records]
        cursor, more = page.next, page.more
    return records
