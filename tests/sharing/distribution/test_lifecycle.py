"""What suspension, leaving and the end of an agreement do to its streams."""

from typing import Any

import pytest
from django.db import transaction

from hub.lib.clock import iso, now
from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.accounts.models import User
from sharing.agreements import accession, lifecycle
from sharing.agreements import services as agreements
from sharing.agreements.models import Agreement, Generation, Grant, Version
from sharing.distribution import control, notices
from sharing.distribution.models import ControlRecord, Release
from sharing.feeds import selectors as feeds
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send, work_off
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, OPEN = "Fraud prevention", "For all"
SIGNS = {"meadow": "alice-signs", "harbour": "bob-signs"}
LINE = {"confidence": 80, "review_status": "reviewed", "scam_type": "investment"}


def lines(*hosts: str, **more: Any) -> list[dict[str, Any]]:
    return [{"value": host, **LINE, **more} for host in hosts]


def events(records: list[dict[str, Any]]) -> list[str]:
    return [each["event"] for each in records if each["kind"] == "control"]


def live(records: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in records if each["kind"] == "release"]


def open_to_all(like: Version, people: list[User], staff: User) -> Version:
    """A second agreement, which others can join: from all to all."""
    clause = {
        **like.text["clauses"][0],
        "name": OPEN,
        "continues": "new",
        "from": "all parties",
        "to": "all parties",
    }
    homes = [home_of(person) for person in people]
    said = {
        "title": "Open",
        "open_to_accession": True,
        "parties": [home.slug for home in homes],
        "clauses": [clause],
    }
    version = agreements.draft(actor=acting(staff), text=said)
    agreements.propose(actor=acting(staff), version_id=version.pk)
    for home in homes:
        signatory = User.objects.get(email=f"{SIGNS[home.slug]}@{home.slug}.example")
        agreements.sign(actor=acting(signatory), version_id=version.pk)
    work_off()
    return version


def suspend(person: User, version: Version) -> None:
    lifecycle.suspend(
        actor=acting(person), agreement_id=version.agreement_id, reason="A breach."
    )


def resume(person: User, version: Version) -> None:
    lifecycle.resume(actor=acting(person), agreement_id=version.agreement_id)


def leave(person: User, version: Version) -> None:
    lifecycle.leave(
        actor=acting(person), agreement_id=version.agreement_id, reason="We go."
    )


def test_reader_finds_both_records_in_order_after_each_suspension(
    coalition: Version, alice: User, bob: User, erin: User
) -> None:
    send(alice, lines("one.example"))
    for _ in range(2):
        suspend(erin, coalition)
        work_off()
        with pytest.raises(NotFound):
            pulled(bob, FRAUD)
        resume(erin, coalition)
        work_off()
    assert events(pulled(bob, FRAUD)) == ["suspended", "resumed"] * 2


def test_reader_finds_both_records_when_the_worker_comes_late(
    coalition: Version, bob: User, erin: User
) -> None:
    for _ in range(2):
        suspend(erin, coalition)
        resume(erin, coalition)
    work_off()
    assert events(pulled(bob, FRAUD)) == ["suspended", "resumed"] * 2


@transaction.atomic
def test_records_take_turns_when_events_come_in_any_order(coalition: Version) -> None:
    agreement = str(coalition.agreement_id)
    first, second, third, fourth = (iso(now()) for _ in range(4))
    by_worker(control.resumed, agreement, second)
    by_worker(control.suspended, agreement, first)
    by_worker(control.resumed, agreement, second)
    by_worker(control.resumed, agreement, fourth)
    by_worker(control.suspended, agreement, third)
    one = Generation.objects.filter(collection__title=FRAUD)
    found = stored(ControlRecord).filter(generation__in=one).order_by("seq")
    kinds = list(found.values_list("kind", flat=True))
    assert kinds == ["suspended", "resumed"] * 2


def test_what_is_withdrawn_under_suspension_is_gone_when_it_ends(
    coalition: Version, alice: User, bob: User, erin: User
) -> None:
    send(alice, lines("one.example", "two.example"))
    assert len(live(pulled(bob, FRAUD))) == 2
    suspend(erin, coalition)
    send(alice, [{"op": "withdraw", "value": "one.example"}])
    send(alice, lines("three.example"))
    resume(erin, coalition)
    assert len(live(pulled(bob, FRAUD))) == 2
    work_off()
    kinds = [each["kind"] for each in pulled(bob, FRAUD)]
    assert kinds.count("tombstone") == 1


