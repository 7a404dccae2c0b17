"""The Django admin: for hub staff, through the services, without secrets."""

import pytest
from django.test import Client
from django.urls import reverse

from orgs.accounts.actor import Role
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.credentials.models import Credential
from orgs.members.models import Invitation, Membership, RoleGroup
from tests.cast import browser_of, key_of

MODELS = (
    "organization",
    "user",
    "membership",
    "invitation",
    "credential",
    "auditevent",
)


def url(model: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:orgs_{model}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_admin_is_open_to_staff_only(alice: User, erin: User, model: str) -> None:
    assert browser_of(erin).get(url(model)).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    assert browser_of(alice).get(url(model)).status_code in {302, 404}
    assert browser_of(alice).get(url(model), follow=True).status_code == 404
    anonymous = Client().get(url(model), follow=True)
    assert anonymous.request["PATH_INFO"] == reverse("sign-in")


def test_admin_has_no_door_of_its_own(db: None) -> None:
    response = Client().post(reverse("admin:login"), {"username": "x"})
    assert response["Location"].startswith(reverse("sign-in"))


def test_staff_makes_an_organization_with_its_groups(erin: User) -> None:
    facts = {"name": "New", "slug": "new", "kind": "bank", "jurisdiction": "SE"}
    browser_of(erin).post(url("organization", "add"), {**facts, "is_government": "on"})
    made = Organization.objects.get()
    assert made.is_government
    assert made.is_active
    assert RoleGroup.objects.filter(organization=made).count() == len(Role)
    assert AuditEvent.objects.get().user == erin


def test_staff_changes_an_organization_with_an_audit_event(
    erin: User, meadow: Organization
) -> None:
    facts = {"name": "Meadow", "kind": "regulator", "jurisdiction": "US"}
    browser_of(erin).post(url("organization", "change", meadow.pk), facts)
    meadow.refresh_from_db()
    assert (meadow.name, meadow.kind, meadow.is_active) == (
        "Meadow",
        "regulator",
        False,
    )
    event = AuditEvent.objects.get(verb="members:organization:change")
    assert event.detail["is_active"] is False


def test_staff_is_told_why_not(erin: User, meadow: Organization) -> None:
    facts = {"name": "Meadow", "kind": "bank", "jurisdiction": "4X"}
    page = browser_of(erin).post(
        url("organization", "change", meadow.pk), facts, follow=True
    )
    assert b"two-letter country code" in page.content
    page = browser_of(erin).post(
        url("user", "change", erin.pk), {"name": "Erin"}, follow=True
    )
    assert b"your own access" in page.content


def test_staff_switches_a_person_off(erin: User, alice: User) -> None:
    browser_of(erin).post(url("user", "change", alice.pk), {"name": "Alice"})
    alice.refresh_from_db()
    assert not alice.is_active
    assert AuditEvent.objects.get(verb="accounts:user:change").subject == str(alice.pk)


def test_staff_invites_and_changes_and_removes_members(
    erin: User, alice: User, alice_signs: User, meadow: Organization
) -> None:
    browser = browser_of(erin)
    browser.post(
        url("invitation", "add"),
        {"organization": meadow.pk, "email": "s@meadow.example", "role": "signatory"},
    )
    assert Invitation.objects.get().role == Role.SIGNATORY
    signs = Membership.objects.get(user=alice_signs)
    browser.post(url("membership", "change", signs.pk), {"role": "auditor"})
    signs.refresh_from_db()
    assert signs.role == Role.AUDITOR
    browser.post(url("membership", "delete", signs.pk), {"post": "yes"})
    assert not Membership.objects.filter(pk=signs.pk).exists()
    last = Membership.objects.get(user=alice)
    page = browser.post(
        url("membership", "delete", last.pk), {"post": "yes"}, follow=True
    )
    assert Membership.objects.filter(pk=last.pk).exists()
    assert b"at least one manager" in page.content


def test_admin_shows_no_digest_and_makes_no_key(erin: User, alice: User) -> None:
    key_of(alice)
    credential = Credential.objects.get()
    browser = browser_of(erin)
    page = browser.get(url("credential", "change", credential.pk)).content.decode()
    assert credential.prefix in page
    assert "digest" not in page.lower()
    for name, args in (("add", ()), ("delete", (credential.pk,))):
        assert browser.get(url("credential", name, *args)).status_code == 403


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("user", "password__startswith=md5"),
        ("user", "password__gt=m"),
        ("user", "memberships__role=manager"),
        ("invitation", "secret_digest__isnull=0"),
        ("credential", "digest__isnull=0"),
        ("credential", "created_by__password__startswith=md5"),
    ],
)
def test_address_cannot_ask_for_a_column_that_is_not_shown(
    erin: User, model: str, asked: str
) -> None:
    response = browser_of(erin).get(f"{url(model)}?{asked}")
    assert response.status_code in {302, 400}


def test_address_can_ask_for_what_is_shown(erin: User, alice: User) -> None:
    page = browser_of(erin).get(f"{url('user')}?is_staff__exact=1").content.decode()
    assert erin.email in page
    assert alice.email not in page


def test_audit_is_read_only(erin: User, alice: User) -> None:
    event = AuditEvent.objects.earliest("id")
    browser = browser_of(erin)
    assert browser.get(url("auditevent", "change", event.pk)).status_code == 200
    assert browser.post(url("auditevent", "change", event.pk), {}).status_code == 403
    assert browser.get(url("auditevent", "add")).status_code == 403
    assert browser.get(url("auditevent", "delete", event.pk)).status_code == 403
