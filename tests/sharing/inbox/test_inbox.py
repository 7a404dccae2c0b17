"""What is in whose inbox, who is on it, and what a decision does."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from hub.lib.paging import Cursor
from orgs.accounts.actor import Actor, Role
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import lifecycle
from sharing.agreements.models import Version
from sharing.distribution import notices
from sharing.distribution import services as receipts
from sharing.inbox import housekeeping, selectors, services
from sharing.inbox.kinds import Entry, Kind, Outcome, Place
from sharing.inbox.models import Handling
from tests.cast import acting, home_of, person_in
from tests.coalition import collection, pulled, send
from tests.sharing.distribution.amending import TEXT, amended, enacted
from tests.sharing.intake.held import LIMIT, lines, make_settled, make_small, refuse
from tests.walls import WORKER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD = "Fraud prevention"
LINE: dict[str, Any] = {"tlp": "green", "confidence": "80"}


def entries(person: User, kind: Kind | None = None) -> list[Entry]:
    rows = selectors.page(acting(person), kind, limit=100).rows
    return [row.entry for row in rows]


def places(person: User, kind: Kind | None = None) -> list[Place]:
    return [each.place for each in entries(person, kind)]


def decide(person: User, given: list[Place], outcome: Outcome = Outcome.DONE):
    snooze = timedelta(days=1) if outcome is Outcome.SNOOZED else None
    return services.decide(
        actor=acting(person), places=given, outcome=outcome, snooze=snooze
    )


@pytest.fixture
def left(coalition: Version, bob: User, bob_signs: User) -> Version:
    """Bob's bank went: it has two notices."""
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="Sold."
    )
    return coalition


# --- what is in it ------------------------------------------------------------------


def test_notice_is_in_the_inbox_of_its_recipient_alone(
    left: Version, bob: User, alice: User
) -> None:
    told = entries(bob, Kind.NOTICE)
    assert {each.subject for each in told} == {
        each.id for each in notices.notices(acting(bob))
    }
    assert all("Sold." in each.why and not each.urgent for each in told)
    assert entries(alice) == []


def test_notice_is_urgent_and_new_when_it_is_overdue(left: Version, bob: User) -> None:
    decide(bob, places(bob), Outcome.DISMISSED)
    assert entries(bob) == []
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        told = entries(bob, Kind.NOTICE)
        assert len(told) == 2
        assert all(each.urgent for each in told)


def test_auditor_sees_notices_and_decides_nothing(left: Version, harbour) -> None:
    auditor = person_in(harbour, "audrey", Role.AUDITOR)
    seen = places(auditor)
    assert {place.kind for place in seen} == {Kind.NOTICE}
    with pytest.raises(Forbidden):
        decide(auditor, seen)
    services.open_entry(
        actor=acting(auditor), kind=Kind.NOTICE, subject=seen[0].subject
    )
    assert not stored(Handling).exists()
    with pytest.raises(Forbidden):
        selectors.page(acting(auditor), Kind.RECALL, limit=1)


def test_signature_waits_for_the_signatory_of_who_has_not_signed(
    coalition: Version, alice: User, alice_signs: User, carol: User
) -> None:
    assert entries(alice_signs) == []
    newer = amended(coalition.agreement_id, {FRAUD: {"min_confidence": 60}})
    [told] = entries(alice_signs, Kind.SIGNATURE)
    assert told.subject == newer.pk
    assert "Version 2" in told.title
    assert entries(alice) == []
    assert entries(carol) == []


