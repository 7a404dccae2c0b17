"""What my organization received, on the screen: by its clauses and no further."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.demo.cast import AGREEMENT
from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM, Role
from sharing import pipeline
from sharing.agreements import services as agreements
from sharing.agreements.models import Collection
from sharing.distribution import readings
from sharing.distribution import selectors as distribution
from sharing.distribution.models import Receipt
from sharing.feeds import selectors
from sharing.intake import services as intake
from tests.cast import acting, browser_of, home_of, person_in
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

LINES = "pig-butchering.example\nhttps://wallet-drain.example/claim\n"


def work() -> None:
    for _ in range(4):
        for shard in range(settings.OUTBOX_SHARDS):
            by_worker(pipeline.drain, shard)


@pytest.fixture
def coalition(alice_signs, frank_signs, bob_signs, dana_signs, erin):
    agreements.apply_file(AGREEMENT, actor=SYSTEM)
    work()


def send(person, lines=LINES, **defaults) -> None:
    said = {"confidence": "80", "scam_type": "investment", **defaults}
    intake.submit(
        actor=acting(person),
        stream=[lines.encode()],
        content_type="text/plain",
        defaults=said,
    )
    work()


def place(title: str) -> str:
    return reverse("collection", args=[Collection.objects.get(title=title).pk])


def page(person, path: str) -> str:
    return browser_of(person).get(path).content.decode()


def test_list_names_what_each_clause_gives_when_there_are_some(coalition, bob):
    shown = page(bob, reverse("received"))
    assert "Fraud prevention" in shown
    assert "Vendor exchange" in shown
    assert "Investigation" not in shown
    assert "Coalition against scams" in shown


def test_list_explains_itself_when_no_agreement_gives_anything(coalition, carol):
    assert "No active agreement gives" in page(carol, reverse("received"))


def test_list_names_what_one_only_contributes_to(coalition, alice):
    found = browser_of(alice).get(reverse("received")).context
    assert "Investigation" in {view.title for view in found["gives"]}


def test_screen_counts_no_further_than_it_tells(coalition, alice, bob, monkeypatch):
    send(alice)
    monkeypatch.setattr("sharing.feeds.views.COUNTED", 1)
    found = page(bob, reverse("received"))
    assert ">1+</td>" in found
    [fraud] = [
        view
        for view in selectors.collections(acting(bob), most=1)
        if view.title == "Fraud prevention"
    ]
    assert fraud.releases == 2  # one more than asked for stands for more


def test_database_is_asked_no_more_often_for_more_collections(coalition, bob, dana):
    asked = []
    for person, collections in ((dana, 1), (bob, 2)):
        actor = acting(person)
        with CaptureQueriesContext(connection) as queries:
            found = readings.of(actor)
        assert len(found) == collections
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_readings_are_what_each_collection_is_read_by(coalition, bob, alice):
    send(alice)
    home = home_of(bob).pk
    for found in readings.of(acting(bob)):
        alone = distribution.readable(home, found.grant.collection_id)
        assert found.grant.pk == alone.grant.pk
        assert found.generation == alone.generation
        assert found.head.next_seq == alone.head.next_seq
        assert found.contributors == alone.contributors


def test_token_clause_shows_tokens_and_no_value(coalition, alice, bob):
    send(alice)
    shown = page(bob, place("Fraud prevention"))
    assert "pig-butchering" not in shown
    assert "wallet-drain" not in shown
    assert shown.count("Meadow Social") == 2
    assert "TLP:AMBER" in shown
    assert "Why you see this" in shown


def test_value_clause_shows_the_value_when_it_was_kept(coalition, alice, dana):
    send(alice)
    assert "pig-butchering.example" in page(dana, place("Investigation"))


def test_collection_is_unknown_when_no_clause_gives_it(coalition, alice, bob, carol):
    send(alice)
    assert browser_of(bob).get(place("Investigation")).status_code == 404
    assert browser_of(carol).get(place("Fraud prevention")).status_code == 404


def test_tombstone_is_shown_when_a_claim_was_taken_back(coalition, alice, bob):
    send(alice)
    intake.submit(
        actor=acting(alice),
        stream=[b'{"op":"withdraw","value":"pig-butchering.example"}'],
        content_type="application/x-ndjson",
    )
    work()
    assert "taken back" in page(bob, place("Fraud prevention"))


def test_newest_come_first_and_older_ones_page_by_page(
    coalition, alice, bob, monkeypatch
):
    monkeypatch.setattr("sharing.feeds.views.PAGE", 2)
    for number in range(3):
        send(alice, f"host{number}.example")
    client = browser_of(bob)
    first = client.get(place("Fraud prevention")).context
    older = client.get(f"{place('Fraud prevention')}?before={first['older']}").context
    seqs = [each["seq"] for each in [*first["records"], *older["records"]]]
    assert seqs == sorted(seqs, reverse=True)
    assert len(seqs) == 3
    assert older["older"] is None


def test_looking_is_no_delivery_when_a_person_looks(coalition, alice, bob):
    send(alice)
    page(bob, place("Fraud prevention"))
    assert stored(Receipt).count() == 0


def test_page_is_refused_when_its_number_is_none(coalition, bob):
    client = browser_of(bob)
    assert client.get(f"{place('Fraud prevention')}?before=x").status_code == 400


def test_page_is_refused_when_the_role_does_not_read(coalition, harbour):
    auditor = browser_of(person_in(harbour, "aud", Role.AUDITOR))
    assert auditor.get(reverse("received")).status_code == 403


def test_page_leads_to_sign_in_when_nobody_is_signed_in():
    assert Client().get(reverse("received"))["Location"].startswith(reverse("sign-in"))


def test_newest_and_page_hold_the_same_records_when_read_to_the_end(
    coalition, alice, bob
):
    send(alice)
    pk = Collection.objects.get(title="Fraud prevention").pk
    down = selectors.newest(acting(bob), pk, limit=100)
    up = selectors.page(acting(bob), pk, Cursor(), 100)
    assert down.records == list(reversed(up.records))
