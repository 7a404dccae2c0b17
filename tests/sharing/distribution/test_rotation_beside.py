"""Rotations beside Versions: the order of their seconds, whichever was announced first."""

import pytest
from django.db import transaction

from hub.lib.errors import Conflict
from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import due, lifecycle, rotation, selectors
from sharing.agreements.models import Agreement, Generation
from sharing.distribution import backfill
from tests.cast import acting
from tests.coalition import collection, pulled, send, work_off
from tests.sharing.distribution.ahead import (
    AHEAD,
    FRAUD,
    WEAK,
    Ahead,
    claims,
    its_time,
    kinds,
    of,
    rows,
    standing,
    states,
    take_effect,
)
from tests.sharing.distribution.amending import amended, enacted
from tests.sharing.distribution.turning import (
    its_second,
    keys,
    planned,
    stored_as_due,
    verbs,
)
from tests.walls import by_worker

pytestmark = pytest.mark.django_db(transaction=True)
FROM = {"min_confidence": 50}


def test_narrowing_that_comes_first_wins_when_announced_later(
    begun: None, ahead: Ahead, alice: User, bob: User
) -> None:
    planned(2 * AHEAD)
    version = ahead(FROM)
    assert states() == [(1, "live"), (2, "withdrawn"), (3, "building")]
    send(alice, claims(WEAK, confidence=40))
    assert (rows(1), rows(2), rows(3)) == (3, 2, 2)
    its_time(version)
    take_effect()
    after = pulled(bob, FRAUD, Cursor(1, 3))
    assert kinds(after)[-2:] == ["tombstone", "build_complete"]
    assert states() == [(1, "closed"), (2, "withdrawn"), (3, "live")]
    assert verbs("agreements:rotation") == ["announce", "cancel"]


def test_narrowing_that_comes_first_wins_when_announced_before(
    begun: None, ahead: Ahead
) -> None:
    ahead(FROM)
    with pytest.raises(Conflict, match="narrower version"):
        planned(2 * AHEAD)
    assert states() == [(1, "live"), (2, "building")]


def turn_both(first: Generation, version, bob: User) -> None:
    """The rotation takes effect, then the narrowing; a reader follows all the way."""
    its_second(first)
    read = pulled(bob, FRAUD, Cursor(1, 3))
    assert {each["cursor"].split(".")[0] for each in read} == {str(first.number)}
    stored_as_due()
    assert kinds(pulled(bob, FRAUD))[-1] == "build_complete"
    assert kinds(pulled(bob, FRAUD)).count("release") == 3
    its_time(version)
    assert kinds(pulled(bob, FRAUD)).count("release") == 2
    take_effect()
    after = pulled(bob, FRAUD, Cursor(1, 3))
    assert sorted(standing(after).values()) == ["release", "release", "tombstone"]
    assert kinds(after)[-1] == "build_complete"


def test_rotation_that_comes_first_is_kept_when_a_narrowing_is_announced_later(
    begun: None, ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(WEAK, confidence=40))
    generation = planned(AHEAD / 2)
    version = ahead(FROM)
    assert states() == [(1, "live"), (2, "building"), (3, "building")]
    assert (rows(1), rows(2), rows(3)) == (3, 3, 2)
    assert keys(bob) == [(1, "live"), (2, "building"), (3, "building")]
    turn_both(generation, version, bob)
    assert states() == [(1, "closed"), (2, "closed"), (3, "live")]


def test_rotation_that_comes_first_is_numbered_before_a_narrowing_announced_earlier(
    begun: None, ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(WEAK, confidence=40))
    version = ahead(FROM)
    generation = planned(AHEAD / 2)
    assert states() == [
        (1, "live"),
        (2, "withdrawn"),
        (3, "building"),
        (4, "building"),
    ]
    assert (rows(3), rows(4)) == (3, 2)
    turn_both(generation, version, bob)
    assert states()[2:] == [(3, "closed"), (4, "live")]


def test_narrowing_at_once_takes_the_place_of_a_rotation(
    begun: None, bob: User
) -> None:
    planned()
    enacted(amended(Agreement.objects.get().pk, {FRAUD: {"min_confidence": 95}}))
    assert states() == [(1, "closed"), (2, "withdrawn"), (3, "live")]
    assert kinds(pulled(bob, FRAUD)).count("release") == 0


def test_widening_goes_on_in_both(begun: None, ahead: Ahead, alice: User) -> None:
    enacted(amended(Agreement.objects.get().pk, {FRAUD: FROM}))
    send(alice, claims(WEAK, confidence=40))
    generation = planned(2 * AHEAD)
    assert (rows(2), rows(3)) == (2, 2)
    version = ahead({"min_confidence": 30})
    assert states() == [(1, "closed"), (2, "live"), (3, "building")]
    its_time(version)
    take_effect()
    assert (rows(2), rows(3)) == (3, 3)
    its_second(generation)
    stored_as_due()
    assert states() == [(1, "closed"), (2, "closed"), (3, "live")]


def test_both_are_stored_in_their_order_when_nobody_worked_meanwhile(
    begun: None, ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(WEAK, confidence=40))
    generation, version = planned(AHEAD / 2), ahead(FROM)
    its_second(generation)
    its_time(version)
    take_effect()
    stored_as_due()
    assert states() == [(1, "closed"), (2, "closed"), (3, "live")]
    after = pulled(bob, FRAUD, Cursor(1, 3))
    assert sorted(standing(after).values()) == ["release", "release", "tombstone"]
    assert kinds(after)[-1] == "build_complete"


def test_rotation_ends_with_its_clause_or_agreement(begun: None, ahead: Ahead) -> None:
    planned(2 * AHEAD)
    version = ahead(None)
    rotation.cancel(actor=SYSTEM, collection_id=collection(FRAUD))
    with pytest.raises(Conflict, match="No clause"):
        planned(2 * AHEAD)
    planned(AHEAD / 2)
    its_time(version)
    take_effect()
    assert states() == [(1, "closed"), (2, "withdrawn"), (3, "withdrawn")]


def test_stream_that_ended_says_so_in_what_was_served(begun: None, erin: User) -> None:
    planned()
    lifecycle.terminate(
        actor=acting(erin), agreement_id=Agreement.objects.get().pk, reason="Over."
    )
    work_off()
    assert states() == [(1, "closed"), (2, "withdrawn")]
    assert selectors.last_stream(collection(FRAUD)) == of(FRAUD, 1).pk


def test_wider_version_is_built_though_a_rotation_was_built_before(
    begun: None, ahead: Ahead, alice: User
) -> None:
    enacted(amended(Agreement.objects.get().pk, {FRAUD: FROM}))
    send(alice, claims(WEAK, confidence=40))
    its_time(ahead({"min_confidence": 30}))
    by_worker(lambda: due.activate_due(actor=SYSTEM))
    generation = planned(work=False)
    by_worker(transaction.atomic(backfill.rotate), generation.pk)
    work_off()
    assert (rows(2), rows(3)) == (3, 3)
