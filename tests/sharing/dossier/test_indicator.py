"""The page of an observable: what one may see of it, and may join, and nothing else."""

import csv
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from hub.lib.clock import now
from orgs.accounts.actor import Role
from sharing.agreements.models import Grant
from sharing.dossier import history, selectors
from tests.cast import acting, browser_of, home_of, person_in
from tests.coalition import collection, send
from tests.sharing.agreements.conftest import clause
from tests.sharing.distribution.test_related import (
    BANK,
    FRAUD,
    HOST,
    LINE,
    MEADOW,
    OTHER,
    SENTRY,
    VENDOR,
    between,
    one,
    shows,
)
from tests.sharing.feedback.telling import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known(coalition, alice, frank):
    """Two members know one host, and each another that the other does not."""
    send(alice, [{"value": HOST, **LINE, "first_seen": "2026-10-01T08:00:00Z"}])
    send(alice, [{"value": OTHER, **LINE}])
    send(frank, [{"value": HOST, **LINE, "confidence": 60}])


def read(person, release_id: str, **query: str) -> str:
    answer = browser_of(person).get(reverse("indicator", args=[release_id]), query)
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def observed(person, release_id, **said):
    return selectors.observe(actor=acting(person), release_id=release_id, **said)


def test_all_releases_that_one_may_join_are_on_one_page(known, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY)
    page = read(bob, mine)
    assert MEADOW in page
    assert SENTRY in page
    assert f'id="record-{other}"' in page
    assert "fewer than 5" in page
    assert "Clause “Fraud prevention” of “Coalition against scams”, version 1" in page
    assert "Use it for" in page
    assert observed(bob, mine).count == 1
    assert observed(bob, one(bob, FRAUD, MEADOW, OTHER)).count == 0


def test_streams_of_tokens_stay_apart(known, bob):
    vendors = one(bob, VENDOR, SENTRY)
    assert f'id="record-{vendors}"' not in read(bob, one(bob, FRAUD, SENTRY))
    assert observed(bob, vendors).count == 0


def test_collections_that_show_the_value_come_together_with_their_own_terms(
    coalition, alice, frank, bob
):
    between(shows("One", "meadow"), shows("Two", "sentry"))
    for person in (alice, frank):
        send(person, [{"value": HOST, **LINE}])
    first, second = one(bob, "One", MEADOW), one(bob, "Two", SENTRY)
    found = observed(bob, first)
    titles = {each.why.release: each.why.collection.name for each in found.others}
    assert {str(release): title for release, title in titles.items()}[second] == "Two"
    Grant.objects.filter(collection=collection("Two")).update(valid_until=now())
    assert "Two" not in {
        each.why.collection.name for each in observed(bob, first).others
    }


def test_own_claim_stands_beside_those_of_others(known, bob):
    mine = one(bob, FRAUD, MEADOW)
    assert observed(bob, mine).own is None
    send(bob, [{"value": HOST, **LINE, "confidence": 33}])
    own = observed(bob, mine).own
    assert own is not None
    assert own.confidence == 33
    page = read(bob, mine)
    assert reverse("claim", args=[own.id]) in page
    assert "Your organization claimed it." in page
    assert observed(bob, one(bob, FRAUD, MEADOW, OTHER)).own is None


def told(person, release_id) -> list[tuple[str, str]]:
    found = observed(person, release_id).history.happenings
    return [(str(each.what), each.text) for each in found]


def test_history_tells_first_seen_releases_redactions_and_recalls(known, alice, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY)
    before = told(bob, other)
    assert ("first seen", "First seen, says Meadow Social.") in before
    assert ("released", "Released to you: the claim of Sentry Security.") in before
    assert "recalled" not in dict(before)
    page = read(bob, mine)
    assert "note: not handed over" in page
    send(alice, [{"op": "correct", "value": HOST, "confidence": 90}])
    assert "Revision 2 of the claim of Meadow Social." in dict(told(bob, mine)).values()
    send(alice, [{"op": "withdraw", "value": HOST}])
    after = dict(told(bob, other))
    assert "Taken back" in after["recalled"]
    assert MEADOW not in str(after), "a tombstone names nobody"