def test_nothing_of_a_leaver_is_read_at_once_and_tombstones_follow(
    coalition: Version, alice: User, alice_signs: User, frank: User, bob: User
) -> None:
    send(alice, lines("one.example"))
    send(frank, lines("two.example"))
    before = pulled(bob, FRAUD)
    assert len(live(before)) == 2
    leave(alice_signs, coalition)
    (left,) = live(pulled(bob, FRAUD))
    work_off()
    after = pulled(bob, FRAUD)
    assert live(after) == [left]
    (gone,) = [each["id"] for each in after if each["kind"] == "tombstone"]
    assert {gone, left} == set(live(before))
    assert events(after) == []
    assert not stored(Release).filter(owner=home_of(alice), state="live").exists()


def test_leaver_reads_nothing_later_than_its_leaving(
    coalition: Version, alice: User, bob: User, bob_signs: User
) -> None:
    send(alice, lines("one.example"))
    last = pulled(bob, FRAUD)[-1]["seq"]
    send(alice, lines("two.example"), work=False)
    leave(bob_signs, coalition)
    work_off()
    with pytest.raises(NotFound):
        pulled(bob, FRAUD)
    ended = Grant.objects.get(recipient=home_of(bob), collection__title=FRAUD)
    assert ended.until_seq == last
    assert (
        stored(Release)
        .filter(generation__collection__title=FRAUD, seq__gt=last)
        .exists()
    )


def test_cursor_goes_on_over_a_leaving(
    coalition: Version, alice: User, alice_signs: User, frank: User, bob: User
) -> None:
    send(alice, lines("one.example"))
    last = pulled(bob, FRAUD)[-1]["seq"]
    leave(alice_signs, coalition)
    work_off()
    send(frank, lines("two.example"))
    kinds = [each["kind"] for each in pulled(bob, FRAUD, Cursor(1, last))]
    assert kinds == ["tombstone", "release"]


def test_end_is_one_record_in_each_stream(coalition: Version, erin: User) -> None:
    lifecycle.terminate(
        actor=acting(erin), agreement_id=coalition.agreement_id, reason="Over."
    )
    work_off()
    assert Agreement.objects.get().state == "terminated"
    closed = stored(ControlRecord).filter(kind="closed")
    assert closed.count() == Generation.objects.count() == 3


def test_dropped_clause_ends_its_stream_with_one_record(
    coalition: Version, alice: User, bob: User
) -> None:
    send(alice, lines("one.example"))
    last = pulled(bob, FRAUD)[-1]["seq"]
    enacted(amended(coalition.agreement_id, {FRAUD: None}))
    closed = stored(ControlRecord).get()
    assert (closed.kind, closed.seq) == ("closed", last + 1)
    assert closed.generation.collection.title == FRAUD
    with pytest.raises(NotFound):
        pulled(bob, FRAUD)
    (told,) = notices.notices(acting(bob))
    assert (told.title, told.until) == (FRAUD, f"1.{last}")


def test_party_that_is_back_before_its_tombstones_is_read_by_all_again(
    coalition: Version, alice: User, alice_signs: User, bob: User
) -> None:
    send(alice, lines("one.example", "two.example"))
    known = pulled(bob, FRAUD)
    leave(alice_signs, coalition)
    follower = feeds.page(acting(bob), collection(FRAUD), Cursor(), 99)
    assert follower.records == []
    enacted(amended(coalition.agreement_id, {}))
    again = pulled(bob, FRAUD, follower.next)
    assert sorted(live(again)) == sorted(live(known))
    assert pulled(bob, FRAUD) == again


def test_party_that_is_back_after_its_tombstones_is_read_by_all_again(
    coalition: Version, alice: User, alice_signs: User, bob: User
) -> None:
    send(alice, lines("one.example", "two.example"))
    known = pulled(bob, FRAUD)
    leave(alice_signs, coalition)
    work_off()
    follower = feeds.page(acting(bob), collection(FRAUD), Cursor(), 99)
    assert len(follower.records) == 2, "tombstones"
    enacted(amended(coalition.agreement_id, {}))
    again = pulled(bob, FRAUD, follower.next)
    assert sorted(live(again)) == sorted(live(known))
    assert pulled(bob, FRAUD) == again


def test_joiner_reads_the_history_and_its_own_claims_come_in(
    coalition: Version,
    alice: User,
    bob: User,
    carol: User,
    carol_signs: User,
    erin: User,
) -> None:
    send(alice, lines("one.example"))
    send(carol, lines("two.example"))
    opened = open_to_all(coalition, [alice, bob], erin)
    assert len(live(pulled(bob, OPEN))) == 1
    accession.invite_to_accede(
        actor=acting(erin), agreement_id=opened.agreement_id, slug="northline"
    )
    agreements.sign(actor=acting(carol_signs), version_id=opened.pk)
    assert len(live(pulled(carol, OPEN))) == 1
    work_off()
    assert pulled(carol, OPEN) == pulled(bob, OPEN)
    assert len(live(pulled(carol, OPEN))) == 2
