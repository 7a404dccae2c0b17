"""Hub staff vouch for a member, and take it back; nobody for their own."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from hub.lib.errors import Forbidden, NotFound
from orgs.accounts.actor import SYSTEM, Actor, Role
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.members import services
from orgs.members.services import add_member, vouch
from tests.cast import acting, authenticator_of, browser_of

GIVEN, TAKEN = "members:organization:vouch", "members:organization:unvouch"


@pytest.fixture
def stranger(meadow: Organization) -> Organization:
    """A member for whom nobody vouches."""
    return vouch(actor=SYSTEM, slug=meadow.slug, vouched=False)


def vouched(member: Organization) -> bool:
    return Organization.objects.get(pk=member.pk).vouched


def made(**more: object) -> Organization:
    facts = {"slug": "new", "name": "New", "kind": "bank", "jurisdiction": "SE"}
    return services.create_organization(actor=SYSTEM, **facts, **more)  # type: ignore[arg-type]


def test_nobody_vouches_for_a_new_organization_unless_it_is_said(db: None) -> None:
    assert not made().vouched
    assert not AuditEvent.objects.filter(verb=GIVEN).exists()


def test_staff_vouch_when_they_make_the_organization(db: None) -> None:
    assert made(vouched=True).vouched
    assert AuditEvent.objects.filter(verb=GIVEN).count() == 1


def test_staff_vouch_later_and_take_it_back(erin: User, stranger: Organization) -> None:
    for _ in range(2):
        vouch(actor=acting(erin), slug=stranger.slug)
    assert vouched(stranger)
    event = AuditEvent.objects.filter(verb=GIVEN).latest("id")
    assert (event.user, event.organization) == (erin, stranger)
    vouch(actor=acting(erin), slug=stranger.slug, vouched=False)
    assert not vouched(stranger)
    assert AuditEvent.objects.filter(verb=GIVEN, user=erin).count() == 1
    assert AuditEvent.objects.filter(verb=TAKEN, user=erin).count() == 1


def test_members_and_nobody_cannot_vouch(
    alice: User, bob: User, stranger: Organization
) -> None:
    for actor in (acting(alice), acting(bob), Actor()):
        with pytest.raises(Forbidden):
            vouch(actor=actor, slug=stranger.slug)
    with pytest.raises(NotFound):
        vouch(actor=SYSTEM, slug="nobody")
    assert not vouched(stranger)


def test_staff_cannot_vouch_for_an_organization_of_their_own(
    erin: User, stranger: Organization
) -> None:
    staff = acting(erin)
    add_member(actor=SYSTEM, organization=stranger, user=erin, role=Role.AUDITOR)
    for actor in (staff, acting(erin)):
        with pytest.raises(Forbidden, match="somebody else"):
            vouch(actor=actor, slug=stranger.slug)
    vouch(actor=SYSTEM, slug=stranger.slug)
    vouch(actor=staff, slug=stranger.slug, vouched=False)
    assert not vouched(stranger)


def test_nobody_vouches_without_a_code_and_takes_it_back_without(
    erin: User, stranger: Organization
) -> None:
    staff = acting(erin, second_factor=False)
    with pytest.raises(Forbidden, match="second factor"):
        vouch(actor=staff, slug=stranger.slug)
    assert not vouched(stranger)
    vouch(actor=acting(erin), slug=stranger.slug)
    vouch(actor=staff, slug=stranger.slug, vouched=False)
    assert not vouched(stranger)


def test_staff_vouch_in_the_administration(erin: User, stranger: Organization) -> None:
    facts = {
        "name": stranger.name,
        "kind": stranger.kind,
        "jurisdiction": stranger.jurisdiction,
        "is_active": "on",
    }
    place = reverse("admin:orgs_organization_change", args=[stranger.pk])
    code = authenticator_of(erin).now()
    staff, on = browser_of(erin), {"vouched": "on"}
    for said in (on, {**on, "code": "000000"}):
        staff.post(place, {**facts, **said})
        assert not vouched(stranger)
    staff.post(place, {**facts, **on, "code": code})
    assert vouched(stranger)
    staff.post(place, {**facts, **on, "name": "Other"})
    assert Organization.objects.get(pk=stranger.pk).name == "Other"
    staff.post(place, facts)
    assert not vouched(stranger)
    assert AuditEvent.objects.filter(verb=TAKEN, user=erin).count() == 1


def test_other_changes_leave_it_as_it_is(erin: User, meadow: Organization) -> None:
    services.change_organization(
        actor=acting(erin),
        organization_id=meadow.pk,
        name="Meadow",
        kind="platform",
        jurisdiction="US",
        is_government=False,
        is_active=True,
    )
    assert vouched(meadow)


def told(*words: str) -> str:
    out = StringIO()
    call_command("vouch", *words, stdout=out)
    return out.getvalue()


def test_command_vouches_and_takes_back(stranger: Organization) -> None:
    assert told("meadow") == "Meadow Social is vouched for.\n"
    assert vouched(stranger)
    assert "not vouched for any more" in told("meadow", "--take-back")
    assert not vouched(stranger)
    with pytest.raises(CommandError, match="called so"):
        told("nobody")


@pytest.mark.parametrize("word", [(), ("--vouch",)])
def test_bootstrap_vouches_for_the_first_organization_when_asked(
    db: None, word: tuple[str, ...]
) -> None:
    given = "--email=e@x.example --name=E --kind=bank --jurisdiction=SE".split()
    call_command(
        "bootstrap", "--organization=First Bank", *given, *word, stdout=StringIO()
    )
    assert Organization.objects.get().vouched is bool(word)
