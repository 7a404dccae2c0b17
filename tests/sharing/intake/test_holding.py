"""What is too much for one person waits for a second; nothing gets around it."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from hub.lib.clock import now
from orgs.accounts.actor import Right
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.credentials.services import actor_of, create_credential
from sharing import vocabulary as v
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from sharing.indicators.models import Indicator
from sharing.intake import accept, selectors
from sharing.intake import services as intake
from sharing.intake.models import DayCount, HeldBatch, Submission
from tests.cast import acting
from tests.coalition import collection, pulled, send
from tests.sharing.intake.held import (
    LIMIT,
    approve,
    at_once,
    chunks_of,
    held_of,
    lines,
    make_settled,
    refuse,
    state_of,
    view,
)
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
OWN = "own.scam.example"


# --- what is held -----------------------------------------------------------------


def test_held_lines_wait_sealed_and_nobody_reads_them(
    new: None, alice: User, bob: User
) -> None:
    batch = send(alice, lines(2), tlp="green")
    found = view(alice, batch)
    assert (found.state, found.accepted, found.progress) == ("held", 0, 0.0)
    assert found.held
    assert found.held.reason.startswith("The first 10 lines of a new member wait")
    assert chunks_of(batch) == 1
    assert not OutboxRow.objects.filter(kind=Kind.CHUNK_RECEIVED).exists()
    assert not stored(Indicator).exists()
    assert pulled(bob, FRAUD) == []
    event = AuditEvent.objects.get(verb="intake:submission:create")
    assert event.detail == {"lines": 2, "held": "new_member"}


def test_held_chunk_is_not_accepted_even_when_somebody_rings(
    new: None, alice: User
) -> None:
    batch = send(alice, lines(2))
    by_worker(accept.accept_chunk, str(batch.owner_id), batch.ordinal, 0)
    assert (state_of(batch), chunks_of(batch)) == ("held", 1)
    assert not stored(Indicator).exists()


def test_member_that_is_vouched_for_is_not_held(
    small: None, coalition: object, alice: User, bob: User
) -> None:
    assert state_of(send(alice, lines(3 * LIMIT), tlp="green")) == "done"
    assert len(pulled(bob, FRAUD)) == 3 * LIMIT


def test_many_small_submissions_are_held_as_one_large_would(
    settled: None, alice: User, bob: User
) -> None:
    sent = [send(alice, lines(3, 3 * n), tlp="green") for n in range(5)]
    assert [state_of(each) for each in sent] == ["done"] * 3 + ["held"] * 2
    assert len(pulled(bob, FRAUD)) == LIMIT - 1


def test_smaller_pieces_wait_too_when_a_whole_was_held(
    settled: None, alice: User
) -> None:
    send(alice, lines(LIMIT))
    again = [send(alice, lines(1, n)) for n in range(3)]
    assert {state_of(each) for each in again} == {"held"}


def test_other_keys_and_people_count_together(
    settled: None, meadow: Organization, alice: User, amy: User
) -> None:
    send(alice, lines(5))
    key, _ = create_credential(
        actor=acting(alice), organization=meadow, name="new", scopes=[Right.SUBMIT]
    )
    body = "\n".join(lines(5, 5)).encode()
    batch, _ = intake.submit(
        actor=actor_of(key), stream=[body], content_type="text/plain"
    )
    assert state_of(batch) == "held"
    assert held_of(batch).maker == alice
    assert state_of(send(amy, lines(5, 5))) == "held"


def test_others_are_not_held_with_it(settled: None, alice: User, frank: User) -> None:
    send(alice, lines(LIMIT))
    assert state_of(send(frank, lines(LIMIT))) == "done"


def test_usual_week_is_what_was_let_through_before(
    small: None, coalition: object, meadow: Organization, alice: User
) -> None:
    make_settled(meadow, passed=8, days=14)  # 4 in each of two weeks
    assert state_of(send(alice, lines(39))) == "done"
    assert state_of(send(alice, lines(1))) == "held"


def test_lines_of_seven_days_ago_count_no_more(
    small: None, coalition: object, meadow: Organization, alice: User
) -> None:
    make_settled(meadow)
    make_settled(meadow, passed=LIMIT - 1, days=6)
    assert state_of(send(alice, lines(1))) == "held"
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        stored(HeldBatch).all().delete()
        assert state_of(send(alice, lines(LIMIT - 1))) == "accepting"


def test_repeat_with_the_same_key_is_the_same_held_submission(
    new: None, alice: User
) -> None:
    def once() -> tuple[Submission, bool]:
        return intake.submit(
            actor=acting(alice),
            stream=[b"a.example"],
            content_type="text/plain",
            idempotency_key="k",
        )

    (first, _), (again, fresh) = once(), once()
    assert (again.pk, again.state, fresh) == (first.pk, "held", False)
    assert again.held_reason == held_of(first).reason
    assert HeldBatch.objects.count() == 1
    assert stored(DayCount).count() == 0


def test_two_at_once_are_judged_one_after_the_other(settled: None, alice: User) -> None:
    ready = threading.Barrier(2)
    found: list[str] = []

    def one(start: int) -> None:
        try:
            ready.wait(5)
            found.append(state_of(send(alice, lines(6, start), work=False)))
        finally:
            connection.close()

    at_once(lambda: one(0), lambda: one(6))
    assert sorted(found) == ["accepting", "held"]


# --- what takes back --------------------------------------------------------------


def taken_back(value: str) -> dict[str, str]:
    return {"op": "withdraw", "value": value}


def test_withdrawals_are_never_held(settled: None, alice: User, bob: User) -> None:
    send(alice, lines(9), tlp="green")
    batch = send(alice, [taken_back(value) for value in lines(9)])
    assert state_of(batch) == "done"
    assert {row["kind"] for row in pulled(bob, FRAUD)} == {"tombstone"}
    assert state_of(send(alice, lines(1, 9))) == "held", (
        "nor do they give anything back"
    )


def test_withdrawals_among_held_lines_go_through_at_once(
    settled: None, alice: User, amy: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(v, "CHUNK_LINES", 4)
    send(alice, [OWN], tlp="green")
    mixed: list[object] = [*lines(2), taken_back(OWN), *lines(10, 2)]
    batch = send(alice, mixed, tlp="green")
    assert held_of(batch).lines == 12
    assert [row["kind"] for row in pulled(bob, FRAUD)] == ["tombstone"]
    found = view(alice, batch)
    assert (found.state, found.counts) == ("held", {"withdrawn": 1})
    approve(amy, batch)
    found = view(alice, batch)
    assert (found.state, found.counts) == ("done", {"created": 12, "withdrawn": 1})
    results = {
        each.line: each.outcome
        for each in selectors.line_results(acting(alice), batch.id)
    }
    assert [n for n, word in results.items() if word == "withdrawn"] == [3]
    assert len(results) == 13
    assert chunks_of(batch) == 0


def test_withdrawals_happen_although_the_rest_is_refused_at_once(
    settled: None, alice: User, bob: User
) -> None:
    send(alice, [OWN], tlp="green")
    batch = send(alice, [taken_back(OWN), *lines(LIMIT)], work=False)
    refuse(alice, batch)
    assert [row["kind"] for row in pulled(bob, FRAUD)] == ["tombstone"]
    assert (state_of(batch), chunks_of(batch)) == ("refused", 0)
    assert stored(Indicator).count() == 1


def test_withdrawal_of_a_held_line_keeps_it_from_coming(
    settled: None, alice: User, amy: User, bob: User
) -> None:
    batch = send(alice, lines(LIMIT), tlp="green")
    send(alice, [taken_back(lines(1)[0])])
    approve(amy, batch)
    assert view(alice, batch).counts == {"created": LIMIT - 1, "outdated": 1}
    assert len(pulled(bob, FRAUD)) == LIMIT - 1


def narrowed(value: str, **more: object) -> dict[str, object]:
    only = [str(collection(POLICE))]
    return {"op": "correct", "value": value, "audience": only, **more}


def test_narrowing_the_audience_is_not_held_and_a_correction_is(
    settled: None, alice: User, bob: User
) -> None:
    send(alice, [OWN], tlp="green")
    held = send(alice, [narrowed(OWN, confidence=99), *lines(LIMIT)])
    assert held_of(held).lines == LIMIT + 1
    assert [row["kind"] for row in pulled(bob, FRAUD)] == ["release"]
    assert state_of(send(alice, [narrowed(OWN)])) == "done"
    assert [row["kind"] for row in pulled(bob, FRAUD)] == ["tombstone"]


def test_narrowing_of_a_held_line_is_done_when_that_is_let_through(
    settled: None, alice: User, amy: User, bob: User
) -> None:
    batch = send(alice, [*lines(LIMIT), narrowed(lines(1)[0])], tlp="green")
    assert view(alice, batch).counts == {}
    approve(amy, batch)
    assert view(alice, batch).counts == {"created": LIMIT, "updated": 1}
    kinds = [row["kind"] for row in pulled(bob, FRAUD)]
    assert kinds.count("release") == LIMIT - 1


def test_correction_does_not_wait_for_what_is_held(settled: None, alice: User) -> None:
    send(alice, [OWN])
    send(alice, lines(LIMIT))
    batch = send(alice, [narrowed(OWN)])
    assert view(alice, batch).counts == {"updated": 1}


def test_correction_waits_for_a_withdrawal_that_is_still_on_its_way(
    settled: None, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(alice, [OWN])
    send(alice, [taken_back(OWN), *lines(LIMIT)], work=False)
    send(alice, [narrowed(OWN)], work=False)
    withdrawing, correcting = OutboxRow.objects.filter(done_at=None).order_by("id")
    by_worker(accept.accept_chunk, *places(correcting))
    assert stored(Indicator).get().state == "active"
    by_worker(accept.accept_chunk, *places(withdrawing))
    assert stored(Indicator).get().state == "withdrawn"


def places(row: OutboxRow) -> tuple[str, int, int]:
    found = row.payload
    return found["owner"], found["submission"], found["number"]
