"""A hash of an earlier normal form finds the claim that its value goes on as."""

from typing import Any

import pytest

from sharing.indicators import successors
from sharing.indicators.claims import Outcome
from sharing.indicators.models import Indicator
from sharing.intake import selectors as intake
from sharing.tokens import scheme
from sharing.tokens import services as tokens
from tests.cast import acting
from tests.coalition import pulled, send
from tests.sharing.indicators.test_successors import (
    HOST,
    SAID,
    TOKENS,
    WWW,
    NewestDomain,
    old,
    outcome,
    releases,
    renew,
    wire,
)
from tests.walls import stored

__all__ = ["renew"]  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def states() -> list[Any]:
    return sorted(stored(Indicator).values_list("nv", "state"))


@pytest.mark.parametrize("first", ["by value", "by hash", "in the new form"])
def test_withdrawal_by_an_older_hash_takes_the_claim_back(
    coalition, alice, bob, renew, first
):
    if first != "in the new form":
        send(alice, [WWW if first == "by value" else old(WWW)], **SAID)
    renew()
    send(alice, [WWW], **SAID)
    [release] = releases(bob)
    batch = send(alice, [old(WWW, op="withdraw")])
    assert outcome(alice, batch) == [("withdrawn", False)]
    assert states() == [(2, "withdrawn")]
    [record] = pulled(bob, TOKENS)
    assert (record["kind"], record["id"]) == ("tombstone", release["id"])


def test_older_hash_reaches_the_claim_that_two_became(coalition, alice, bob, renew):
    send(alice, [WWW, HOST], **SAID)
    renew()
    send(alice, [WWW, HOST], **SAID)
    assert states() == [(1, "withdrawn"), (2, "active")]
    send(alice, [old(WWW, op="withdraw")])
    assert states() == [(1, "withdrawn"), (2, "withdrawn")]
    assert not releases(bob)


@pytest.mark.parametrize("spelled", [WWW, HOST])
def test_every_way_in_which_the_value_came_leads_to_it(
    coalition, alice, renew, spelled
):
    renew()
    send(alice, [WWW], **SAID)
    send(alice, [HOST], **SAID)
    send(alice, [old(spelled, op="withdraw")])
    assert states() == [(2, "withdrawn")]


def test_correction_by_an_older_hash_leaves_the_claim_in_its_form(
    coalition, alice, bob, renew
):
    renew()
    send(alice, [WWW], **SAID)
    batch = send(alice, [old(WWW, op="correct", confidence=99)])
    assert outcome(alice, batch) == [("updated", False)]
    assert states() == [(2, "active")]
    [release] = releases(bob)
    assert (release["confidence"], release["token"]) == (99, wire(TOKENS, 2, HOST))


@pytest.mark.parametrize("together", [False, True])
def test_submission_by_an_older_hash_is_about_the_same_claim(
    coalition, alice, bob, renew, together
):
    renew()
    lines = [WWW, old(WWW)]
    for some in [lines] if together else [[each] for each in lines]:
        send(alice, some, **SAID)
    row = stored(Indicator).get()
    assert (row.nv, row.by_hash, row.value_sealed) == (2, True, None)
    assert [each["token"] for each in releases(bob)] == [wire(TOKENS, 2, HOST)]
    d = tokens.open_digest(row.pk, row.type, bytes(row.digest_sealed), row.vault_epoch)
    assert d == scheme.digest("domain", 2, HOST)
    send(alice, [old(WWW, op="withdraw")])
    assert states() == [(2, "withdrawn")]


def test_hashes_of_all_earlier_forms_lead_to_the_claim(coalition, alice, renew):
    renew(NewestDomain)
    send(alice, [WWW, "www.other.example"], **SAID)
    d = scheme.digest("domain", 2, HOST).hex()
    send(alice, [{"type": "domain", "nv": 2, "digest": d, "op": "withdraw"}])
    send(alice, [old("www.other.example", op="withdraw")])
    assert states() == [(3, "withdrawn")] * 2


def test_hash_of_a_value_that_the_hub_never_saw_leads_nowhere(coalition, alice, renew):
    renew()
    h = scheme.content_hash(HOST).hex()
    send(alice, [{"type": "domain", "nv": 2, "sha256": h}], **SAID)
    batch = send(alice, [old(WWW, op="withdraw")])
    assert states() == [(1, "withdrawn"), (2, "active")]
    [result] = intake.line_results(acting(alice), batch.id)
    assert result.outcome is Outcome.WITHDRAWN


def test_claim_of_somebody_else_is_not_led_to(coalition, alice, frank, renew):
    renew()
    send(frank, [WWW], **SAID)
    send(alice, [old(WWW, op="withdraw")])
    found = stored(Indicator).values_list("owner__slug", "nv", "state")
    assert sorted(found) == [("meadow", 1, "withdrawn"), ("sentry", 2, "active")]


def test_older_word_by_an_older_hash_changes_nothing(coalition, alice, renew):
    renew()
    sent = send(alice, [WWW], **SAID)
    stored(Indicator).update(source_submission=sent.pk + 9)
    batch = send(alice, [old(WWW, op="withdraw")])
    assert outcome(alice, batch) == [("outdated", False)]
    assert states() == [(2, "active")]


def test_ways_of_writing_that_are_remembered_are_bounded(
    coalition, alice, renew, monkeypatch
):
    monkeypatch.setattr(successors, "FORMER_MAX", 1)
    renew()
    send(alice, [HOST], **SAID)
    send(alice, [WWW], **SAID)
    [former] = stored(Indicator).get().former or []
    index = tokens.indexer().index(scheme.digest("domain", 1, WWW))
    assert bytes(former) == index
