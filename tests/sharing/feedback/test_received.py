"""What came back about own claims: newest first, by whom one may know, and in numbers."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Malformed
from orgs.accounts.actor import Role
from sharing.agreements import lifecycle
from sharing.distribution.models import Release
from sharing.dossier.selectors import observe
from sharing.feedback import received, selectors
from sharing.feedback.received import Place
from sharing.insights import showing
from sharing.insights.selectors import read_weeks
from sharing.insights.suppressing import HIDDEN
from tests.cast import acting, browser_of, home_of, person_in
from tests.coalition import collection, send
from tests.hub.api.caller import NDJSON, Caller, rows
from tests.sharing.feedback.telling import LINE, say, under
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)


def words(person, **more):
    return received.newest(acting(person), **{"limit": 50, **more})


def test_owner_reads_the_newest_first_with_its_giver_and_note(
    record, alice, bob, frank
):
    say(frank, record, "seen", count=7)
    say(bob, record, "account_closed", count=3)
    say(bob, record, "outdated", note="Gone since May.")
    newest, second, third = words(alice)
    assert [each.kind for each in (newest, second, third)] == [
        "outdated",
        "account_closed",
        "seen",
    ]
    assert newest.giver
    assert (newest.giver.name, newest.note, newest.stands) == (
        "Harbour Bank",
        "Gone since May.",
        True,
    )
    assert (second.count, second.stands, third.count) == (3, None, 7)
    assert newest.collection.name == "Fraud prevention"


def test_mended_criticism_is_told_as_such(record, alice, bob):
    say(bob, record, "wrong_type")
    assert words(alice)[0].stands
    send(alice, [{**LINE, "scam_type": "romance"}])
    assert not words(alice)[0].stands


def test_nobody_else_reads_it(record, bob, frank, carol):
    say(bob, record, "helpful")
    for person in (bob, frank, carol):
        assert words(person) == []


def test_giver_is_not_named_when_the_clause_says_so(coalition, record, alice, bob):
    under(coalition, feedback_giver="unnamed")
    say(bob, record, "helpful")
    [word] = words(alice)
    assert word.giver is None
    [shown] = Caller(alice).get("feedback").json()["feedback"]
    assert shown["giver"] is None
    assert "Harbour" not in browser_of(alice).get(reverse("feedback")).content.decode()


def test_words_go_with_the_reading_of_their_giver(
    coalition, record, alice, bob, bob_signs
):
    say(bob, record, "helpful")
    say(bob, record, "seen")
    assert len(words(alice)) == 2
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="x"
    )
    assert words(alice) == []
    led = received.led_to(acting(alice), now() - timedelta(days=1))
    assert [led.verdicts, led.sightings, led.roll_ups] == [{}, {}, {}]


def test_pages_meet_without_gap_or_repeat(record, alice, bob, frank):
    moment = now()
    with time_machine.travel(moment, tick=False):  # all at once: ties are broken
        for person in (bob, frank):
            for kind in ("seen", "blocked", "taken_down", "helpful"):
                say(person, record, kind)
    whole = [each.place for each in words(alice)]
    assert len(whole) == len(set(whole)) == 8
    for size in (1, 3, 8):
        found, after = [], None
        while rows := words(alice, after=after, limit=size):
            found += [each.place for each in rows]
            after = Place.parse(str(found[-1]))
        assert found == whole
    assert [each.place for each in received.everything(acting(alice))] == whole


@pytest.mark.parametrize("text", ["", "x", "1.v", "1.x.1", "1.v.1.1", "-1.v.1"])
def test_place_that_is_none_is_refused(text):
    with pytest.raises(Malformed):
        Place.parse(text)


def test_auditor_reads_no_feedback(record, alice):
    auditor = person_in(home_of(alice), "aud", Role.AUDITOR)
    with pytest.raises(Forbidden):
        words(auditor)
    page = showing.page(acting(auditor), read_weeks(None))
    assert "led" not in [each.name for each in page.parts]


def test_api_pages_and_streams(record, alice, bob):
    for kind in ("seen", "blocked", "helpful"):
        say(bob, record, kind)
    first = Caller(alice).get("feedback", limit="2").json()
    rest = Caller(alice).get("feedback", limit="2", after=first["next"]).json()
    kinds = [each["kind"] for each in first["feedback"] + rest["feedback"]]
    assert kinds == ["helpful", "blocked", "seen"]
    assert rest["next"] is None
    *lines, end = rows(Caller(alice).get("feedback", accept=NDJSON))
    assert [each["kind"] for each in lines] == kinds
    assert end["kind"] == "end"
    assert Caller(alice).get("feedback", after="x").status_code == 400


def test_csv_has_all_of_it_and_no_formula(record, alice, bob):
    say(bob, record, "seen", count=5)
    say(bob, record, "helpful", note="=1+1")
    told = browser_of(alice).get(reverse("feedback"), {"as": "csv"}).getvalue()
    first, second = csv.DictReader(io.StringIO(told.decode()))
    assert (first["kind"], first["note"], first["stands"]) == (
        "helpful",
        "'=1+1",
        "yes",
    )
    assert (second["kind"], second["count"]) == ("seen", "5")


def test_outcome_stands_beside_sightings_and_is_no_sighting(record, alice, bob):
    say(bob, record, "seen", count=2)
    say(bob, record, "payment_stopped", count=4)
    told = selectors.of_release(actor=acting(bob), release_id=record)
    assert (told.met, told.outcomes, told.roll_up) == (2, 4, None)
    page = observe(actor=acting(bob), release_id=record).history
    happened = {str(each.what): each.text for each in page.happenings}
    assert "payment stopped, 4 times" in happened["outcome"]
    assert "seen, 2 times" in happened["sighting"]


def test_insights_tell_what_claims_led_to_and_no_small_numbers(
    coalition, alice, bob, frank
):
    lines = [f"a{n}.scam.example" for n in range(6)]
    send(alice, lines, confidence="80", scam_type="investment")
    records = releases(alice)
    for pk in records:
        say(bob, pk, "account_closed")
        say(bob, pk, "helpful")
    for pk in records[:2]:
        say(frank, pk, "seen")
    say(frank, records[0], "false_positive")
    led = received.led_to(acting(alice), now() - timedelta(days=1))
    assert led.outcomes == {"account_closed": 6}
    assert led.sightings == {"seen": 2}
    assert led.verdicts == {"helpful": 6, "false_positive": 1}
    assert led.roll_ups == {"positive": 5, "contested": 1}
    later = received.led_to(acting(alice), now() + timedelta(days=1))
    assert not later.verdicts
    page = showing.page(acting(alice), read_weeks(None))
    [part] = [each for each in page.parts if each.name == "led"]
    tables = {each.name: {row[0]: row[1] for row in each.rows} for each in part.figures}
    assert tables["led-outcomes"] == {"account closed": 6}
    assert tables["led-sightings"] == {"seen": HIDDEN}
    assert set(tables["led-verdicts"].values()) == {HIDDEN}
    assert part.total == HIDDEN


def releases(person):
    rows = stored(Release).filter(
        owner=home_of(person), generation__collection=collection("Fraud prevention")
    )
    return [each.public_id for each in rows.order_by("seq")]
