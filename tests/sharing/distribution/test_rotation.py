"""Planned rotation: a new generation on the same terms, built beside the served one."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Gone, NotFound
from hub.lib.paging import Cursor
from orgs.access import scope
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import rotation
from sharing.distribution import backfill
from sharing.distribution.models import Release
from sharing.lookup import services as lookup
from sharing.tokens import services as tokens
from sharing.vocabulary import ROTATION_NOTICE, TOMBSTONES_KEPT
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send, work_off
from tests.sharing.distribution.ahead import (
    AHEAD,
    FRAUD,
    SOON,
    STRONG,
    Ahead,
    claims,
    kinds,
    of,
    rows,
    sleep_until,
    standing,
    states,
)
from tests.sharing.distribution.turning import (
    its_second,
    keys,
    planned,
    stored_as_due,
    verbs,
)
from tests.walls import by_worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_rotation_is_built_ahead_and_read_from_its_second_on(
    begun: None, bob: User
) -> None:
    old = pulled(bob, FRAUD)
    generation = planned(SOON)
    assert states() == [(1, "live"), (2, "building")]
    assert (rows(1), rows(2)) == (2, 2)
    assert pulled(bob, FRAUD) == old
    sleep_until(generation.effective_from)
    read = pulled(bob, FRAUD, Cursor(1, 2))
    assert kinds(read) == ["generation_begins", "release", "release"]
    assert states() == [(1, "live"), (2, "building")], "nobody had to write anything"
    stored_as_due()
    assert states() == [(1, "closed"), (2, "live")]
    after = pulled(bob, FRAUD, Cursor(1, 2))
    assert kinds(after) == [*kinds(read), "build_complete"]
    assert standing(after) == standing(old)
    assert {each["token"] for each in read[1:]}.isdisjoint(
        {each["token"] for each in old}
    )
    assert verbs("agreements:rotation") == ["announce", "take-effect"]


def test_rotation_is_announced_thirty_days_ahead_when_no_time_is_named(
    begun: None,
) -> None:
    generation = rotation.announce(actor=SYSTEM, collection_id=collection(FRAUD))
    assert abs(generation.effective_from - now() - ROTATION_NOTICE) < SOON


def test_what_comes_meanwhile_goes_into_both(begun: None, alice: User) -> None:
    planned()
    send(alice, claims("late.example"))
    send(alice, [{"op": "withdraw", "value": STRONG}])
    assert (rows(1), rows(2)) == (2, 2)
    assert (rows(1, state="tombstone"), rows(2, state="tombstone")) == (1, 1)


def test_what_comes_after_the_second_goes_into_the_new_one_alone(
    begun: None, alice: User, bob: User
) -> None:
    its_second(planned())
    send(alice, claims("late.example"))
    assert states() == [(1, "closed"), (2, "live")], "who writes catches up first"
    assert (rows(1), rows(2)) == (2, 3)
    assert kinds(pulled(bob, FRAUD)).count("release") == 3


def test_build_goes_on_when_its_second_comes_before_it_is_done(
    begun: None, bob: User
) -> None:
    old = pulled(bob, FRAUD)
    generation = planned(work=False)
    its_second(generation)
    assert pulled(bob, FRAUD) == [], "what is not built yet is not found: fail closed"
    by_worker(rotation.take_over_due)
    by_worker(transaction.atomic(backfill.rotated), generation.pk)
    work_off()
    after = pulled(bob, FRAUD)
    assert kinds(after) == [
        "generation_begins",
        "release",
        "release",
        "build_complete",
    ]
    assert standing(after) == standing(old)


def test_keys_can_be_fetched_ahead_by_who_reads(
    begun: None, bob: User, frank: User
) -> None:
    before = keys(bob)
    generation = planned()
    assert before == [(1, "live")]
    assert keys(bob) == keys(frank) == [(1, "live"), (2, "building")]
    its_second(generation)
    assert keys(bob) == [(2, "building")]


def test_key_is_not_given_to_who_is_announced_to_read_no_more(
    begun: None, ahead: Ahead, bob: User, frank: User
) -> None:
    ahead({"to": ["sentry"]})
    planned(2 * AHEAD)
    assert keys(bob) == [(1, "live")]
    assert keys(frank) == [(1, "live"), (2, "building")]


def test_database_shows_the_new_one_from_the_second_on(begun: None, bob: User) -> None:
    def seen() -> set[int]:
        with scope(home_of(bob).pk):
            found = Release.objects.filter(generation__collection=collection(FRAUD))
            return set(found.values_list("generation__number", flat=True))

    generation = planned()
    assert seen() == {1}
    its_second(generation)
    assert seen() == {2}


def test_look_up_names_one_release_before_and_after(begun: None, bob: User) -> None:
    def ask() -> list[dict[str, str]]:
        found = lookup.look_up(actor=acting(bob), body={"values": [STRONG]})
        return [json.loads(hit.record) for hit in found.lines[1].hits]

    generation = planned()
    (before,) = ask()
    its_second(generation)
    (after,) = ask()
    assert (before["id"], before["token"][:2]) == (after["id"], "1:")
    assert after["token"][:2] == "2:"


def test_cancelled_rotation_is_never_read(begun: None, alice: User, bob: User) -> None:
    generation = planned()
    rotation.cancel(actor=SYSTEM, collection_id=collection(FRAUD))
    its_second(generation)
    stored_as_due()
    assert states() == [(1, "live"), (2, "withdrawn")]
    assert keys(bob) == [(1, "live")]
    send(alice, claims("late.example"))
    assert (rows(1), rows(2)) == (3, 2)
    with pytest.raises(Conflict):
        rotation.cancel(actor=SYSTEM, collection_id=collection(FRAUD))
    assert planned().number == 3
    assert verbs("agreements:rotation") == ["announce", "cancel", "announce"]


@pytest.mark.parametrize("wait", [-AHEAD, timedelta(0)])
def test_rotation_is_refused_when_its_time_is_over(
    begun: None, wait: timedelta
) -> None:
    with pytest.raises(Conflict, match="future"):
        planned(wait)


def test_rotation_is_refused_when_one_is_announced(begun: None) -> None:
    planned()
    with pytest.raises(Conflict, match="already"):
        planned()
    assert states() == [(1, "live"), (2, "building")]


def test_rotation_is_for_hub_staff(
    begun: None, bob: User, carol: User, erin: User
) -> None:
    stream = collection(FRAUD)
    with pytest.raises(NotFound):
        rotation.announce(actor=acting(carol), collection_id=stream)
    with pytest.raises(Forbidden):
        rotation.announce(actor=acting(bob), collection_id=stream)
    with pytest.raises(Forbidden, match="second factor"):
        rotation.announce(actor=acting(erin, second_factor=False), collection_id=stream)
    with pytest.raises(NotFound):
        rotation.announce(actor=acting(erin), collection_id=UUID(int=1))
    rotation.announce(actor=acting(erin), collection_id=stream)
    assert states() == [(1, "live"), (2, "building")]


# --- roots --------------------------------------------------------------------------


def key_is_there(number: int) -> bool:
    try:
        tokens.token_key_hex(collection(FRAUD), number)
        tokens.oprf(collection(FRAUD), number)
    except Gone:
        return False
    return True


def test_root_is_destroyed_when_nothing_is_kept_after_it(begun: None) -> None:
    its_second(planned())
    stored_as_due()
    at = of(FRAUD, 2).effective_from + TOMBSTONES_KEPT
    assert by_worker(rotation.destroy_due, at - SOON) == 0
    assert key_is_there(1)
    assert by_worker(rotation.destroy_due, at) == 1
    assert (key_is_there(1), key_is_there(2)) == (False, True)
    assert by_worker(rotation.destroy_due, at) == 0
    assert verbs("agreements:root") == ["destroy"]


def test_root_of_what_never_took_effect_is_destroyed_at_once(begun: None) -> None:
    planned()
    rotation.cancel(actor=SYSTEM, collection_id=collection(FRAUD))
    assert by_worker(rotation.destroy_due) == 1
    assert (key_is_there(1), key_is_there(2)) == (True, False)


def test_root_is_destroyed_by_command_only_when_its_generation_is_over(
    begun: None,
) -> None:
    its_second(planned())
    with pytest.raises(Conflict):
        rotation.destroy(actor=SYSTEM, collection_id=collection(FRAUD), number=2)
    rotation.destroy(actor=SYSTEM, collection_id=collection(FRAUD), number=1)
    rotation.destroy(actor=SYSTEM, collection_id=collection(FRAUD), number=1)
    assert (key_is_there(1), key_is_there(2)) == (False, True)
    assert verbs("agreements:root") == ["destroy"]
    with pytest.raises(NotFound):
        rotation.destroy(actor=SYSTEM, collection_id=collection(FRAUD), number=9)
