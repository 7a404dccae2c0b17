"""The coalition's agreement among the cast, and helpers that let the worker work."""

import json
from collections.abc import Iterable
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

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
from tests.cast import acting, organization, signatory_of
from tests.founding import Founding, found
from tests.walls import WORKER, stored, working_as

FILE = settings.BASE_DIR / "hub" / "demo" / "agreement.yaml"
SIGNATORIES = {
    "meadow": "alice-signs",
    "sentry": "frank-signs",
    "harbour": "bob-signs",
    "liaison": "dana-signs",
}


@pytest.fixture
def quiet_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Celery: a test works the outbox off itself, with `work_off()`."""
    monkeypatch.setattr(outbox, "ring", lambda shard: None)


@pytest.fixture(scope="session")
def founding(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Founding | None:
    """The rows of the coalition, which each test of it gets anew."""
    with django_db_blocker.unblock(), mock.patch.object(outbox, "ring"):
        return found(_agree_anew)


def _agree_anew() -> None:
    for slug, name in SIGNATORIES.items():
        signatory_of(organization(slug), name)
    _agree()


def _agree() -> Version:
    version = agreements.apply_file(FILE, actor=SYSTEM).version
    work_off()
    return version


@pytest.fixture
def founded(request: pytest.FixtureRequest, db: None) -> None:
    """The parties are there before anybody else comes, where a test has the coalition."""
    if "coalition" in request.fixturenames:
        made = request.getfixturevalue("founding")
        if made is not None and made.fits():
            made.repeat()


@pytest.fixture
def coalition(
    founding: Founding | None,
    quiet_bells: None,
    alice_signs: User,
    frank_signs: User,
    bob_signs: User,
    dana_signs: User,
) -> Version:
    """The agreement of the demo, signed by its four parties and in force."""
    return _agree()  # the same text once more changes nothing


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
