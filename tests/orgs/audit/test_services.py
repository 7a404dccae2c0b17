"""An audit event exists exactly when what it tells about does."""

import pytest
from django.db import DatabaseError, transaction
from django.db.transaction import TransactionManagementError

from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import User
from orgs.audit import services as audit
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from orgs.members import services
from orgs.members.models import Membership
from tests.cast import acting


def test_event_names_the_actor_and_its_organization(alice: User) -> None:
    who = acting(alice)
    audit.record(actor=who, verb=Verb.KEYS_READ, subject=alice, rows=3)
    event = AuditEvent.objects.latest("id")
    assert (event.user_id, event.organization_id) == (alice.pk, who.organization_id)
    assert (event.verb, event.subject) == ("agreements:keys:read", str(alice.pk))
    assert event.detail == {"rows": 3}


def test_event_is_gone_when_its_transaction_is_rolled_back(alice: User) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        audit.record(actor=acting(alice), verb=Verb.KEYS_READ)
        raise RuntimeError
    assert AuditEvent.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_event_is_refused_when_there_is_no_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        audit.record(actor=SYSTEM, verb=Verb.KEYS_READ)


def test_change_is_gone_when_its_event_cannot_be_written(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        services.add_member(
            actor=SYSTEM,
            organization=Membership.objects.get(user=alice).organization,
            user=User.objects.create_user("new@meadow.example", name="New"),
            role=Role.ANALYST,
        )
    assert not Membership.objects.filter(user__email="new@meadow.example").exists()


def test_verbs_say_room_subject_and_action() -> None:
    assert all(len(verb.split(":")) == 3 for verb in Verb)


def test_event_can_be_neither_changed_nor_deleted(alice: User) -> None:
    audit.record(actor=acting(alice), verb=Verb.KEYS_READ)
    events = AuditEvent.objects.all()
    for change in (lambda: events.update(verb="x"), events.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
