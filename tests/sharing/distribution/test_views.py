"""A simulation on the screen: one's own claims, hidden parties left out."""

from html import unescape

import pytest
from django.urls import reverse

from orgs.accounts.actor import SYSTEM
from sharing.agreements import services
from sharing.agreements.models import Version
from tests.cast import browser_of
from tests.coalition import send

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
