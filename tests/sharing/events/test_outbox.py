"""The outbox: claimed by one, done with its work, tried again, dead in the end."""

from datetime import timedelta

import pytest
from django.db import transaction

from hub.lib.clock import now
from sharing import pipeline
from sharing.events import services as outbox
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow

pytestmark = pytest.mark.django_db(transaction=True)

KIND = Kind.CLAIMS_CHANGED


@pytest.fixture
def bells(monkeypatch):
    rung: list[int] = []
    monkeypatch.setattr(outbox, "ring", rung.append)
    return rung


@pytest.fixture
def handler(monkeypatch, bells):
    calls = []
    monkeypatch.setitem(pipeline.HANDLERS, KIND, lambda **ids: calls.append(ids))
    return calls


def publish(count=1, shard=0):
    with transaction.atomic():
        for number in range(count):
            outbox.publish(KIND, shard=shard, batch=number)


def publish_and_fail():
    with transaction.atomic():
        outbox.publish(KIND, batch=1)
        raise ZeroDivisionError


def claimed() -> outbox.Claimed:
    row = outbox.claim(0)
    assert row is not None
    return row


def test_publish_rings_once_per_shard_after_the_commit(bells):
    with transaction.atomic():
        outbox.publish(KIND, shard=1, batch=1)
        outbox.publish(KIND, shard=1, batch=2)
        outbox.publish(KIND, shard=6, batch=3)
        assert bells == []
    assert bells == [1, 2]


def test_publish_leaves_nothing_when_its_transaction_fails(bells):
    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert (OutboxRow.objects.count(), bells) == (0, [])


def test_drain_does_every_row_of_its_shard_in_order(handler):
    publish(3)
    publish(shard=1)
    assert pipeline.drain(0) == 3
    assert [call["batch"] for call in handler] == [0, 1, 2]
    assert outbox.open_rows() == 1


def test_row_is_claimed_by_one_only(handler):
    publish()
    assert outbox.claim(0) is not None
    assert outbox.claim(0) is None


def test_row_of_a_dead_worker_is_claimed_again_when_its_lease_is_over(handler):
    publish()
    first = claimed()
    OutboxRow.objects.update(leased_until=now() - timedelta(seconds=1))
    second = claimed()
    assert second.pk == first.pk
    assert (second.attempts, second.lease) != (first.attempts, first.lease)
    assert pipeline.work(first) is False  # its lease went to another
    assert pipeline.work(second) is True
    assert len(handler) == 1


def test_work_and_done_mark_commit_together_or_not_at_all(monkeypatch, bells):
    def fails(**_):
        OutboxRow.objects.update(payload={"half": "done"})
        raise RuntimeError("a secret +447700900123")

    monkeypatch.setitem(pipeline.HANDLERS, KIND, fails)
    publish()
    assert pipeline.drain(0) == 0
    row = OutboxRow.objects.get()
    assert (row.done_at, row.payload) == (None, {"batch": 0})
    assert row.not_before > now()
    assert row.last_error == "builtins.RuntimeError"


def test_row_is_among_the_dead_letters_when_it_failed_too_often(
    monkeypatch, settings, bells
):
    settings.OUTBOX_MAX_ATTEMPTS = 2

    def fails(**_):
        raise RuntimeError

    monkeypatch.setitem(pipeline.HANDLERS, KIND, fails)
    publish(2)
    for _ in range(2):
        OutboxRow.objects.update(not_before=now())
        pipeline.drain(0)
    assert OutboxRow.objects.filter(dead_at__isnull=False).count() == 2
    assert outbox.shards_due() == []


def test_row_that_kills_its_worker_is_dead_without_ever_failing(settings, handler):
    settings.OUTBOX_MAX_ATTEMPTS = 2
    publish(2)
    OutboxRow.objects.filter(payload__batch=0).update(attempts=2)
    assert pipeline.drain(0) == 1
    dead = OutboxRow.objects.get(dead_at__isnull=False)
    assert dead.payload == {"batch": 0}


def test_retry_gives_a_dead_letter_another_chance(settings, handler, bells):
    settings.OUTBOX_MAX_ATTEMPTS = 1
    publish()
    OutboxRow.objects.update(attempts=1)
    pipeline.drain(0)
    dead = OutboxRow.objects.get(dead_at__isnull=False)
    bells.clear()
    assert outbox.retry([dead.pk]) == 1
    assert bells == [0]
    assert pipeline.drain(0) == 1
