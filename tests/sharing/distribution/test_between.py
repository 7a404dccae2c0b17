"""What happens between the signing of a Version and the second in which it takes effect."""

from datetime import timedelta

import pytest

from hub.lib.clock import iso, now
from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.accounts.models import User
from sharing.agreements import lifecycle, selectors
from sharing.agreements.models import Agreement, Grant
from sharing.distribution import housekeeping
from sharing.distribution.models import Release
from tests.cast import acting, home_of
from tests.coalition import pulled, send, work_off
from tests.sharing.distribution.ahead import (
    AHEAD,
    FRAUD,
    SOON,
    STRONG,
    WEAK,
    Ahead,
    claims,
    its_time,
    kinds,
    of,
    rows,
    sleep_until,
    standing,
    states,
    take_effect,
)
from tests.sharing.distribution.amending import TEXT, amended, enacted
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_suspension_between_is_in_both_and_ends_in_both(
    ahead: Ahead, alice: User, bob: User, erin: User
) -> None:
    version, agreement = ahead({"min_confidence": 50}), Agreement.objects.get()
    lifecycle.suspend(actor=acting(erin), agreement_id=agreement.pk, reason="Why.")
    send(alice, claims(STRONG))
    assert (rows(1), rows(2)) == (1, 1)
    its_time(version)
    take_effect()
    assert Agreement.objects.get().active_version == version
    with pytest.raises(NotFound):
        pulled(bob, FRAUD)
    lifecycle.resume(actor=acting(erin), agreement_id=agreement.pk)
    work_off()
    assert set(kinds(pulled(bob, FRAUD))) == {
        "generation_begins",
        "suspended",
        "release",
        "build_complete",
        "resumed",
    }


def test_leaver_between_is_in_neither(
    ahead: Ahead, alice: User, alice_signs: User, frank: User, bob: User
) -> None:
    send(alice, claims(STRONG))
    send(frank, claims("franks.example"))
    version = ahead({"min_confidence": 50})
    agreement = Agreement.objects.get()
    lifecycle.leave(
        actor=acting(alice_signs), agreement_id=agreement.pk, reason="We go."
    )
    assert kinds(pulled(bob, FRAUD)) == ["release"]
    work_off()
    assert (rows(1), rows(2)) == (1, 1)
    its_time(version)
    assert kinds(pulled(bob, FRAUD)).count("release") == 1
    take_effect()
    assert kinds(pulled(bob, FRAUD)).count("release") == 1
    with pytest.raises(NotFound):
        pulled(alice, FRAUD)


def test_termination_between_ends_both(
    ahead: Ahead, alice: User, bob: User, erin: User
) -> None:
    send(alice, claims(STRONG))
    version, agreement = ahead({"min_confidence": 50}), Agreement.objects.get()
    lifecycle.terminate(actor=acting(erin), agreement_id=agreement.pk, reason="Over.")
    assert states() == [(1, "closed"), (2, "withdrawn")]
    work_off()
    its_time(version)
    take_effect()
    with pytest.raises(NotFound):
        pulled(bob, FRAUD)
    assert by_worker(housekeeping.empty_closed) > 0
    assert rows(2) == 0


def test_another_amendment_that_comes_first_takes_its_place(
    ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG))
    send(alice, claims(WEAK, confidence=40))
    old = pulled(bob, FRAUD)
    first = ahead({"retention_days": 1})
    assert rows(2) == 2
    second = enacted(amended(first.agreement_id, {FRAUD: {"min_confidence": 50}}))
    assert second.state == "active"
    first.refresh_from_db()
    assert first.state == "superseded"
    assert states() == [(1, "closed"), (2, "withdrawn"), (3, "live")]
    read = pulled(bob, FRAUD, Cursor(1, 2))
    assert kinds(read) == [
        "generation_begins",
        "release",
        "tombstone",
        "build_complete",
    ]
    assert standing(read).keys() == standing(old).keys()
    kept = stored(Release).get(generation=of(FRAUD, 3), state="live")
    first_promise = stored(Release).get(
        generation=of(FRAUD, 1), indicator=kept.indicator
    )
    assert kept.retain_until == first_promise.retain_until
    by_worker(housekeeping.empty_closed)
    assert rows(2) == rows(2, state="tombstone") == 0
    its_time(first)
    take_effect()
    assert Agreement.objects.get().active_version == second


def test_of_two_that_are_announced_the_earlier_comes_first_and_then_the_other(
    ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG))
    send(alice, claims(WEAK, confidence=40))
    first = ahead({"min_confidence": 30, "retention_days": 5}, wait=AHEAD * 2)
    second = ahead({"min_confidence": 50}, wait=AHEAD * 3)
    assert Agreement.objects.get().next_version == first
    assert states() == [(1, "live"), (2, "building")]
    its_time(first)
    take_effect()
    assert Agreement.objects.get().next_version == second
    assert states() == [(1, "closed"), (2, "live"), (3, "building")]
    assert kinds(pulled(bob, FRAUD)).count("release") == 2
    its_time(second)
    assert kinds(pulled(bob, FRAUD)).count("release") == 1
    take_effect()
    assert states() == [(1, "closed"), (2, "closed"), (3, "live")]


def test_announced_claims_stay_out_while_the_coming_clause_is_under_embargo(
    ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG))
    end = now() + SOON
    version = ahead({"embargo_until": iso(end)})
    assert (rows(1), rows(2)) == (1, 0)
    its_time(version)
    assert pulled(bob, FRAUD) == []
    take_effect()
    assert pulled(bob, FRAUD) == []
    sleep_until(end + timedelta(seconds=1))
    work_off()
    assert kinds(pulled(bob, FRAUD)) == [
        "generation_begins",
        "release",
        "build_complete",
    ]


def test_recipient_that_comes_in_begins_when_it_takes_effect(
    ahead: Ahead, alice: User, carol: User, carol_signs: User
) -> None:
    send(alice, claims(STRONG))
    version = ahead(
        {"to": "all parties", "min_confidence": 50},
        parties=(*TEXT["parties"], "northline"),
    )
    with pytest.raises(NotFound):
        pulled(carol, FRAUD)
    its_time(version)
    take_effect()
    assert kinds(pulled(carol, FRAUD)).count("release") == 1
    held = Grant.objects.get(recipient=home_of(carol), collection__title=FRAUD)
    assert held.valid_from == version.effective_from
    assert selectors.grant_now(held.recipient_id, held.collection_id)
