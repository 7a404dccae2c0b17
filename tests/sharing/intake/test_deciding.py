"""Who decides about what is held, once, and what becomes of it."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from orgs.accounts.actor import SYSTEM, Actor, Right, Role
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.credentials.services import actor_of, create_credential
from orgs.members.services import add_member, vouch
from sharing import vocabulary as v
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from sharing.indicators.models import Indicator
from sharing.intake import holding, selectors
from sharing.intake import services as intake
from sharing.intake.models import DayCount, Submission
from tests.cast import acting, person_in
from tests.coalition import collection, pulled, send, work_off
from tests.sharing.intake.held import (
    LIMIT,
    approve,
    at_once,
    chunks_of,
    held_of,
    lines,
    refuse,
    state_of,
    view,
)
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, POLICE = "Fraud prevention", "Investigation"
OWN = "own.scam.example"


# --- who decides ------------------------------------------------------------------


def test_hub_staff_let_a_new_member_in(
    new: None, alice: User, bob: User, erin: User
) -> None:
    batch = send(alice, lines(LIMIT), tlp="green")
    approve(erin, batch)
    assert state_of(batch) == "done"
    assert len(pulled(bob, FRAUD)) == LIMIT
    event = AuditEvent.objects.get(verb="intake:submission:approve")
    assert (event.user, event.organization_id) == (erin, batch.owner_id)
    assert event.detail == {"lines": LIMIT, "cause": "new_member"}
    assert state_of(send(alice, lines(LIMIT - 1, LIMIT))) == "done", "no longer new"
    assert state_of(send(alice, lines(1, 99))) == "held"


def test_member_stays_new_until_enough_was_approved(
    new: None, alice: User, erin: User
) -> None:
    approve(erin, send(alice, lines(LIMIT - 1)))
    last = send(alice, lines(1, LIMIT))
    assert state_of(last) == "held"
    approve(erin, last)
    assert state_of(send(alice, lines(1, 99))) == "done"


def test_new_member_cannot_let_itself_in(
    new: None, meadow: Organization, alice: User, amy: User
) -> None:
    batch = send(alice, lines(2))
    for person in (alice, amy):
        with pytest.raises(Forbidden):
            approve(person, batch)
    inside = User.objects.create_user("in@accord.example", name="In", is_staff=True)
    add_member(actor=SYSTEM, organization=meadow, user=inside, role=Role.AUDITOR)
    outside = Actor(user_id=inside.pk, is_staff=True)
    for actor in (acting(inside), outside):
        with pytest.raises(Forbidden):
            holding.approve(actor=actor, submission_id=batch.id)
    assert state_of(batch) == "held"


def test_second_manager_lets_a_rise_through(
    settled: None, alice: User, amy: User, bob: User
) -> None:
    batch = send(alice, lines(LIMIT), tlp="green")
    with pytest.raises(Forbidden, match="second person"):
        approve(alice, batch)
    approve(amy, batch)
    assert state_of(batch) == "done"
    assert len(pulled(bob, FRAUD)) == LIMIT
    assert held_of(batch).decided_by == amy
    assert state_of(send(alice, lines(LIMIT - 1, 50))) == "done", "seen by two"
    assert state_of(send(alice, lines(1, 99))) == "held"


def test_nobody_lets_anything_through_without_a_code(
    settled: None, alice: User, amy: User, erin: User
) -> None:
    batch = send(alice, lines(LIMIT))
    for person in (amy, erin):
        actor = acting(person, second_factor=False)
        with pytest.raises(Forbidden, match="second factor"):
            holding.approve(actor=actor, submission_id=batch.id)
    assert state_of(batch) == "held"


def test_hub_staff_may_let_a_rise_through(
    settled: None, alice: User, erin: User
) -> None:
    batch = send(alice, lines(LIMIT))
    approve(erin, batch)
    assert state_of(batch) == "done"


def test_who_made_the_key_is_the_first_person(
    settled: None, meadow: Organization, alice: User, amy: User
) -> None:
    key, _ = create_credential(
        actor=acting(alice), organization=meadow, name="k", scopes=[Right.SUBMIT]
    )
    body = "\n".join(lines(LIMIT)).encode()
    batch, _ = intake.submit(
        actor=actor_of(key), stream=[body], content_type="text/plain"
    )
    with pytest.raises(Forbidden, match="second person"):
        approve(alice, batch)
    approve(amy, batch)


def test_key_lets_nothing_through(
    settled: None, meadow: Organization, alice: User, amy: User
) -> None:
    batch = send(alice, lines(LIMIT))
    key, _ = create_credential(
        actor=acting(amy), organization=meadow, name="k", scopes=[Right.WITHDRAW]
    )
    with pytest.raises(Forbidden, match="credential"):
        holding.approve(actor=actor_of(key), submission_id=batch.id)
    holding.refuse(actor=actor_of(key), submission_id=batch.id)
    assert view(alice, batch).refusal == holding.TAKEN_BACK


@pytest.mark.parametrize("act", [approve, refuse])
def test_stranger_finds_nothing_and_who_has_no_right_is_refused(
    settled: None,
    meadow: Organization,
    alice: User,
    bob: User,
    act: Callable[[User, Submission], None],
) -> None:
    batch = send(alice, lines(LIMIT))
    for person, refusal in (
        (bob, NotFound),
        (person_in(meadow, "ann", Role.ANALYST), Forbidden),
        (person_in(meadow, "aud", Role.AUDITOR), Forbidden),
    ):
        with pytest.raises(refusal):
            act(person, batch)
    with pytest.raises(NotFound):
        act(alice, send(alice, [{"op": "withdraw", "value": OWN}]))
    assert state_of(batch) == "held"


def test_nobody_signed_in_is_not_staff(settled: None, alice: User) -> None:
    batch = send(alice, lines(LIMIT))
    for actor in (Actor(), replace(acting(alice), organization_id=None)):
        with pytest.raises(NotFound):
            holding.approve(actor=actor, submission_id=batch.id)
    with pytest.raises(Forbidden):
        selectors.waiting_everywhere(acting(alice))


def test_staff_list_what_waits_without_any_value(
    settled: None, alice: User, erin: User
) -> None:
    batch = send(alice, lines(LIMIT))
    [held] = selectors.waiting_everywhere(acting(erin))
    assert (held.id, held.organization, held.lines) == (batch.id, "Meadow Social", 10)
    with pytest.raises(Problem):
        selectors.submission(acting(erin), batch.id)
    assert [each.id for each in selectors.waiting(acting(alice))] == [batch.id]


# --- decisions --------------------------------------------------------------------


def test_refused_lines_are_erased_and_count_no_more(
    settled: None, alice: User, amy: User
) -> None:
    batch = send(alice, lines(LIMIT))
    refuse(amy, batch, "  A wrong file. ")
    found = view(alice, batch)
    assert (found.state, found.refusal, found.counts) == (
        "refused",
        "A wrong file.",
        {},
    )
    assert found.done_at
    assert chunks_of(batch) == 0
    assert not stored(Indicator).exists()
    assert AuditEvent.objects.filter(verb="intake:submission:refuse").count() == 1
    assert "wrong file" not in str(list(AuditEvent.objects.values("detail")))
    assert state_of(send(alice, lines(LIMIT - 1))) == "done"


def test_refusing_staff_say_why(new: None, alice: User, erin: User) -> None:
    batch = send(alice, lines(2))
    for reason in (" ", "x" * 401):
        with pytest.raises(Invalid):
            refuse(erin, batch, reason)
    refuse(erin, batch, "You are not known to us yet.")
    assert view(alice, batch).refusal == "You are not known to us yet."


def test_analyst_takes_back_only_what_they_sent(
    settled: None, meadow: Organization, alice: User
) -> None:
    ann = person_in(meadow, "ann", Role.ANALYST)
    mine, theirs = send(ann, lines(LIMIT)), send(alice, lines(1))
    refuse(ann, mine, "")
    with pytest.raises(Forbidden):
        refuse(ann, theirs)


@pytest.mark.parametrize("act", [approve, refuse])
def test_decision_is_made_once(
    settled: None,
    alice: User,
    amy: User,
    erin: User,
    act: Callable[[User, Submission], None],
) -> None:
    batch = send(alice, lines(LIMIT))
    act(amy, batch)
    before = OutboxRow.objects.count()
    for again in (approve, refuse):
        with pytest.raises(Conflict):
            again(erin, batch)
    assert OutboxRow.objects.count() == before


def test_two_decisions_at_once_are_one(
    settled: None, alice: User, amy: User, erin: User
) -> None:
    batch = send(alice, lines(LIMIT))
    ready, refused = threading.Barrier(2), []

    def one(person: User) -> None:
        try:
            ready.wait(5)
            actor = replace(acting(person), second_factor=True)
            holding.approve(actor=actor, submission_id=batch.id)
        except Conflict:
            refused.append(person)
        finally:
            connection.close()

    at_once(lambda: one(amy), lambda: one(erin))
    assert len(refused) == 1
    rows = OutboxRow.objects.filter(kind=Kind.CHUNK_RECEIVED, done_at=None)
    assert rows.count() == 1
    assert stored(DayCount).get(approved__gt=0).approved == LIMIT


def test_nothing_is_half_decided_when_the_end_fails(
    settled: None, alice: User, amy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(alice, lines(LIMIT))
    monkeypatch.setattr(holding, "_record", broken)
    with pytest.raises(ZeroDivisionError):
        approve(amy, batch)
    assert (state_of(batch), held_of(batch).state) == ("held", "waiting")
    assert not OutboxRow.objects.filter(done_at=None).exists()
    assert not stored(DayCount).filter(approved__gt=0).exists()


def broken(*_: object) -> None:
    raise ZeroDivisionError


def test_what_waits_too_long_is_refused(settled: None, alice: User) -> None:
    batch = send(alice, lines(LIMIT))
    assert by_worker(holding.lapse) == 0
    assert by_worker(holding.lapse, now() + v.HELD_FOR) == 1
    assert by_worker(holding.lapse, now() + v.HELD_FOR) == 0
    work_off()
    found = view(alice, batch)
    assert (found.state, found.refusal) == ("refused", holding.LAPSED)
    assert chunks_of(batch) == 0
    assert AuditEvent.objects.get(verb="intake:submission:lapse").user is None


# --- vouching ---------------------------------------------------------------------


def test_vouching_later_lets_the_next_lines_through(
    new: None, alice: User, erin: User
) -> None:
    assert state_of(send(alice, lines(1))) == "held"
    vouch(actor=acting(erin), slug="meadow")
    assert state_of(send(alice, lines(3 * LIMIT))) == "done"
    vouch(actor=acting(erin), slug="meadow", vouched=False)
    assert state_of(send(alice, lines(1))) == "held"


def test_audience_that_is_named_changes_nothing_about_holding(
    settled: None, alice: User
) -> None:
    only = [str(collection(FRAUD))]
    batch = send(alice, [{"value": value, "audience": only} for value in lines(LIMIT)])
    assert state_of(batch) == "held"