def test_agreement_that_ends_within_a_month_is_told_of(
    coalition: Version, alice: User, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = now().replace(microsecond=0) + timedelta(days=40)
    monkeypatch.setitem(TEXT, "effective_until", ends.isoformat())
    enacted(amended(coalition.agreement_id, {}))
    assert entries(alice) == []
    with time_machine.travel(ends - timedelta(days=10, hours=1), tick=False):
        [told] = entries(alice, Kind.ENDING)
        assert told.at == ends - timedelta(days=30)
        assert "ends in 10 days" in told.title
        assert entries(carol) == []


def test_second_person_sees_what_is_held_and_its_sender_does_not(
    coalition: Version, meadow, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    amy, max_ = person_in(meadow, "amy"), person_in(meadow, "max", Role.ANALYST)
    make_settled(meadow)
    make_small(monkeypatch)
    batch = send(amy, lines(LIMIT))
    [told] = entries(alice, Kind.HELD)
    assert told.subject == batch.id
    assert entries(amy) == []
    assert entries(max_) == []
    refuse(alice, batch)
    assert entries(alice) == []
    [job] = entries(amy, Kind.JOB)
    assert job.why == "Not ours."


def test_job_is_told_to_who_sent_it_with_its_errors(
    coalition: Version, meadow, alice: User
) -> None:
    amy = person_in(meadow, "amy")
    batch = send(amy, ["good.scam.example", "not an indicator"], **LINE)
    [job] = entries(amy)
    assert (job.kind, job.subject, job.urgent) == (Kind.JOB, batch.id, True)
    assert "2 lines are through: 1 with errors" in job.title
    assert entries(alice) == []
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        assert entries(amy) == []


def recalled(alice: User, bob: User) -> None:
    """Bob's system was served two releases; one was taken back since."""
    send(alice, ["one.scam.example", "two.scam.example"], **LINE)
    pulled(bob, FRAUD)
    send(alice, [{"op": "withdraw", "value": "one.scam.example"}])


def test_recall_waits_for_who_was_served_until_it_is_acknowledged(
    coalition: Version, alice: User, bob: User, frank: User
) -> None:
    recalled(alice, bob)
    [told] = entries(bob, Kind.RECALL)
    assert told.subject == collection(FRAUD)
    assert told.title.startswith("1 record was taken back")
    assert "has not fetched" in told.why
    assert entries(frank, Kind.RECALL) == []  # was served nothing
    with pytest.raises(Conflict):
        decide(bob, [told.place], Outcome.ACKNOWLEDGED)
    pulled(bob, FRAUD)
    [told] = entries(bob, Kind.RECALL)
    assert decide(bob, [told.place], Outcome.ACKNOWLEDGED).done == [told.place]
    assert entries(bob, Kind.RECALL) == []
    send(alice, [{"op": "withdraw", "value": "two.scam.example"}])
    assert len(entries(bob, Kind.RECALL)) == 1


def test_recall_is_not_acknowledged_beyond_what_was_seen(
    coalition: Version, alice: User, bob: User
) -> None:
    recalled(alice, bob)
    [seen] = places(bob, Kind.RECALL)
    send(alice, [{"op": "withdraw", "value": "two.scam.example"}])
    pulled(bob, FRAUD)
    with pytest.raises(Conflict, match="More was taken back"):
        decide(bob, [seen], Outcome.ACKNOWLEDGED)


def test_recall_is_gone_when_a_system_acknowledged_it(
    coalition: Version, alice: User, bob: User
) -> None:
    recalled(alice, bob)
    last = pulled(bob, FRAUD)[-1]
    receipts.acknowledge(
        actor=acting(bob),
        collection_id=collection(FRAUD),
        cursor=Cursor.parse(last["cursor"]),
    )
    assert entries(bob, Kind.RECALL) == []


def test_recall_of_what_may_no_longer_be_read_is_not_there(
    coalition: Version, alice: User, bob: User, bob_signs: User
) -> None:
    recalled(alice, bob)
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="Sold."
    )
    assert entries(bob, Kind.RECALL) == []
    assert len(entries(bob, Kind.NOTICE)) == 2


# --- one list -----------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_double(
    left: Version, bob: User
) -> None:
    send(bob, ["one.scam.example"], **LINE)
    whole = places(bob)
    assert len(whole) == 3
    found: list[Place] = []
    after: Place | None = None
    while True:
        page = selectors.page(acting(bob), after=after, limit=1)
        found += [row.entry.place for row in page.rows]
        after = page.next
        if after is None:
            break
    assert found == whole


def test_inbox_is_for_members_of_an_organization(erin: User, carol: User) -> None:
    with pytest.raises(Forbidden):
        selectors.page(acting(erin), limit=1)
    assert entries(carol) == []
    with pytest.raises(Forbidden):
        selectors.page(Actor(), limit=1)


def test_number_in_the_navigation_follows_what_one_decides(
    left: Version, bob: User, erin: User
) -> None:
    assert selectors.count(acting(bob)) == "2"
    decide(bob, places(bob)[:1])
    assert selectors.count(acting(bob)) == "1"
    decide(bob, places(bob))
    assert selectors.count(acting(bob)) == ""
    assert selectors.count(acting(erin)) == ""


def test_number_is_capped(
    left: Version, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "COUNTED", 1)
    assert selectors.count(acting(bob)) == "1+"


# --- claims -------------------------------------------------------------------------


