"""A Version that is signed ahead: built before its time, in force from its second on."""

import pytest

from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.access import scope
from orgs.accounts.models import User
from sharing.agreements import lifecycle, selectors
from sharing.agreements.models import Agreement
from sharing.distribution import notices
from sharing.distribution.models import Release
from sharing.events.models import OutboxRow
from sharing.feeds import selectors as feeds
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send
from tests.sharing.distribution.ahead import (
    FRAUD,
    POLICE,
    SOON,
    STRONG,
    TOKEN,
    WEAK,
    Ahead,
    claims,
    its_time,
    kinds,
    rows,
    sleep_until,
    standing,
    states,
    take_effect,
)
from tests.sharing.distribution.amending import amended, enacted

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_notice_tells_how_far_the_generation_went_that_was_read(
    ahead: Ahead, alice: User, bob: User, frank_signs: User, frank: User
) -> None:
    send(alice, claims(STRONG, "other.example"))
    last = pulled(bob, FRAUD)[-1]["seq"]
    version = ahead({"to": ["meadow", "sentry"], "min_confidence": 50})
    lifecycle.leave(
        actor=acting(frank_signs), agreement_id=version.agreement_id, reason="We go."
    )
    its_time(version)
    take_effect()
    for person in (bob, frank):
        told = {each.title: each.until for each in notices.notices(acting(person))}
        assert told[FRAUD] == f"1.{last}"


def test_one_clause_is_in_force_before_and_after_the_second(ahead: Ahead) -> None:
    version, stream = ahead({"min_confidence": 50}), collection(FRAUD)

    def numbers() -> tuple[list[int], list[int]]:
        found = [
            each for each in selectors.active_clauses() if each.collection_id == stream
        ]
        fed = selectors.feeding(stream)
        return [each.terms.version for each in found], [
            each.terms.version for each in fed
        ]

    assert numbers() == ([1], [1, 2])
    its_time(version)
    assert numbers() == ([2], [2])
    take_effect()
    assert numbers() == ([2], [2])


def test_database_shows_what_is_in_force_from_the_second_on(
    ahead: Ahead, alice: User, bob: User
) -> None:
    def seen() -> set[int]:
        with scope(home_of(bob).pk):
            found = Release.objects.filter(generation__collection=collection(FRAUD))
            return set(found.values_list("generation__number", flat=True))

    send(alice, claims(STRONG))
    version = ahead({"min_confidence": 50})
    assert seen() == {1}
    its_time(version)
    assert seen() == {2}
    take_effect()
    assert seen() == {2}
    version = ahead(None)
    assert seen() == {2}
    its_time(version)
    assert seen() == set()


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
