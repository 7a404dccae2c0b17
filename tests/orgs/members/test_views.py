"""The pages about people, and the organization a person acts for."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import Organization, User
from orgs.members.invitations import invite
from orgs.members.models import Invitation, Membership
from orgs.members.services import add_member
from tests.cast import PASSWORD, acting, browser_of, home_of, person_in

NEW = "ann@meadow.example"


@pytest.mark.parametrize("pk", ["-" * 36, "a" * 36, "0" * 8 + "-" * 28])
def test_invitation_is_not_found_when_its_id_is_none(db: None, pk: str) -> None:
    assert Client().get(f"/invitations/{pk}/{'a' * 64}").status_code == 404


def link_to(person: User, email: str = NEW) -> str:
    """The path of a new invitation's link."""
    _, link = invite(
        actor=acting(person),
        organization=home_of(person),
        email=email,
        role=Role.ANALYST,
    )
    return "/invitations/" + link.partition("/invitations/")[2]


def test_members_page_shows_people_of_the_acting_organization_only(
    alice: User, bob: User
) -> None:
    page = browser_of(alice).get(reverse("members")).content.decode()
    assert alice.email in page
    assert bob.email not in page


@pytest.mark.parametrize("name", ["members", "credentials"])
def test_managers_pages_are_closed_to_others(
    meadow: Organization, erin: User, name: str
) -> None:
    assert Client().get(reverse(name)).status_code == 302
    for person in (person_in(meadow, "ann", Role.ANALYST), erin):
        assert browser_of(person).get(reverse(name)).status_code == 403


def test_manager_invites_without_seeing_the_link(
    alice: User, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page = browser_of(alice).post(
            reverse("members"), {"email": NEW, "role": "analyst"}, follow=True
        )
    [letter] = mail.outbox
    secret = re.search(r"[0-9a-f]{64}", str(letter.body))
    assert secret
    assert secret[0] not in page.content.decode()
    assert NEW in page.content.decode()


def test_manager_cannot_invite_a_signatory_by_a_changed_form(alice: User) -> None:
    browser_of(alice).post(reverse("members"), {"email": NEW, "role": "signatory"})
    assert not Invitation.objects.exists()


def test_roles_and_people_change_by_post(meadow: Organization, alice: User) -> None:
    ann = Membership.objects.get(user=person_in(meadow, "ann", Role.ANALYST))
    browser = browser_of(alice)
    browser.post(reverse("member-role", args=[ann.pk]), {"role": "auditor"})
    ann.refresh_from_db()
    assert ann.role == Role.AUDITOR
    browser.post(reverse("member-remove", args=[ann.pk]))
    assert not Membership.objects.filter(pk=ann.pk).exists()


def test_people_of_others_get_404(alice: User, bob: User) -> None:
    pk = Membership.objects.get(user=bob).pk
    browser = browser_of(alice)
    for name, data in (("member-role", {"role": "analyst"}), ("member-remove", {})):
        assert browser.post(reverse(name, args=[pk]), data).status_code == 404


def test_last_manager_is_told_why_not(alice: User) -> None:
    pk = Membership.objects.get(user=alice).pk
    page = browser_of(alice).post(reverse("member-remove", args=[pk]), follow=True)
    assert b"at least one manager" in page.content


def test_invitation_is_withdrawn_by_post(alice: User) -> None:
    link_to(alice)
    pk = Invitation.objects.get().pk
    browser_of(alice).post(reverse("invitation-withdraw", args=[pk]))
    assert not Invitation.objects.exists()


def test_invited_person_makes_an_account(client: Client, alice: User) -> None:
    link = link_to(alice)
    assert b"Meadow Social" in client.get(link).content
    words = {"name": "Ann", "password": PASSWORD, "again": PASSWORD}
    assert b"differ" in client.post(link, {**words, "again": "x"}).content
    weak = client.post(link, {**words, "password": "short", "again": "short"})
    assert b"too short" in weak.content
    assert client.post(link, words).status_code == 302
    assert acting(User.objects.get(email=NEW)).role == Role.ANALYST
    assert client.get(link).status_code == 410


def test_invited_person_with_an_account_signs_in_first(
    client: Client, alice: User, bob: User
) -> None:
    link = link_to(alice, bob.email)
    page = client.get(link).content.decode()
    assert f"{reverse('sign-in')}?next={link}" in page
    client.post(link, {"name": "x", "password": PASSWORD, "again": PASSWORD})
    assert not Membership.objects.filter(organization__slug="meadow", user=bob).exists()
    client.force_login(bob)
    client.post(link)
    assert Membership.objects.filter(organization__slug="meadow", user=bob).exists()


def test_invitation_is_no_use_to_somebody_else(alice: User, bob: User) -> None:
    link = link_to(alice, "carol@northline.example")
    browser = browser_of(bob)
    assert b"Sign out" in browser.get(link).content
    assert browser.post(link).status_code == 403
    wrong = link[:-4] + "0000"
    assert browser.get(wrong).status_code == 404


def test_person_switches_between_their_own_organizations_only(
    alice: User, harbour: Organization, liaison: Organization, meadow: Organization
) -> None:
    add_member(actor=SYSTEM, organization=harbour, user=alice, role=Role.MANAGER)
    browser, switch = browser_of(alice), reverse("switch-organization")
    assert browser.get(reverse("members")).status_code == 403  # none chosen yet
    for chosen in (harbour, meadow):
        browser.post(switch, {"organization": chosen.pk, "next": "/members"})
        page = browser.get(reverse("members"))
        assert chosen.name in page.content.decode()
    assert browser.post(switch, {"organization": liaison.pk}).status_code == 404
    assert browser.get(switch).status_code == 405


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("submissions", {"lines": "scam.example", "scam_type": "other"}),
        ("members", {"email": NEW, "role": "analyst"}),
        ("credentials", {"name": "x", "role": "manager", "scopes": ["read"]}),
    ],
)
def test_form_of_another_organization_is_refused_when_the_person_switched(
    alice: User,
    harbour: Organization,
    meadow: Organization,
    page: str,
    said: dict[str, object],
) -> None:
    add_member(actor=SYSTEM, organization=harbour, user=alice, role=Role.MANAGER)
    browser, switch = browser_of(alice), reverse("switch-organization")
    browser.post(switch, {"organization": meadow.pk})
    opened = browser.get(reverse(page)).content.decode()
    acting_for = re.search(r'name="acting" value="([^"]+)"', opened)
    assert acting_for
    said["acting"] = acting_for[1]
    browser.post(switch, {"organization": harbour.pk})
    assert browser.post(reverse(page), said).status_code == 409
    browser.post(switch, {"organization": meadow.pk})
    assert browser.post(reverse(page), said).status_code != 409


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\evil"]
)
def test_switch_leads_to_this_site_only(
    alice: User, meadow: Organization, back: str
) -> None:
    response = browser_of(alice).post(
        reverse("switch-organization"), {"organization": meadow.pk, "next": back}
    )
    assert response["Location"] == reverse("home")


def test_people_of_one_role_alone_are_listed_when_asked_for(alice: User) -> None:
    person_in(home_of(alice), "ann", Role.ANALYST)
    browser = browser_of(alice)
    for role, names in (("analyst", {"Ann"}), ("auditor", set())):
        page = browser.get(reverse("members"), {"role": role})
        assert {each.user.name for each, _ in page.context["rows"]} == names
