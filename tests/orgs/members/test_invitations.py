"""Invitations: a link used once, within a week, by the person it was sent to."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core import mail
from django.db import connection

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Problem
from orgs.accounts.actor import Role
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.members.invitations import accept_invitation, invite, withdraw_invitation
from orgs.members.models import Invitation, Membership
from tests.cast import PASSWORD, acting, home_of, organization, person_in

NEW = "ann@meadow.example"


def link_from(
    person: User, email: str = NEW, role: Role = Role.ANALYST
) -> tuple[str, str]:
    """The id and the secret of a new invitation's link."""
    _, link = invite(
        actor=acting(person), organization=home_of(person), email=email, role=role
    )
    pk, secret = link.split("/")[-2:]
    return pk, secret


def accept(pk: str, secret: str, user: User | None = None) -> Membership:
    return accept_invitation(
        invitation_id=UUID(pk), secret=secret, user=user, name="Ann", password=PASSWORD
    )


def test_invitation_makes_an_account_with_its_role(alice: User) -> None:
    pk, secret = link_from(alice, "Ann@Meadow.example")
    joined = accept(pk, secret)
    assert (joined.user.email, joined.role) == (NEW, Role.ANALYST)
    assert joined.organization == home_of(alice)
    assert joined.user.check_password(PASSWORD)
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"members:invitation:create", "members:invitation:accept"} <= verbs


def test_invitation_is_sent_after_the_commit_with_the_public_address(
    alice: User, settings: object, django_capture_on_commit_callbacks: object
) -> None:
    settings.PUBLIC_URL = "https://hub.example"  # type: ignore[attr-defined]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        pk, secret = link_from(alice)
        assert mail.outbox == []
    [letter] = mail.outbox
    assert letter.to == [NEW]
    assert f"https://hub.example/invitations/{pk}/{secret}\n" in str(letter.body)


def test_invitation_stores_no_secret(alice: User) -> None:
    _, secret = link_from(alice)
    assert secret not in str(Invitation.objects.values().get())
    assert secret not in str(list(AuditEvent.objects.values()))


def test_invitation_is_refused_when_used_again(alice: User) -> None:
    pk, secret = link_from(alice)
    accept(pk, secret)
    with pytest.raises(Gone):
        accept(pk, secret)


def test_invitation_is_refused_after_a_week(alice: User) -> None:
    pk, secret = link_from(alice)
    with time_machine.travel(now() + timedelta(days=7, seconds=1)), pytest.raises(Gone):
        accept(pk, secret)
    with time_machine.travel(now() + timedelta(days=6)):
        accept(pk, secret)


def test_invitation_is_refused_when_the_secret_is_wrong(alice: User) -> None:
    pk, secret = link_from(alice)
    for bad in ("0" * 64, secret[:-1], ""):
        with pytest.raises(NotFound):
            accept(pk, bad)
    with pytest.raises(NotFound):
        accept(str(uuid4()), secret)


def test_invitation_ends_when_another_follows_or_it_is_withdrawn(
    alice: User, bob: User
) -> None:
    first = link_from(alice)
    second = link_from(alice)
    with pytest.raises(NotFound):
        accept(*first)
    with pytest.raises(NotFound):
        withdraw_invitation(actor=acting(bob), invitation_id=UUID(second[0]))
    withdraw_invitation(actor=acting(alice), invitation_id=UUID(second[0]))
    with pytest.raises(NotFound):
        accept(*second)


def test_invitation_ends_when_the_organization_is_made_inactive(alice: User) -> None:
    pk, secret = link_from(alice)
    Organization.objects.update(is_active=False)
    with pytest.raises(Gone):
        accept(pk, secret)


def test_account_that_exists_signs_in_to_accept(alice: User, bob: User) -> None:
    pk, secret = link_from(alice, bob.email)
    with pytest.raises(Forbidden):
        accept(pk, secret)
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)
    accept(pk, secret, bob)
    assert Membership.objects.filter(user=bob).count() == 2


def test_invitation_is_refused_to_somebody_else(alice: User, bob: User) -> None:
    pk, secret = link_from(alice, "carol@northline.example")
    with pytest.raises(Forbidden):
        accept(pk, secret, bob)
    assert Invitation.objects.get().accepted_at is None


def test_invitation_gives_no_inactive_person_a_new_password(alice: User) -> None:
    gone = User.objects.create_user(NEW, name="Ann")
    gone.is_active = False
    gone.save()
    with pytest.raises(Forbidden):
        accept(*link_from(alice))


def test_invitation_is_refused_when_the_password_is_weak(alice: User) -> None:
    pk, secret = link_from(alice)
    with pytest.raises(Invalid):
        accept_invitation(
            invitation_id=UUID(pk), secret=secret, name="Ann", password="short"
        )
    assert not User.objects.filter(email=NEW).exists()


def test_people_are_invited_by_their_own_manager_only(
    meadow: Organization, alice: User, bob: User, erin: User
) -> None:
    ann = person_in(meadow, "ann", Role.ANALYST)
    for person in (ann, bob):
        with pytest.raises(Forbidden):
            invite(
                actor=acting(person),
                organization=meadow,
                email="new@meadow.example",
                role=Role.ANALYST,
            )
    with pytest.raises(Forbidden):
        link_from(alice, role=Role.SIGNATORY)
    with pytest.raises(Conflict):
        link_from(alice, ann.email)
    with pytest.raises(Invalid):
        link_from(alice, "not an address")
    invite(
        actor=acting(erin),
        organization=meadow,
        email="new@meadow.example",
        role=Role.SIGNATORY,
    )


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_staff_invites_readers_only_until_there_is_a_manager(
    meadow: Organization, erin: User, role: Role
) -> None:
    def invite_herself() -> None:
        actor, email = acting(erin), erin.email
        invite(actor=actor, organization=meadow, email=email, role=role)

    invite_herself()
    person_in(meadow, "alice")
    with pytest.raises(Forbidden):
        invite_herself()


def test_invitation_ends_when_its_inviter_may_invite_no_longer(
    meadow: Organization, erin: User
) -> None:
    _, link = invite(
        actor=acting(erin), organization=meadow, email=erin.email, role=Role.MANAGER
    )
    pk, secret = link.split("/")[-2:]
    alice = person_in(meadow, "alice")
    with pytest.raises(Gone):  # a manager came first, who is to say now
        accept(pk, secret, erin)
    pk, secret = link_from(alice)
    person_in(meadow, "amy")
    Membership.objects.filter(user=alice).update(role=Role.ANALYST)
    with pytest.raises(Gone):
        accept(pk, secret)
    Membership.objects.filter(user=alice).update(role=Role.MANAGER)
    accept(pk, secret)


@pytest.mark.django_db(transaction=True)
def test_invitation_is_accepted_once_when_two_race() -> None:
    alice = person_in(organization("meadow"), "alice")
    pk, secret = link_from(alice)
    results: list[object] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        try:
            results.append(accept(pk, secret))
        except Problem as problem:
            results.append(problem.status)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Membership.objects.filter(user__email=NEW).count() == 1
    assert sorted(map(type, results), key=str) == sorted([int, Membership], key=str)
    assert 410 in results
