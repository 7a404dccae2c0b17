"""Long runs without a hit: counted by organization, collection and type, told to staff."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from hub.lib.clock import now
from orgs.audit.models import AuditEvent
from sharing import tasks
from sharing import vocabulary as v
from sharing.lookup import housekeeping, quota
from sharing.lookup.models import LookupCount
from sharing.tokens import voprf
from tests.cast import browser_of, home_of
from tests.coalition import collection, send
from tests.hub.api.caller import Caller
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, VENDOR = "Fraud prevention", "Vendor exchange"
HOST = "login.scam.example"


@pytest.fixture
def known(coalition, alice, monkeypatch):
    send(alice, [{"value": HOST, "confidence": 80, "scam_type": "investment"}])
    monkeypatch.setattr(v, "LOOKUP_DRY_RUN", 4)


def ask(person, *values, streams=(FRAUD,)):
    body = {
        "values": list(values),
        "collections": [str(collection(s)) for s in streams],
    }
    assert Caller(person).post("lookups", body).status_code == 200


def hosts(count: int) -> list[str]:
    return [f"{number}.example" for number in range(count)]


def runs() -> list[tuple[object, str, dict]]:
    events = AuditEvent.objects.filter(verb="lookup:releases:run-without-hits")
    return [(e.organization_id, e.subject, e.detail) for e in events.order_by("pk")]


def test_long_run_without_hits_is_put_on_record_once(known, bob):
    for _ in range(3):
        ask(bob, *hosts(2))
    told = (home_of(bob).pk, str(collection(FRAUD)), {"kind": "domain", "asked": 4})
    assert runs() == [told]


def test_run_that_goes_on_is_put_on_record_again(known, bob):
    for _ in range(2):
        ask(bob, *hosts(5))
    assert [each[2]["asked"] for each in runs()] == [5, 10]


@pytest.mark.parametrize("apart", ["organization", "collection", "type"])
def test_runs_of_others_are_other_runs(known, bob, alice, apart):
    second = {"organization": alice}.get(apart, bob)
    streams = {"collection": (VENDOR,)}.get(apart, (FRAUD,))
    others = ["+442079460951", "+442079460952"] if apart == "type" else hosts(2)
    ask(bob, *hosts(2))
    ask(second, *others, streams=streams)
    assert runs() == []
    ask(bob, *hosts(2))
    assert len(runs()) == 1


def test_hit_ends_a_run(known, bob):
    for number in range(3):
        ask(bob, f"{number}.example", HOST)
    ask(bob, *hosts(3))
    assert runs() == []


def test_run_goes_on_after_midnight(known, bob):
    ask(bob, *hosts(3))
    with time_machine.travel(now() + timedelta(days=3)):
        ask(bob, *hosts(1))
    assert [each[2]["asked"] for each in runs()] == [4]


def test_hit_of_the_day_before_ends_a_run_too(known, bob):
    ask(bob, *hosts(3))
    ask(bob, HOST)
    with time_machine.travel(now() + timedelta(days=1)):
        ask(bob, *hosts(3))
    assert runs() == []


def test_counts_are_forgotten_when_nothing_needs_them(known, bob, frank):
    ask(bob, *hosts(1))
    ask(frank, *hosts(1))
    later = now() + v.LOOKUP_COUNTS_KEPT
    assert by_worker(housekeeping.forget_counts, later) == 0
    assert by_worker(housekeeping.forget_counts, later + timedelta(days=1)) == 2
    assert not stored(LookupCount).exists()


def test_counts_are_forgotten_every_hour(known, bob):
    ask(bob, *hosts(1))
    stored(LookupCount).update(day=now().date() - timedelta(days=99))
    by_worker(tasks.sweep)
    assert not stored(LookupCount).exists()


def test_staff_are_told_of_runs_and_refusals(known, bob, erin, monkeypatch):
    for _ in range(2):
        ask(bob, *hosts(4))
    monkeypatch.setattr(v, "LOOKUPS_OF_FEW", 0)
    body = {"values": ["+442079460951"], "collections": [str(collection(FRAUD))]}
    for _ in range(3):
        assert Caller(bob).post("lookups", body).status_code == 429
    page = browser_of(erin).get(reverse("lookup-alarms")).content.decode()
    assert page.count("<td>Harbour Bank</td>") == 2
    assert page.count("<td>Fraud prevention</td>") == 2
    assert "8 in a row without a hit" in page
    assert "refused 3 times, beyond a day" in page
    assert "0.example" not in page
    assert "2079460951" not in page


def test_oblivious_refusal_is_on_record(known, bob, monkeypatch):
    monkeypatch.setattr(quota, "quota", lambda kind: 0)
    path = f"collections/{collection(FRAUD)}/oprf/evaluate"
    blinded = [voprf.blind(b"1").element.hex()]
    answer = Caller(bob).post(path, {"generation": 1, "scheme": 2, "blinded": blinded})
    assert answer.status_code == 429, answer.content
    (event,) = AuditEvent.objects.filter(verb="lookup:releases:refuse")
    assert (event.subject, event.detail) == (
        str(collection(FRAUD)),
        {"kind": "oblivious"},
    )


def test_staff_see_that_there_is_nothing_to_ask_about(coalition, erin, bob):
    ask(bob, *hosts(2))
    page = browser_of(erin).get(reverse("lookup-alarms"))
    assert "No run of look-ups without a hit" in page.content.decode()


def test_alarms_are_for_staff_alone(known, bob):
    assert browser_of(bob).get(reverse("lookup-alarms")).status_code == 403
