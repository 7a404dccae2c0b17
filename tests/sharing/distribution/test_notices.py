"""A Notice outlives the Grant: its recipient reads and acknowledges it, nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from hub.lib.clock import now
from hub.lib.errors import Forbidden, NotFound
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import lifecycle
from sharing.agreements.models import Version
from sharing.distribution import notices
from sharing.vocabulary import PURGE_DEADLINE
from tests.cast import acting, home_of
from tests.coalition import collection
from tests.hub.api.caller import Caller

TITLES = {"Fraud prevention", "Vendor exchange"}


@pytest.fixture
def left(coalition: Version, bob: User, bob_signs: User) -> Version:
    """The coalition after bob's bank went."""
    lifecycle.leave(
        actor=acting(bob_signs),
        agreement_id=coalition.agreement_id,
        reason="We were sold.",
    )
    return coalition


def test_leaver_alone_sees_its_notices(left: Version, bob: User, alice: User) -> None:
    found = notices.notices(acting(bob))
    assert {each.title for each in found} == TITLES
    for each in found:
        assert each.agreement == "Coalition against scams"
        assert each.reason == "We were sold."
        assert each.until == "1.0"
        assert each.purge_by == each.ended_at + PURGE_DEADLINE
        assert each.acknowledged_at is None
    assert notices.notices(acting(alice)) == []
    with pytest.raises(NotFound):
        notices.acknowledge(actor=acting(alice), notice_id=found[0].id)


def test_acknowledging_twice_changes_nothing(left: Version, bob: User) -> None:
    one = notices.notices(acting(bob))[0].id
    first = notices.acknowledge(actor=acting(bob), notice_id=one)
    assert first.acknowledged_at is not None
    assert notices.acknowledge(actor=acting(bob), notice_id=one) == first
    assert AuditEvent.objects.filter(verb=Verb.NOTICE_ACK).count() == 1


def test_acknowledging_needs_the_right_to_read(left: Version, bob_signs: User) -> None:
    assert {each.title for each in notices.notices(acting(bob_signs))} == TITLES
    with pytest.raises(Forbidden):
        notices.notices(Actor())
    with pytest.raises(Forbidden):
        notices.acknowledge(actor=acting(bob_signs), notice_id=uuid4())


def test_staff_see_which_are_overdue_and_no_more(
    left: Version, bob: User, erin: User
) -> None:
    with pytest.raises(Forbidden):
        notices.overdue(acting(bob))
    assert notices.overdue(acting(erin)) == []
    one, two = notices.notices(acting(bob))
    notices.acknowledge(actor=acting(bob), notice_id=one.id)
    with time_machine.travel(now() + PURGE_DEADLINE + timedelta(minutes=1)):
        (late,) = notices.overdue(acting(erin))
    assert late == notices.Overdue(
        home_of(bob).pk, two.collection, two.ended_at, two.purge_by
    )


def test_termination_sends_notices_to_all_recipients(
    coalition: Version, alice: User, bob: User, carol: User, erin: User
) -> None:
    lifecycle.terminate(
        actor=acting(erin), agreement_id=coalition.agreement_id, reason="Over."
    )
    for person in (alice, bob):
        found = notices.notices(acting(person))
        assert {each.title for each in found} == TITLES
        assert {each.reason for each in found} == {"Over."}
    assert notices.notices(acting(carol)) == []


def test_api_lists_and_acknowledges(left: Version, bob: User, carol: User) -> None:
    api, stranger = Caller(bob), Caller(carol)
    told = api.get("notices").json()["notices"]
    assert {each["title"] for each in told} == TITLES
    fraud = collection("Fraud prevention")
    assert api.get(f"collections/{fraud}/releases").status_code == 404
    path = f"notices/{told[0]['id']}/ack"
    assert stranger.get("notices").json() == {"notices": []}
    assert stranger.post(path, {}).status_code == 404
    answer = api.post(path, {})
    assert answer.status_code == 200
    assert answer.json()["acknowledged_at"]
    assert api.post(path, {}).json() == answer.json()