def test_who_opens_an_entry_is_on_it_for_an_hour(
    left: Version, harbour, bob: User
) -> None:
    ben = person_in(harbour, "ben")
    [first, _] = places(bob)
    opened = services.open_entry(
        actor=acting(bob), kind=first.kind, subject=first.subject
    )
    assert opened.held
    assert not opened.by_other
    seen = services.open_entry(
        actor=acting(ben), kind=first.kind, subject=first.subject
    )
    assert seen.by_other
    assert seen.handled.holder_name == "Bob"
    with time_machine.travel(now() + timedelta(minutes=61), tick=False):
        seen = services.open_entry(
            actor=acting(ben), kind=first.kind, subject=first.subject
        )
        assert (seen.held, seen.by_other) == (True, False)


def test_entry_that_a_colleague_is_on_is_left_to_them_until_taken_over(
    left: Version, harbour, bob: User
) -> None:
    ben = person_in(harbour, "ben")
    first, second = places(bob)
    services.open_entry(actor=acting(bob), kind=first.kind, subject=first.subject)
    for outcome in (Outcome.DISMISSED, Outcome.ACKNOWLEDGED):
        found = decide(ben, [first], outcome)
        assert (found.done, found.left) == ([], [first])
    assert all(each.acknowledged_at is None for each in notices.notices(acting(ben)))
    found = decide(ben, [first, second])
    assert (found.done, found.left) == ([second], [first])
    services.take_over(actor=acting(ben), kind=first.kind, subject=first.subject)
    [event] = AuditEvent.objects.filter(verb=Verb.INBOX_TAKE_OVER)
    assert (event.user_id, event.subject) == (ben.pk, str(first.subject))
    assert decide(ben, [first]).done == [first]
    assert entries(bob) == []


# --- decisions ----------------------------------------------------------------------


def test_decision_is_for_the_whole_organization_and_on_record(
    left: Version, harbour, bob: User
) -> None:
    ben, seen = person_in(harbour, "ben"), places(bob)
    assert decide(ben, seen).done == seen
    assert entries(bob) == []
    [event] = AuditEvent.objects.filter(verb=Verb.INBOX_DECIDE)
    assert event.organization_id == harbour.pk
    assert event.detail["entries"] == sorted(f"{p.kind} {p.subject}" for p in seen)


def test_acknowledging_tells_whoever_waits_for_it(left: Version, bob: User) -> None:
    decide(bob, places(bob), Outcome.ACKNOWLEDGED)
    assert all(each.acknowledged_at for each in notices.notices(acting(bob)))
    assert entries(bob) == []


def test_only_recalls_and_notices_are_acknowledged(
    coalition: Version, alice: User
) -> None:
    send(alice, ["one.scam.example"], **LINE)
    with pytest.raises(Invalid):
        decide(alice, places(alice), Outcome.ACKNOWLEDGED)


def test_snoozed_entry_comes_back(left: Version, bob: User) -> None:
    decide(bob, places(bob), Outcome.SNOOZED)
    assert entries(bob) == []
    with time_machine.travel(now() + timedelta(days=1, minutes=1), tick=False):
        assert len(entries(bob)) == 2
    with pytest.raises(Invalid):
        services.decide(
            actor=acting(bob),
            places=[Place(now(), Kind.NOTICE, UUID(int=1))],
            outcome=Outcome.SNOOZED,
        )


def test_nobody_decides_about_entries_of_others(
    left: Version, bob: User, alice: User
) -> None:
    seen = places(bob)
    with pytest.raises(NotFound):
        decide(alice, seen)
    with pytest.raises(NotFound):
        selectors.entry(acting(alice), Kind.NOTICE, seen[0].subject)
    send(alice, ["one.scam.example"], **LINE)
    [own] = places(alice)
    found = decide(alice, [*seen, own])
    assert (found.done, set(found.gone)) == ([own], set(seen))
    assert len(entries(bob)) == 2


def test_nobody_closes_what_is_still_to_come(left: Version, bob: User) -> None:
    later = now() + timedelta(days=365)
    decide(bob, [place._replace(at=later) for place in places(bob)])
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        assert len(entries(bob)) == 2


def test_decisions_are_forgotten_after_their_time(left: Version, bob: User) -> None:
    decide(bob, places(bob))
    with working_as(WORKER):
        assert housekeeping.sweep() == 0
        assert housekeeping.sweep(now() + timedelta(days=91)) == 2
    assert not stored(Handling).filter(organization=home_of(bob)).exists()
