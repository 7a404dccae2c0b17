"""Feedback on the screen, as a browser without scripts sends it."""

from html import unescape

import pytest
from django.urls import reverse

from sharing.feedback.models import Sighting, Verdict
from sharing.indicators.models import Indicator
from tests.cast import browser_of, home_of
from tests.coalition import send
from tests.sharing.feedback.telling import HOST, LINE, release_of, say, under
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)
MANY = "/received/feedback"


def page(person, path):
    return unescape(browser_of(person).get(path).content.decode())


def why(record):
    return reverse("release-why", args=[record])


def test_page_of_a_record_takes_feedback_and_shows_it(record, bob, frank):
    sent = {"release": record, "kind": "blocked", "count": "7", "back": "1"}
    answer = browser_of(bob).post(MANY, sent, follow=True)
    assert answer.redirect_chain == [(why(record), 302)]
    said = {"release": record, "kind": "false_positive", "note": "Ours.", "back": "1"}
    shown = unescape(browser_of(bob).post(MANY, said, follow=True).content.decode())
    assert "Blocked it, 7 times" in shown
    assert "False positive" in shown
    assert "Ours." in shown
    assert ">negative</span>" in shown
    assert "Nothing yet, as far as you may see." in page(frank, why(record))
    taken = reverse("feedback-take-back", args=[record])
    assert browser_of(bob).post(taken).status_code == 302
    assert not stored(Verdict).exists()
    assert browser_of(bob).post(taken).status_code == 404


def test_owner_sees_who_said_what_on_the_page_of_its_claim(record, alice, bob):
    say(bob, record, "confirmed_harmful", note="Blocked at once.")
    claim = stored(Indicator).get(owner=home_of(alice)).pk
    shown = page(alice, f"/claims/{claim}")
    assert "What recipients say about it" in shown
    assert "Harbour Bank" in shown
    assert "Blocked at once." in shown
    assert ">positive</span>" in shown


def test_rows_of_a_look_up_are_spoken_about_together(coalition, alice, bob, frank):
    under(coalition, feedback="recipients")
    other = "other.scam.example"
    send(alice, [LINE, {**LINE, "value": other}])
    send(frank, [LINE])
    browser = browser_of(bob)
    shown = browser.post("/look-up", {"lines": f"{HOST}\n{other}"})
    records = [
        each.partition('"')[0]
        for each in shown.content.decode().split('name="record" value="')[1:]
    ]
    assert sorted(each[0] for each in records) == ["1", "1", "2"]
    sent = {"row": ["1"], "record": records, "kind": "saw_this_too"}
    told = browser.post(MANY, sent).content.decode()
    assert "Said of 2 of 2 records" in told
    assert stored(Verdict).count() == 2
    part = browser.post(MANY, sent, headers={"HX-Request": "true"}).content.decode()
    assert part.count("hx-swap-oob") == 2
    again = browser.post("/look-up", {"lines": HOST}).content.decode()
    assert again.count(">positive</span>") == 2
    assert "you: Saw this too" in again
    franks = browser_of(frank).post("/look-up", {"lines": HOST}).content.decode()
    assert franks.count(">positive</span>") == 2


def test_look_up_shows_nothing_of_what_goes_to_the_contributor_alone(
    record, bob, frank
):
    say(bob, record, "false_positive")
    say(bob, record, "seen")
    shown = browser_of(frank).post("/look-up", {"lines": HOST}).content.decode()
    assert ">negative</span>" not in shown
    assert "met 1 time" not in shown


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({}, 422, "Choose at least one record."),
        ({"kind": "no such"}, 422, "Select a valid choice."),
        ({"count": "0", "kind": "seen"}, 422, "greater than or equal to 1"),
        ({"kind": "seen"}, 200, "There is no such release for you."),
    ],
)
def test_what_cannot_be_taken_is_said(record, carol, sent, status, sentence):
    sent = {"release": record, **sent} if sent else {"kind": "seen"}
    answer = browser_of(carol).post(MANY, sent)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert not stored(Sighting).exists()


def test_own_record_offers_no_form(record, alice):
    shown = page(alice, why(record))
    assert "It is your own claim" in shown
    assert "Give feedback" not in shown
    assert release_of(alice) == record
