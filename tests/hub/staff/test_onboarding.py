"""An organization comes in: every step by itself, and a list of what is missing."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from orgs.accounts.actor import Role
from orgs.accounts.models import Organization
from orgs.audit.models import AuditEvent
from orgs.members.services import change_organization
from sharing.agreements import catalogue
from tests.cast import (
    acting,
    authenticator_of,
    browser_of,
    key_of,
    organization,
    person_in,
)
from tests.coalition import send
from tests.sharing.intake.held import make_new

pytestmark = pytest.mark.django_db
NEW = {"name": "Ridge Bank", "kind": "bank", "jurisdiction": "gb", "listed": "on"}


@pytest.fixture
def staff(erin):
    return browser_of(erin)


def at(name: str, member: Organization) -> str:
    return reverse(name, args=[member.pk])


def marks(staff, member: Organization) -> dict[str, str]:
    page = staff.get(at("staff-organization", member))
    return {step.title: str(step.mark) for step in page.context["steps"]}


def said(staff, member: Organization) -> str:
    page = staff.get(at("staff-organization", member))
    return " ".join(step.sentence for step in page.context["steps"])


def test_organization_is_created_and_the_next_step_is_its_people(staff) -> None:
    answer = staff.post(reverse("staff-new"), NEW)
    member = Organization.objects.get(slug="ridge-bank")
    assert answer["Location"] == at("staff-people", member)
    assert (member.jurisdiction, member.is_government, member.vouched) == (
        "GB",
        False,
        False,
    )
    assert marks(staff, member) == {
        "Details": "done",
        "First manager and signatory": "missing",
        "API keys": "waits",
        "Vouching": "missing",
        "Agreements": "missing",
        "First submission": "waits",
    }


def test_what_is_wrong_with_a_new_one_is_said_beside_the_form(staff, meadow) -> None:
    for wrong, told in (
        ({"name": "Meadow Social"}, "has this name already"),
        ({"jurisdiction": "1!"}, "two-letter country code"),
        ({"kind": "circus"}, "Select a valid choice"),
    ):
        page = staff.post(reverse("staff-new"), {**NEW, **wrong})
        assert (page.status_code, told in page.content.decode()) == (422, True), wrong
    assert not Organization.objects.filter(slug="ridge-bank").exists()


def test_first_manager_and_signatory_are_invited_by_mail_alone(staff, northline):
    for email, role in (("m@n.example", "manager"), ("s@n.example", "signatory")):
        answer = staff.post(
            at("staff-people", northline), {"email": email, "role": role}
        )
        assert answer.status_code == 302
    page = staff.get(at("staff-people", northline)).content.decode()
    assert "m@n.example is invited" in page
    assert marks(staff, northline)["First manager and signatory"] == "waits"


def test_link_of_an_invitation_is_shown_to_nobody(
    staff, northline, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(
            at("staff-people", northline), {"email": "m@n.example", "role": "manager"}
        )
    [letter] = mail.outbox
    [link] = re.findall(r"/invitations/\S+", str(letter.body))
    assert link not in staff.get(at("staff-people", northline)).content.decode()


def test_staff_bring_in_no_second_manager_and_no_analyst(staff, carol, northline):
    for role, status in (("manager", 422), ("analyst", 422), ("signatory", 302)):
        sent = {"email": f"{role}@n.example", "role": role}
        assert staff.post(at("staff-people", northline), sent).status_code == status


def test_signatory_without_a_second_factor_is_told(staff, carol, northline) -> None:
    signs = person_in(northline, "signs", Role.SIGNATORY)
    assert "No signatory has a second factor yet" in said(staff, northline)
    authenticator_of(signs)
    assert marks(staff, northline)["First manager and signatory"] == "done"


def test_vouching_takes_a_code_and_taking_back_none(staff, erin, northline) -> None:
    make_new(northline)
    where = at("staff-vouch", northline)
    assert "This takes a second factor" in staff.get(where).content.decode()
    codes = authenticator_of(erin)
    staff.post(where, {"code": "000000"})
    assert marks(staff, northline)["Vouching"] == "missing"
    staff.post(where, {"code": codes.now()})
    assert marks(staff, northline)["Vouching"] == "done"
    staff.post(where, {"take-back": "1"})
    assert marks(staff, northline)["Vouching"] == "missing"
    verbs = [str(each) for each in AuditEvent.objects.values_list("verb", flat=True)]
    assert verbs[-2:] == [
        "members:organization:vouch",
        "members:organization:unvouch",
    ]


def test_staff_do_not_vouch_for_an_organization_of_their_own(erin, northline) -> None:
    make_new(northline)
    from orgs.accounts.actor import SYSTEM
    from orgs.members.services import add_member

    add_member(actor=SYSTEM, organization=northline, user=erin, role=Role.ANALYST)
    code = authenticator_of(erin).now()
    browser_of(erin).post(at("staff-vouch", northline), {"code": code})
    northline.refresh_from_db()
    assert not northline.vouched


@pytest.mark.django_db(transaction=True)
def test_all_steps_are_done_when_its_first_lines_are_accepted(
    staff, coalition, alice, meadow
) -> None:
    key_of(alice)
    before = marks(staff, meadow)
    assert before["Agreements"] == "done"
    assert before["API keys"] == "done"
    assert before["First submission"] == "waits"
    send(alice, ["first.scam.example"])
    assert marks(staff, meadow)["First submission"] == "done"
    assert "first.scam.example" not in said(staff, meadow)


def test_first_lines_of_a_new_member_wait_for_staff(staff, coalition, alice, meadow):
    make_new(meadow)
    send(alice, ["first.scam.example"])
    assert marks(staff, meadow)["First submission"] == "missing"
    assert "waits until staff let it through" in said(staff, meadow)


def test_draft_of_a_member_is_no_news_for_staff(staff, coalition, alice, meadow):
    from sharing.agreements import services

    said = {**coalition.text, "title": "A secret plan"}
    services.draft(actor=acting(alice), text=said, agreement_id=coalition.agreement_id)
    page = staff.get(at("staff-drafting", meadow)).content.decode()
    assert coalition.agreement.title in page
    assert "version 2" not in page


def test_details_change_and_what_is_switched_off_says_so(
    staff, erin, northline
) -> None:
    where = at("staff-details", northline)
    staff.post(where, {**NEW, "name": "North Line", "is_government": "on"})
    northline.refresh_from_db()
    assert (northline.name, northline.is_government) == ("North Line", True)
    change_organization(
        actor=acting(erin),
        organization_id=northline.pk,
        name="North Line",
        kind="bank",
        jurisdiction="GB",
        is_government=True,
        is_active=False,
    )
    staff.post(where, {**NEW, "name": "Northern Line"})
    northline.refresh_from_db()
    assert (northline.name, northline.is_active) == ("Northern Line", False)
    assert "switched off" in said(staff, northline)


def test_template_is_opened_with_its_slug_in_place(staff, northline) -> None:
    page = staff.get(at("staff-drafting", northline)).content.decode()
    [link] = re.findall(r'href="([^"]*place=CUSTOMER[^"]*)"', page)
    draft = staff.get(link.replace("&amp;", "&") + "&as=text").content.decode()
    assert "northline" in draft
    assert "VENDOR" in draft
    assert "CUSTOMER" not in draft.replace("place=CUSTOMER", "")  # of its own address


def test_template_stays_as_it_is_when_what_is_put_in_is_no_slug() -> None:
    plain = catalogue.template("vendor_feed").source
    for place, slug in (("CUSTOMER", "a: b"), ("title", "x"), ("", "x")):
        assert catalogue.filled("vendor_feed", place, slug) == plain


def test_organizations_are_listed_by_name_and_found(staff, monkeypatch) -> None:
    from orgs.onboarding import progress

    monkeypatch.setattr(progress, "LISTED", 1)
    for slug in ("meadow", "sentry"):
        organization(slug)
    first = staff.get(reverse("staff-organizations"))
    assert [row.slug for row in first.context["rows"]] == ["meadow"]
    more = {"after": first.context["more"]}
    then = staff.get(reverse("staff-organizations"), more)
    assert [row.slug for row in then.context["rows"]] == ["sentry"]
    found = staff.get(reverse("staff-organizations"), {"search": "SENTRY"})
    assert [row.slug for row in found.context["rows"]] == ["sentry"]
