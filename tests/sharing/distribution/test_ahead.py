"""A Version that is signed ahead: built before its time, in force from its second on.

PostgreSQL reads its own clock for its walls, so time is not moved here: one test waits for
real seconds, in the others the second of the change is brought near.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from hub.lib.clock import iso, now
from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import due, lifecycle, selectors
from sharing.agreements.models import Agreement, Generation, Grant, Version
from sharing.distribution import housekeeping, notices
from sharing.distribution.models import Release
from sharing.events.models import OutboxRow
from sharing.feeds import selectors as feeds
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send, work_off
from tests.sharing.distribution.amending import TEXT, amended, enacted
from tests.walls import OWNER, by_worker, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
STRONG, WEAK = "strong.example", "weak.example"
AHEAD = timedelta(days=1)
SOON = timedelta(seconds=5)
TOKEN = {"disclosure": "token", "redaction": {}}
Ahead = Callable[..., Version]


@pytest.fixture
def ahead(coalition: Version) -> Ahead:
    """An amendment that all have signed and whose time comes later."""

    def do(
        terms: dict[str, Any] | None = None,
        *,
        title: str = FRAUD,
        wait: timedelta = AHEAD,
        parties: tuple[str, ...] = tuple(TEXT["parties"]),
    ) -> Version:
        version = amended(
            coalition.agreement_id,
            {title: terms},
            parties=parties,
            effective_from=iso(now() + wait),
        )
        return enacted(version)

    return do


def sleep_until(moment: datetime) -> None:
    time.sleep(max((moment - now()).total_seconds(), 0) + 0.05)


def its_time(version: Version) -> None:
    """The second in which a Version takes effect is this one: nothing else is changed."""
    moment = now()
    with working_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_version DISABLE TRIGGER moves")
        Version.objects.filter(pk=version.pk).update(effective_from=moment)
        Generation.objects.filter(version=version).update(effective_from=moment)
        cursor.execute("ALTER TABLE sharing_version ENABLE TRIGGER moves")
    version.refresh_from_db()


def claims(*hosts: str, confidence: int = 90) -> list[dict[str, Any]]:
    return [{"value": host, "confidence": confidence} for host in hosts]


def states(title: str = FRAUD) -> list[tuple[int, str]]:
    found = Generation.objects.filter(collection=collection(title))
    return list(found.order_by("number").values_list("number", "state"))


def of(title: str, number: int) -> Generation:
    return Generation.objects.get(collection=collection(title), number=number)


def rows(number: int, title: str = FRAUD, state: str = "live") -> int:
    found = stored(Release).filter(generation=of(title, number), state=state)
    return found.count()


def kinds(records: list[dict[str, Any]]) -> list[str]:
    return [each.get("event", each["kind"]) for each in records]


def standing(records: list[dict[str, Any]]) -> dict[str, str]:
    """What a reader holds in the end: the last word on each id."""
    return {each["id"]: each["kind"] for each in records if "id" in each}


def take_effect() -> None:
    by_worker(lambda: due.activate_due(actor=SYSTEM))
    work_off()


def test_narrowing_is_built_ahead_and_read_from_its_second_on(
    ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG, "other.example"))
    send(alice, claims(WEAK, confidence=40))
    old = pulled(bob, FRAUD)
    version = ahead({"min_confidence": 50}, wait=SOON)
    assert states() == [(1, "live"), (2, "building")]
    assert (rows(1), rows(2)) == (3, 2)
    assert pulled(bob, FRAUD) == old
    sleep_until(version.effective_from)
    read = pulled(bob, FRAUD, Cursor(1, 3))
    assert kinds(read) == ["generation_begins", "release", "release"]
    assert states() == [(1, "live"), (2, "building")], "nobody had to write anything"
    take_effect()
    assert states() == [(1, "closed"), (2, "live")]
    after = pulled(bob, FRAUD, Cursor(1, 3))
    assert kinds(after) == [*kinds(read), "tombstone", "build_complete"]
    assert standing(after).keys() == standing(old).keys()
    assert after == pulled(bob, FRAUD)
    again = OutboxRow.objects.filter(kind="backfill_due").count()
    take_effect()
    assert OutboxRow.objects.filter(kind="backfill_due").count() == again


def test_what_comes_meanwhile_goes_into_both_generations(
    ahead: Ahead, alice: User, bob: User
) -> None:
    version = ahead({"min_confidence": 50})
    send(alice, claims(STRONG))
    send(alice, claims(WEAK, confidence=40))
    assert (rows(1), rows(2)) == (2, 1)
    assert kinds(pulled(bob, FRAUD)) == ["release"] * 2
    send(alice, [{"op": "withdraw", "value": STRONG}])
    assert (rows(1), rows(2), rows(2, state="tombstone")) == (1, 0, 1)
    send(alice, claims(STRONG, tlp_raised := "third.example"))
    send(alice, [{"value": tlp_raised, "confidence": 90, "tlp": "red"}])
    assert (rows(1), rows(2)) == (2, 1)
    its_time(version)
    take_effect()
    written = rows(1) + rows(1, state="tombstone")
    send(alice, claims("late.example"))
    assert rows(1) + rows(1, state="tombstone") == written
    assert rows(2) == 2
    assert standing(pulled(bob, FRAUD, Cursor(1, 2))) == standing(pulled(bob, FRAUD))


def test_nothing_is_written_between_the_second_and_its_being_stored(
    ahead: Ahead, alice: User
) -> None:
    send(alice, claims(STRONG))
    version = ahead({"min_confidence": 50})
    its_time(version)
    send(alice, claims("late.example"))
    assert states() == [(1, "closed"), (2, "live")], "who writes catches up first"
    assert (rows(1), rows(2)) == (1, 2)


def test_value_is_a_token_from_the_second_on_whatever_path_is_taken(
    ahead: Ahead, alice: User, dana: User
) -> None:
    send(alice, claims(STRONG))
    assert STRONG in str(pulled(dana, POLICE))
    version = ahead(TOKEN, title=POLICE)
    assert STRONG in str(pulled(dana, POLICE))
    its_time(version)
    (token,) = [each for each in pulled(dana, POLICE) if each["kind"] == "release"]
    assert token["token"].startswith("2:")
    assert "value" not in token
    assert feeds.collection(acting(dana), collection(POLICE)).generation == 2


def test_recipient_that_is_dropped_reads_until_the_second(
    ahead: Ahead, alice: User, bob: User, frank: User
) -> None:
    send(alice, claims(STRONG))
    last = pulled(bob, FRAUD)[-1]["seq"]
    version = ahead({"to": ["sentry"]})
    assert len(pulled(bob, FRAUD)) == 1
    assert notices.notices(acting(bob)) == []
    its_time(version)
    with pytest.raises(NotFound):
        pulled(bob, FRAUD)
    assert kinds(pulled(frank, FRAUD)) == ["release"], "the stream goes on"
    send(alice, claims("late.example"))
    (told,) = notices.notices(acting(bob))
    assert told.ended_at == version.effective_from
    assert told.until == f"1.{last}"


def test_recipient_that_is_dropped_gets_no_key_of_what_it_will_not_read(
    ahead: Ahead, bob: User, frank: User
) -> None:
    ahead({"to": ["sentry"], "min_confidence": 50})
    keys = {
        person.name: [
            (key.generation, key.state)
            for key in feeds.keys(acting(person), collection(FRAUD))
        ]
        for person in (bob, frank)
    }
    assert keys == {
        bob.name: [(1, "live")],
        frank.name: [(1, "live"), (2, "building")],
    }


def test_dropped_clause_is_read_until_the_second_and_closes(
    ahead: Ahead, alice: User, bob: User
) -> None:
    send(alice, claims(STRONG))
    version = ahead(None)
    assert kinds(pulled(bob, FRAUD)) == ["release"]
    its_time(version)
    with pytest.raises(NotFound):
        pulled(bob, FRAUD)
    take_effect()
    assert states() == [(1, "closed")]
    assert [told.ended_at for told in notices.notices(acting(bob))] == [
        version.effective_from
    ]


def test_what_only_wider_terms_allow_waits_for_the_second(
    ahead: Ahead, alice: User, bob: User
) -> None:
    enacted(amended(Agreement.objects.get().pk, {FRAUD: {"min_confidence": 50}}))
    send(alice, claims(STRONG))
    send(alice, claims(WEAK, confidence=40))
    version = ahead({"min_confidence": 30})
    assert states() == [(1, "closed"), (2, "live")], "it goes on in the same"
    assert (rows(2), rows(2, state="tombstone")) == (1, 0)
    its_time(version)
    assert kinds(pulled(bob, FRAUD)).count("release") == 1
    take_effect()
    assert kinds(pulled(bob, FRAUD)).count("release") == 2
    assert states() == [(1, "closed"), (2, "live")]


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
    first = ahead({"min_confidence": 95, "retention_days": 1})
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
