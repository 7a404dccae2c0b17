"""Depths and troubled rows; dead and stuck ones are tried again, nothing else is."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from hub.lib.clock import now
from hub.lib.errors import Forbidden
from orgs.accounts.actor import SYSTEM
from orgs.audit.models import AuditEvent
from sharing.events import queues
from sharing.events import services as outbox
from sharing.events.models import OutboxRow
from tests.cast import acting

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def bells(monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr(outbox, "ring", rung.append)
    return rung


def row(**facts) -> OutboxRow:
    known = {"kind": "claims_changed", "created_at": now(), "not_before": now()}
    return OutboxRow.objects.create(**{**known, **facts})


def places(shard: int = 0) -> dict[str, int]:
    depth = queues.by_shard()[shard]
    names = ("waiting", "scheduled", "at_work", "stuck", "dead")
    return {name: n for name in names if (n := getattr(depth, name))}


def test_rows_are_counted_where_they_stand() -> None:
    row()
    row(not_before=now() + HOUR)
    row(leased_until=now() + HOUR, attempts=1)
    row(not_before=now() - HOUR)
    row(attempts=queues.STUCK_ATTEMPTS, not_before=now() + timedelta(seconds=5))
    row(dead_at=now())
    row(done_at=now())
    row(shard=2, dead_at=now())
    assert places() == {
        "waiting": 1,
        "scheduled": 1,
        "at_work": 1,
        "stuck": 2,
        "dead": 1,
    }
    assert places(2) == {"dead": 1}
    oldest = queues.by_shard()[0].oldest
    assert oldest is not None
    assert now() - oldest >= HOUR


def test_row_that_somebody_is_at_is_not_stuck_however_long_it_takes() -> None:
    long = row(not_before=now() - HOUR, leased_until=now() - HOUR, attempts=1)
    assert places() == {"stuck": 1}
    held, done = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic():
            OutboxRow.objects.select_for_update().get(pk=long.pk)
            held.set()
            done.wait(10)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert held.wait(10)
    try:
        assert places() == {"at_work": 1}
        assert queues.letters(SYSTEM, dead=False) == []
        assert outbox.retry([long.pk]) == 0
    finally:
        done.set()
        worker.join(10)
    assert outbox.retry([long.pk]) == 1


def test_retry_leaves_alone_what_is_neither_dead_nor_stuck(bells, erin) -> None:
    well = [
        row(),
        row(leased_until=now() + HOUR, attempts=4),
        row(not_before=now() + HOUR),
        row(done_at=now()),
    ]
    dead = row(dead_at=now(), attempts=8, last_error="x.Y", shard=3)
    stuck = row(not_before=now() - HOUR, attempts=5)
    ids = [each.pk for each in [*well, dead, stuck]]
    assert outbox.retry(ids, actor=acting(erin)) == 2
    assert sorted(bells) == [0, 3]
    dead.refresh_from_db()
    assert (dead.dead_at, dead.attempts, dead.lease) == (None, 0, None)
    assert outbox.retry(ids, actor=acting(erin)) == 0, "twice is once"
    [event] = AuditEvent.objects.filter(verb="events:dead-letter:retry")
    assert event.user_id == erin.pk
    assert event.detail == {"letters": 2, "rows": [dead.pk, stuck.pk]}


def test_retry_and_lists_are_for_staff_alone(alice) -> None:
    dead = row(dead_at=now())
    for call in (
        lambda: outbox.retry([dead.pk], actor=acting(alice)),
        lambda: queues.letters(acting(alice), dead=True),
        lambda: queues.chunks_by_owner(acting(alice)),
    ):
        with pytest.raises(Forbidden):
            call()
    dead.refresh_from_db()
    assert dead.dead_at is not None


def test_letters_go_on_where_the_page_before_ended(monkeypatch) -> None:
    monkeypatch.setattr(queues, "LISTED", 2)
    made = [row(dead_at=now(), last_error="a.b.Broken").pk for _ in range(3)]
    first = queues.letters(SYSTEM, dead=True)
    assert [each.pk for each in first] == made[:0:-1]
    [last] = queues.letters(SYSTEM, dead=True, before=first[-1].pk)
    assert (last.pk, last.error) == (made[0], "Broken")
