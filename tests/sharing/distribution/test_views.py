"""Simulation, visibility and why on the screen: one's own, hidden parties left out."""

from html import unescape

import pytest
from django.urls import reverse

from orgs.accounts.actor import SYSTEM
from sharing.agreements import services
from sharing.agreements.models import Version
from sharing.indicators.models import Indicator
from tests.cast import browser_of, home_of
from tests.coalition import collection, pulled, send
from tests.sharing.distribution.amending import amended as draft_of
from tests.sharing.distribution.amending import enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)


def amended(coalition: Version, **first) -> Version:
    """The agreement again: the police are hidden, its first clause changed."""
    said = coalition.text
    head = {**said["clauses"][0], "continues": "Fraud prevention", **first}
    parties = [
        {**party, "hidden": party["slug"] == "liaison"} for party in said["parties"]
    ]
    text = {**said, "parties": parties, "clauses": [head, *said["clauses"][1:]]}
    version = services.draft(
        actor=SYSTEM, text=text, agreement_id=coalition.agreement_id
    )
    return services.propose(actor=SYSTEM, version_id=version.pk)


def shown(person, version) -> str:
    path = reverse("agreement-simulation", args=[version.pk])
    answer = browser_of(person).get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_simulation_shows_counts_reasons_and_samples_when_a_party_asks(
    coalition, alice
):
    send(
        alice, [{"value": f"h-{n}.example", "confidence": n * 10} for n in range(1, 6)]
    )
    page = shown(alice, amended(coalition, min_confidence=40))
    assert "Confidence is below 40." in page
    assert "against version 1 in force" in page
    assert '"token":' in page
    assert "h-5.example" not in page.partition("Vendor exchange")[0]


def test_simulation_names_no_hidden_party_when_another_party_asks(coalition, alice):
    page = shown(alice, amended(coalition))
    assert "Liaison" not in page
    assert "Fraud prevention" in page


def test_simulation_is_rough_and_made_up_when_staff_ask(coalition, erin):
    page = shown(erin, amended(coalition))
    assert "in rough counts" in page
    assert "made up" in page
    assert "Liaison Office" in page


FRAUD, HOST = "Fraud prevention", "login-harbour.scam.example"


def claimed(person, **line):
    send(person, [{"value": HOST, "confidence": 80, **line}])
    return stored(Indicator).get(owner=home_of(person)).pk


def read(person, name, *ids) -> str:
    answer = browser_of(person).get(reverse(name, args=ids))
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def test_owner_reads_who_sees_a_claim_by_which_clause_and_exactly_what(
    coalition, alice
):
    page = read(alice, "claim", claimed(alice))
    seen = page.partition("can see it now")[0]
    for name in ("Harbour Bank", "Sentry Security", "Liaison Office"):
        assert name in seen
    assert "clause “Fraud prevention”" in page.replace("Clause", "clause")
    assert '"token":' in page
    assert "Cannot see it" in page


def test_owner_reads_that_nobody_sees_a_claim_and_why(coalition, alice):
    page = read(alice, "claim", claimed(alice, confidence=1))
    assert "Nobody can see it now." in page
    assert "Confidence is below" in page or "confidence" in page
    assert "Who cannot see it by any clause" in page


def test_hidden_party_is_not_on_the_page_of_a_claim(coalition, alice):
    enacted(draft_of(coalition.agreement_id, {}, hidden=("liaison",)))
    page = read(alice, "claim", claimed(alice))
    assert "Harbour Bank" in page
    assert "Liaison" not in page
    assert "Investigation" not in page


def test_claims_are_listed_and_found_by_value_without_telling_it(coalition, alice, bob):
    claim = claimed(alice)
    page = read(alice, "claims")
    assert str(claim) in page
    assert HOST not in page
    found = browser_of(alice).post(
        reverse("claims"), {"value": "login-harbour[.]scam.example"}
    )
    assert found["Location"] == reverse("claim", args=[claim])
    for person, said in ((bob, HOST), (alice, "other.example"), (alice, "no value")):
        answer = browser_of(person).post(reverse("claims"), {"value": said})
        assert answer.status_code == 422
    assert str(claim) not in read(bob, "claims")
    assert browser_of(bob).get(reverse("claim", args=[claim])).status_code == 404


def test_recipient_reads_why_it_has_a_record(coalition, alice, bob, carol):
    claimed(alice)
    (record,) = pulled(bob, FRAUD)
    listed = read(bob, "collection", collection(FRAUD))
    path = reverse("release-why", args=[record["id"]])
    assert path in listed
    page = read(bob, "release-why", record["id"])
    assert "Clause “Fraud prevention” of “Coalition against scams”, version 1" in page
    assert "TLP:AMBER: you may share it within your organization" in page
    assert "not handed over: you get a token" in page
    assert "Meadow Social" in page
    assert browser_of(carol).get(path).status_code == 404


def test_recipient_reads_what_to_do_when_a_record_was_taken_back(coalition, alice, bob):
    claimed(alice)
    send(alice, [{"op": "withdraw", "value": HOST}])
    record = pulled(bob, FRAUD)[-1]
    assert record["kind"] == "tombstone"
    page = read(bob, "release-why", record["id"])
    assert "A record that was taken back" in page
    assert "acknowledge the stream up to the cursor" in page
    assert reverse("release-why", args=[record["id"]]) in read(
        bob, "collection", collection(FRAUD)
    )
