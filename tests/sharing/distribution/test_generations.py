"""Amendments while claims flow: what an older Version let out is served no more."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
import yaml
from django.db import connection, transaction

from hub.lib.clock import now
from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM
from sharing import vocabulary as v
from sharing.agreements import services as agreements
from sharing.agreements.models import Agreement, Generation, StreamHead
from sharing.distribution import backfill, housekeeping, planning, writing
from sharing.distribution.models import Backfill, ControlRecord, Release
from sharing.events.models import OutboxRow
from sharing.feeds import selectors as feeds
from sharing.indicators import services as indicators
from sharing.indicators.models import Indicator
from tests.cast import acting
from tests.coalition import FILE, collection, pulled, send, work_off
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
HOST = "login.scam.example"


@pytest.fixture
def amend(coalition, tmp_path):
    """Put an amendment into force: clauses change by name, and go on where they were."""

    def do(*, work=True, **terms):
        text = yaml.safe_load(FILE.read_text())
        for each in text["clauses"]:
            each["continues"] = each["name"]
            if each["name"] == FRAUD:
                each.update(terms)
        path = tmp_path / "amended.yaml"
        path.write_text(yaml.safe_dump(text))
        agreements.apply_file(path, actor=SYSTEM)
        if work:
            work_off()

    return do


def live(title=FRAUD):
    return Generation.objects.get(collection=collection(title), state="live")


def test_nothing_of_an_older_wider_version_is_served_in_any_way(
    amend, alice, bob, dana
):
    send(alice, [{"value": HOST, "confidence": 40}, {"value": "b.scam.example"}])
    before = pulled(bob, FRAUD)
    assert len(before) == 2
    amend(min_confidence=50, work=False)
    who, stream = acting(bob), collection(FRAUD)
    assert feeds.page(who, stream, Cursor(1, 1), 9).records == [], "not rebuilt yet"
    assert feeds.newest(who, stream).records == []
    assert feeds.collection(who, stream).releases == 0
    assert [key.generation for key in feeds.keys(who, stream)] == [2]
    work_off()
    records = pulled(bob, FRAUD, after=Cursor(1, 1))
    begins, kept, lost, complete = records
    assert (begins["event"], complete["event"]) == (
        "generation_begins",
        "build_complete",
    )
    assert (kept["kind"], lost["kind"]) == ("release", "tombstone")
    assert {kept["id"], lost["id"]} == {each["id"] for each in before}
    assert "token" not in lost, "who never had it learns nothing of it"
    assert feeds.collection(who, stream).releases == 1


def test_batch_decided_before_an_amendment_is_decided_again(
    amend, alice, bob, monkeypatch
):
    send(alice, [{"value": HOST, "confidence": 40}], work=False)
    stage = writing._stage

    def overtaken(*given):
        stage(*given)
        if Generation.objects.filter(number=2).exists():
            return
        thread = threading.Thread(target=apply)
        thread.start()
        thread.join(10)

    def apply():
        try:
            amend(min_confidence=50, work=False)
        finally:
            connection.close()

    monkeypatch.setattr(writing, "_stage", overtaken)
    work_off()
    assert live().number == 2
    assert not stored(Release).filter(generation=live()).exists()
    assert [each["kind"] for each in pulled(bob, FRAUD)] == ["control"] * 2


def test_stale_plan_never_overwrites_a_newer_one(coalition, alice, bob, monkeypatch):
    send(alice, [{"value": HOST, "confidence": 60}], work=False)
    done: list[bool] = []
    plan = planning.Planner.plan

    def overtaken(self, claims):
        found = plan(self, claims)
        if not done:
            done.append(True)
            thread = threading.Thread(target=withdraw)
            thread.start()
            thread.join(10)
        return found

    def withdraw():
        try:
            send(alice, [{"op": "withdraw", "value": HOST}])
        finally:
            connection.close()

    monkeypatch.setattr(planning.Planner, "plan", overtaken)
    work_off()
    assert done
    assert [each["kind"] for each in pulled(bob, FRAUD)] in ([], ["tombstone"])


def test_new_generation_retains_no_longer_than_the_first_promised(amend, alice, bob):
    send(alice, [HOST])
    until = now() + timedelta(days=3)
    stored(Release).update(retain_until=until)
    amend(min_confidence=50)
    assert stored(Release).get(generation=live()).retain_until == until
    with time_machine.travel(until + timedelta(seconds=1)):
        assert not [r for r in pulled(bob, FRAUD) if r["kind"] == "release"]
        assert by_worker(housekeeping.end_retention) > 0
        send(alice, [{"value": HOST, "confidence": 90}])
        assert stored(Release).get(generation=live()).state == "tombstone"


def test_closed_generation_keeps_no_content_and_does_not_hold_up_the_live_one(
    amend, alice, bob, monkeypatch
):
    hosts = [f"host-{n}.scam.example" for n in range(3)]
    send(alice, hosts)
    amend(min_confidence=50)
    monkeypatch.setattr(v, "RELEASE_ROWS", 2)
    stored(Release).filter(generation__collection=collection(FRAUD)).update(
        retain_until=now()
    )
    assert [by_worker(housekeeping.end_retention) for _ in range(3)] == [2, 1, 0]
    assert not stored(Release).filter(generation=live(), state="live").exists()
    old = stored(Release).filter(generation__state="closed")
    assert old.exists()
    assert by_worker(housekeeping.empty_closed) > 0
    assert not old.filter(generation__collection=collection(FRAUD)).exists()


def test_content_of_a_closed_generation_goes_and_the_value_with_it(amend, alice, dana):
    send(alice, [HOST])
    assert pulled(dana, POLICE)[0]["value"] == HOST
    Generation.objects.filter(collection=collection(POLICE)).update(state="closed")
    later = now() + timedelta(hours=2)
    assert by_worker(housekeeping.forget_values, later) == 0
    assert by_worker(housekeeping.empty_closed) == 1
    assert by_worker(housekeeping.forget_values, later) == 1
    assert stored(Indicator).get().value_sealed is None
    left = stored(Release).get(generation__collection=collection(POLICE))
    assert (left.payload, left.retain_until > now()) == (None, True)


def test_value_that_was_sent_again_meanwhile_is_not_forgotten(coalition, alice):
    send(alice, [HOST])
    (claim,) = stored(Indicator).all()
    before = now() - timedelta(hours=1)
    assert by_worker(indicators.forget_values, claim.owner_id, [claim.pk], before) == 0
    assert stored(Indicator).get().value_sealed is not None


def test_tombstones_are_swept_a_few_at_a_time(coalition, alice, monkeypatch):
    send(alice, [f"host-{n}.scam.example" for n in range(5)])
    gone = [{"op": "withdraw", "value": f"host-{n}.scam.example"} for n in range(5)]
    send(alice, gone)
    monkeypatch.setattr(v, "RELEASE_ROWS", 2)
    assert by_worker(housekeeping.sweep_tombstones, now() + timedelta(days=91)) == 10
    head = StreamHead.objects.get(generation=live())
    assert (head.horizon_seq, head.next_seq) == (10, 11)


def test_embargoed_claims_come_in_although_a_worker_is_behind_its_database(
    amend, alice, bob
):
    send(alice, [HOST])
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=20)
    amend(embargo_until=end.isoformat())
    generation = live()
    assert (
        not stored(ControlRecord)
        .filter(generation=generation, kind="build_complete")
        .exists()
    ), "nothing was built yet"
    version = Agreement.objects.get().active_version_id
    with time_machine.travel(end - timedelta(milliseconds=50)), transaction.atomic():
        by_worker(backfill.start, str(version))
    again = OutboxRow.objects.filter(kind="version_activated", done_at=None)
    assert again.filter(not_before__gt=end).exists()
    with time_machine.travel(end + timedelta(seconds=5)):
        with transaction.atomic():
            by_worker(backfill.start, str(version))
            for row in Backfill.objects.filter(generation=generation):
                by_worker(backfill.step, row.pk)
        releases = [r for r in pulled(bob, FRAUD) if r["kind"] == "release"]
    assert len(releases) == 1


def test_build_is_complete_when_the_last_two_contributors_end_at_once(amend, bob):
    amend(min_confidence=50, work=False)
    with transaction.atomic():
        by_worker(backfill.start, str(Agreement.objects.get().active_version_id))
    first, last = Backfill.objects.filter(generation=live()).order_by("pk")
    done = threading.Event()

    def other():
        try:
            with transaction.atomic():
                by_worker(backfill.step, last.pk)
            done.set()
        finally:
            connection.close()

    with transaction.atomic():
        by_worker(backfill.step, first.pk)
        thread = threading.Thread(target=other)
        thread.start()
        assert not done.wait(0.5)
    thread.join(10)
    built = OutboxRow.objects.filter(kind="generation_built")
    assert [row.payload for row in built] == [{"generation": live().pk}]
    work_off()
    events = [
        json.loads(line)
        for line in feeds.newest(acting(bob), collection(FRAUD)).records
    ]
    assert [each["event"] for each in events] == ["build_complete", "generation_begins"]
