"""Suspending, resuming, leaving and ending an agreement on the screen."""

from html import unescape

import pytest
from django.urls import reverse

from orgs.accounts.actor import Role
from orgs.accounts.models import SecondFactor
from orgs.members.models import Membership
from sharing.agreements.models import Agreement
from tests.cast import authenticator_of, browser_of, home_of, person_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_bells")]


def place(version, name):
    return reverse(f"agreement-{name}", args=[version.agreement_id])


def do(person, version, name, *, code=None, **said):
    body = {"reason": "Under review.", **said}
    if code:
        body["code"] = code
    return browser_of(person).post(place(version, name), body)


def state_of(version):
    return Agreement.objects.get(pk=version.agreement_id).state


def offered(person, version):
    page = browser_of(person).get(reverse("agreement", args=[version.agreement_id]))
    return [act.name for act in page.context["acts"]]


def test_signatory_suspends_and_resumes_with_a_code_each(enact, signers):
    version, person = enact(), signers["harbour"]
    assert offered(person, version) == ["suspend", "leave"]
    authenticator = authenticator_of(person)
    page = browser_of(person).get(place(version, "suspend"))
    assert "nobody reads anything" in page.content.decode()
    assert do(person, version, "suspend", code=authenticator.now()).status_code == 302
    assert state_of(version) == "suspended"
    assert offered(person, version) == ["resume", "leave"]
    assert offered(signers["meadow"], version) == ["leave"]
    shown = browser_of(signers["meadow"]).get(
        reverse("agreement", args=[version.agreement_id])
    )
    assert "Under review." in shown.content.decode()


def test_nothing_flows_in_the_matrix_when_it_is_suspended(enact, signers, erin):
    version = enact()
    assert "Harbour Bank</th>" in browser_of(erin).get("/agreements").content.decode()
    do(erin, version, "suspend", code=authenticator_of(erin).now())
    assert "nothing flows" in browser_of(erin).get("/agreements").content.decode()


def test_staff_suspend_resume_and_end_with_a_code_each(enact, erin):
    version, authenticator = enact(), authenticator_of(erin)
    for name, state in (
        ("suspend", "suspended"),
        ("resume", "active"),
        ("terminate", "terminated"),
    ):
        assert name in offered(erin, version)
        assert do(erin, version, name).status_code == 422
        SecondFactor.objects.update(last_step=0)  # as if half a minute had gone by
        code = authenticator.now()
        assert do(erin, version, name, code=code).status_code == 302
        assert state_of(version) == state
    assert offered(erin, version) == []


def test_party_leaves_and_sees_the_agreement_no_longer(enact, signers):
    version, person = enact(), signers["harbour"]
    code = authenticator_of(person).now()
    assert do(person, version, "leave", code=code).status_code == 302
    assert browser_of(person).get(place(version, "leave")).status_code == 404
    path = reverse("agreement", args=[version.agreement_id])
    left = unescape(browser_of(signers["meadow"]).get(path).content.decode())
    assert "3 of 3" in left
    assert "Harbour Bank" in left
    listed = browser_of(signers["meadow"]).get("/agreements").content.decode()
    assert "Harbour Bank" not in listed


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"code": "000000"}, "code"),
        ({"code": "000000", "reason": " "}, "required"),
        ({}, "required"),
    ],
)
def test_nothing_happens_when_code_or_reason_is_missing(enact, signers, said, told):
    version, person = enact(), signers["harbour"]
    authenticator_of(person)
    answer = do(person, version, "suspend", **said)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert state_of(version) == "active"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ANALYST])
def test_act_is_refused_when_the_role_does_not_sign(enact, meadow, role):
    version = enact()
    person = person_in(meadow, "someone", role)
    for name in ("suspend", "resume", "leave", "terminate"):
        assert do(person, version, name).status_code == 403
    assert state_of(version) == "active"


def test_act_is_a_conflict_when_it_is_not_open_to_the_actor(enact, signers, erin):
    version = enact()
    assert do(signers["meadow"], version, "terminate").status_code == 403
    assert do(signers["meadow"], version, "resume").status_code == 409
    assert do(erin, version, "leave").status_code == 403


def test_act_is_not_found_when_a_stranger_asks(enact, carol_signs):
    version = enact()
    for name in ("suspend", "resume", "leave", "terminate"):
        assert do(carol_signs, version, name).status_code == 404


def invite(person, version, slug="northline", **said):
    return browser_of(person).post(place(version, "invite"), {"slug": slug, **said})


def test_invited_organization_joins_by_signing_when_the_text_is_open(
    enact, signers, carol, carol_signs
):
    version = enact(open_to_accession=True)
    manager = Membership.objects.get(
        organization=home_of(signers["meadow"]), role=Role.MANAGER
    ).user
    path = reverse("agreement", args=[version.agreement_id])
    assert "Invite another" in browser_of(manager).get(path).content.decode()
    assert invite(manager, version).status_code == 302
    listed = browser_of(carol_signs).get("/agreements").content.decode()
    assert "waits for your signature" in listed
    assert "4 of 4" in listed  # who is only invited does not count
    body = {
        "text_sha256": version.text_sha256,
        "read": "on",
        "code": authenticator_of(carol_signs).now(),
    }
    signed = browser_of(carol_signs).post(
        reverse("agreement-sign", args=[version.pk]), body
    )
    assert signed.status_code == 302
    assert "5 of 5" in browser_of(carol).get("/agreements").content.decode()


def test_nobody_is_invited_when_the_text_is_closed(enact, erin, carol):
    version = enact()
    path = reverse("agreement", args=[version.agreement_id])
    assert "Invite another" not in browser_of(erin).get(path).content.decode()
    assert invite(erin, version).status_code == 302
    assert browser_of(carol).get(path).status_code == 404
    assert invite(erin, version, slug="").status_code == 422


def manager_of(person):
    home = home_of(person)
    return Membership.objects.get(organization=home, role=Role.MANAGER).user


def withdraw(person, version, slug="northline"):
    where = reverse("agreement-invite-withdraw", args=[version.agreement_id])
    return browser_of(person).post(where, {"slug": slug}, follow=True)


def test_invitation_is_withdrawn_on_the_page_of_the_agreement(enact, signers, carol):
    version, manager = enact(open_to_accession=True), manager_of(signers["meadow"])
    invite(manager, version)
    path = reverse("agreement", args=[version.agreement_id])
    assert "Withdraw the invitation" in browser_of(manager).get(path).content.decode()
    assert browser_of(carol).get(path).status_code == 200
    assert "Withdraw the" not in browser_of(carol).get(path).content.decode()
    assert "is withdrawn" in withdraw(manager, version).content.decode()
    assert browser_of(carol).get(path).status_code == 404


@pytest.mark.parametrize("slug", ["", "no slug", "harbour", "nobody"])
def test_nothing_is_withdrawn_when_nobody_of_that_name_is_invited(
    enact, signers, carol, slug
):
    version, manager = enact(open_to_accession=True), manager_of(signers["meadow"])
    invite(manager, version)
    assert withdraw(manager, version, slug).status_code in (404, 422)
    assert version.parties.filter(acceding=True).count() == 1
