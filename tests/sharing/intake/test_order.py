"""Chunks in whatever order, and at the same time: the claims come out the same."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from sharing import vocabulary as v
from sharing.events.models import OutboxRow
from sharing.indicators import staging
from sharing.indicators.models import Indicator
from sharing.intake import accept, selectors
from tests.cast import acting
from tests.coalition import collection, pulled, send, work_off
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
HOST = "login.scam.example"


def in_thread(work):
    def run():
        try:
            by_worker(work)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def work_until_done():
    until = time.monotonic() + 10
    while OutboxRow.objects.filter(done_at=None, dead_at=None).exists():
        work_off()
        assert time.monotonic() < until
        time.sleep(0.02)


def test_two_submissions_at_once_about_a_new_value_end_as_the_later_one_says(
    coalition, alice, dana, monkeypatch
):
    send(alice, [{"value": HOST, "confidence": 40}], work=False)  # not for the police
    send(alice, [{"value": HOST, "confidence": 80, "note": "seen"}], work=False)
    first, second = OutboxRow.objects.filter(done_at=None).order_by("id")
    written, go_on, write = threading.Event(), threading.Event(), staging.write

    def slowly(*given):
        found = write(*given)
        if not written.is_set():
            written.set()
            go_on.wait(5)
        return found

    monkeypatch.setattr(staging, "write", slowly)
    one = in_thread(lambda: accept.accept_chunk(**first.payload))
    written.wait(5)
    other = in_thread(lambda: accept.accept_chunk(**second.payload))
    time.sleep(0.3)
    go_on.set()
    one.join(5)
    other.join(5)
    claim = stored(Indicator).get()
    assert (claim.confidence, claim.revision) == (80, 2)
    assert claim.value_sealed is not None
    assert claim.note_sealed is not None
    work_off()
    assert [record["value"] for record in pulled(dana, POLICE)] == [HOST]


def test_correction_waits_for_the_claim_that_was_sent_before_it(
    coalition, alice, bob, monkeypatch
):
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    monkeypatch.setattr(accept, "WAIT", timedelta(seconds=0.05))
    only = [str(collection(POLICE))]
    batch = send(
        alice, [HOST, {"op": "correct", "value": HOST, "audience": only}], work=False
    )
    OutboxRow.objects.filter(payload__number=0).update(shard=3)
    OutboxRow.objects.filter(payload__number=1).update(shard=0)
    work_until_done()
    assert selectors.submission(acting(alice), batch.id).accepted == 2
    assert [str(each) for each in stored(Indicator).get().audience or ()] == only
    assert [each["kind"] for each in pulled(bob, FRAUD)] in ([], ["tombstone"])


@pytest.mark.parametrize("narrow_first", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_first_line_about_a_value_sets_its_audience_whatever_is_worked_first(
    coalition, alice, bob, monkeypatch, narrow_first, together
):
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    monkeypatch.setattr(accept, "WAIT", timedelta(seconds=0.05))
    only = [str(collection(POLICE))]
    said = [{"value": HOST, "audience": only}, {"value": HOST, "confidence": 90}]
    said = said if narrow_first else said[::-1]
    for lines in [said] if together else [[line] for line in said]:
        send(alice, lines, work=False)
    for place, row in enumerate(OutboxRow.objects.filter(done_at=None).order_by("id")):
        OutboxRow.objects.filter(pk=row.pk).update(shard=1 - place)
    work_until_done()
    claim = stored(Indicator).get()
    told = {str(each) for each in claim.audience or ()}
    assert (told, claim.source_line) == (
        set(only) if narrow_first else set(),
        2 if together else 1,
    )
    assert bool(pulled(bob, FRAUD)) is not narrow_first


def test_withdrawal_does_not_wait_for_those_that_name_an_audience(
    coalition, alice, monkeypatch
):
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    send(alice, [HOST])
    only = [str(collection(POLICE))]
    send(
        alice,
        [
            {"value": "a.scam.example", "audience": only},
            {"op": "withdraw", "value": HOST},
        ],
        work=False,
    )
    second = OutboxRow.objects.filter(done_at=None).latest("id")
    by_worker(lambda: accept.accept_chunk(**second.payload))
    assert stored(Indicator).get().state == "withdrawn"


def test_correction_does_not_wait_for_a_chunk_that_is_dead(
    coalition, alice, monkeypatch
):
    monkeypatch.setattr(v, "CHUNK_LINES", 1)
    send(alice, [HOST])
    lines = ["other.scam.example", {"op": "correct", "value": HOST, "confidence": 90}]
    send(alice, lines, work=False)
    OutboxRow.objects.filter(payload__number=0, done_at=None).update(
        dead_at="2026-01-01T00:00:00Z"
    )
    work_off()
    assert stored(Indicator).get().confidence == 90