def test_record_that_was_taken_back_is_about_nothing_any_more(known, alice, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY)
    send(bob, [{"value": HOST, **LINE}])
    send(alice, [{"op": "withdraw", "value": HOST}])
    found = observed(bob, mine)
    assert (found.others, found.own) == ((), None)
    assert [what for what, _ in told(bob, mine)].count("recalled") == 1
    page = read(bob, mine)
    assert "This record was taken back." in page
    assert "Delete what you keep under this id" in page
    assert other not in page


def test_sightings_and_verdicts_stand_on_the_page_and_in_the_history(known, alice, bob):
    mine = one(bob, FRAUD, MEADOW)
    say(bob, mine, "saw_this_too")
    say(bob, mine, "seen", count=3)
    said = dict(told(bob, mine))
    assert said["verdict"] == "Your organization: saw this too."
    assert said["sighting"].startswith("Your organization: seen, 3 times since ")
    page = read(bob, mine)
    assert "What do you say?" in page
    assert "Take back what your organization said" in page
    of_owner = dict(told(alice, mine))
    assert "saw this too." in of_owner["verdict"]
    assert "It is your own claim" in read(alice, mine)
    send(alice, [{"op": "withdraw", "value": HOST}])
    assert "What do you say?" not in read(bob, mine)


def test_what_one_may_not_see_changes_nothing(known, bob, frank, dana, carol):
    mine = one(bob, FRAUD, MEADOW)
    before = observed(bob, mine)
    for person in (dana, carol):
        send(person, [{"value": HOST, **LINE}])
        send(person, [{"op": "withdraw", "value": HOST}])
    send(frank, [{"value": OTHER, **LINE, "tlp": "red"}])
    assert observed(bob, mine) == before


def test_what_joins_nothing_lists_no_others(known, bob, monkeypatch):
    mine = one(bob, FRAUD, MEADOW)
    monkeypatch.setattr(selectors, "CORRELATION_CAP", 1)
    found = observed(bob, mine)
    assert found.correlation.over_correlating
    assert found.others == ()
    page = read(bob, mine)
    assert "Other records are not listed." in page
    assert SENTRY not in page


def test_records_and_history_come_page_by_page(
    coalition, alice, frank, dana, bob, monkeypatch
):
    givers = ["meadow", "sentry", "liaison"]
    between(clause("Pool", **{"from": givers, "to": BANK}))
    for person in (alice, frank, dana):
        send(person, [{"value": HOST, **LINE}])
    mine = one(bob, "Pool", MEADOW)
    first = observed(bob, mine, limit=1)
    assert len(first.others) == 1
    second = observed(bob, mine, limit=1, after=first.next)
    assert second.next is None
    assert [*first.others, *second.others] == [*observed(bob, mine, limit=9).others]
    monkeypatch.setattr(history, "PAGE", 2)
    whole, before = 0, ""
    while True:
        page = observed(bob, mine, before=before or None).history
        whole += len(page.happenings)
        if page.earlier is None:
            break
        before = page.earlier
    monkeypatch.setattr(history, "PAGE", 100)
    assert whole == len(observed(bob, mine).history.happenings) > 4


def test_page_can_be_taken_along_as_a_table(known, bob):
    mine = one(bob, FRAUD, MEADOW)
    answer = browser_of(bob).get(reverse("indicator", args=[mine]), {"as": "csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(answer.getvalue().decode().splitlines()))
    assert {line["originator"] for line in lines} == {MEADOW, SENTRY}
    assert {line["clause"] for line in lines} == {FRAUD}


def test_only_readers_of_the_collection_open_it(known, meadow, bob, dana, carol):
    mine = one(bob, FRAUD, MEADOW)
    path = reverse("indicator", args=[mine])
    for stranger in (dana, carol):
        assert browser_of(stranger).get(path).status_code == 404
    for role in (Role.AUDITOR, Role.SIGNATORY):
        person = person_in(home_of(bob), str(role), role)
        assert browser_of(person).get(path).status_code == 403
    unknown = reverse("indicator", args=[uuid4()])
    assert browser_of(bob).get(unknown).status_code == 404


@pytest.mark.parametrize("query", [{"after": "none"}, {"before": "now"}])
def test_page_that_cannot_be_read_is_refused(known, bob, query):
    mine = one(bob, FRAUD, MEADOW)
    answer = browser_of(bob).get(reverse("indicator", args=[mine]), query)
    assert answer.status_code == 400
