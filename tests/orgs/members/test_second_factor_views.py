"""Signing in with a code; a person's pages about their own second factor."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pyotp
import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from hub.lib.errors import Forbidden
from orgs.accounts import attempts, second_factor, waiting
from orgs.accounts.actor import Actor
from orgs.accounts.models import SecondFactor, User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from orgs.members import second_factors
from tests.cast import PASSWORD, acting, authenticator_of, browser_of

pytestmark = pytest.mark.usefixtures("broker")

ME = "_auth_user_id"
PAGES = (
    "second-factor-set-up",
    "second-factor-confirm",
    "second-factor-remove",
    "recovery-codes",
)


def post(client: Client, name: str, **said: str) -> str:
    return client.post(reverse(name), said, follow=True).content.decode()


def password_of(client: Client, person: User, **more: str) -> str:
    said = {"username": person.email, "password": PASSWORD, **more}
    return str(client.post(reverse("sign-in"), said)["Location"])


def told(verb: Verb) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def test_sign_in_asks_no_code_without_a_second_factor(
    client: Client, alice: User
) -> None:
    second_factor.begin(alice)  # not confirmed
    assert password_of(client, alice) == reverse("home")
    assert client.session[ME] == str(alice.pk)


def test_sign_in_opens_the_session_only_with_the_code(
    client: Client, alice: User
) -> None:
    totp = authenticator_of(alice)
    where = reverse("sign-in-code")
    assert password_of(client, alice, next="/members") == where
    assert ME not in client.session
    assert client.get("/members").status_code == 302
    assert "wrong or used up" in post(client, "sign-in-code", code="no code")
    assert ME not in client.session
    before = client.session.session_key
    answer = client.post(where, {"code": totp.now()})
    assert answer["Location"] == "/members"
    assert client.session[ME] == str(alice.pk)
    assert client.session.session_key != before
    assert waiting.KEY not in client.session


def test_sign_in_refuses_a_code_that_was_used(client: Client, alice: User) -> None:
    code = authenticator_of(alice).now()
    password_of(client, alice)
    post(client, "sign-in-code", code=code)
    other = Client()
    password_of(other, alice)
    assert "wrong or used up" in post(other, "sign-in-code", code=code)
    assert ME not in other.session


def test_sign_in_takes_a_recovery_code_once_and_records_it(
    client: Client, alice: User
) -> None:
    authenticator_of(alice)
    [code, *_] = second_factor.renew_recovery_codes(alice)
    for browser, opened in ((client, True), (Client(), False)):
        password_of(browser, alice)
        post(browser, "sign-in-code", code=code)
        assert (ME in browser.session) is opened
    assert told(Verb.RECOVERY_CODE_USE) == 1


def test_sign_in_ends_after_many_codes_from_wherever_they_come(alice: User) -> None:
    totp = authenticator_of(alice)
    for n in range(attempts.PER_PAIR):
        browser = Client(REMOTE_ADDR=f"192.0.2.{n}")
        password_of(browser, alice)
        post(browser, "sign-in-code", code="no code")
    browser = Client(REMOTE_ADDR="198.51.100.1")
    password_of(browser, alice)
    assert "Too many attempts" in post(browser, "sign-in-code", code=totp.now())
    assert ME not in browser.session


def test_code_alone_opens_nothing(client: Client, alice: User) -> None:
    totp = authenticator_of(alice)
    answer = client.post(reverse("sign-in-code"), {"code": totp.now()})
    assert answer["Location"] == reverse("sign-in")
    assert ME not in client.session


@pytest.mark.parametrize("change", ["password", "inactive", "late"])
def test_password_counts_no_more_when_things_changed(
    client: Client, alice: User, change: str
) -> None:
    totp = authenticator_of(alice)
    password_of(client, alice)
    at = datetime.now(UTC)
    if change == "password":
        alice.set_password("quite another secret")
    alice.is_active = change != "inactive"
    alice.save()
    if change == "late":
        at += timedelta(seconds=waiting.WITHIN + 1)
    with time_machine.travel(at):
        answer = client.post(reverse("sign-in-code"), {"code": totp.now()})
    assert answer["Location"] == reverse("sign-in")
    assert ME not in client.session


def test_setting_up_shows_secret_and_codes_once(alice: User) -> None:
    browser = browser_of(alice)
    shown = post(browser, "second-factor-set-up", password=PASSWORD)
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', shown)
    assert found
    assert 'src="data:image/svg+xml' in shown
    again = post(browser, "second-factor-confirm", code="no code")
    assert found[1] not in again
    assert "data:image" not in again
    assert told(Verb.SECOND_FACTOR_ADD) == 0
    secret = found[1].replace(" ", "")
    done = post(browser, "second-factor-confirm", code=pyotp.TOTP(secret).now())
    codes = re.findall(r"<li>([a-z2-7-]{19})</li>", done)
    assert len(codes) == second_factor.RECOVERY_CODES
    assert told(Verb.SECOND_FACTOR_ADD) == 1
    page = browser.get(reverse("second-factor")).content.decode()
    assert "10 recovery codes left" in page
    assert not [each for each in (found[1], secret, *codes) if each in page]


def test_setting_up_takes_the_password(alice: User) -> None:
    said = post(browser_of(alice), "second-factor-set-up", password="a guess")
    assert "not your password" in said
    assert not SecondFactor.objects.exists()


def test_password_cannot_be_guessed_in_an_open_session(alice: User) -> None:
    browser = browser_of(alice)
    for _ in range(attempts.PER_PAIR):
        post(browser, "second-factor-set-up", password="a guess")
    said = post(browser, "second-factor-set-up", password=PASSWORD)
    assert "Too many attempts" in said
    assert not SecondFactor.objects.exists()


def test_factor_in_force_is_not_replaced(alice: User) -> None:
    totp = authenticator_of(alice)
    said = post(browser_of(alice), "second-factor-set-up", password=PASSWORD)
    assert "remove it first" in said
    second_factor.verify(alice, totp.now())


@pytest.mark.parametrize(
    ("password", "code"), [("a guess", "right"), (PASSWORD, "no code")]
)
def test_removal_takes_password_and_code(alice: User, password: str, code: str) -> None:
    totp = authenticator_of(alice)
    said = totp.now() if code == "right" else code
    post(browser_of(alice), "second-factor-remove", password=password, code=said)
    assert second_factor.is_on(alice)
    assert told(Verb.SECOND_FACTOR_REMOVE) == 0


def test_removal_is_done_and_recorded(client: Client, alice: User) -> None:
    totp = authenticator_of(alice)
    said = {"password": PASSWORD, "code": totp.now()}
    assert "is removed" in post(browser_of(alice), "second-factor-remove", **said)
    assert told(Verb.SECOND_FACTOR_REMOVE) == 1
    assert password_of(client, alice) == reverse("home")


def test_new_recovery_codes_take_a_code_of_the_authenticator(alice: User) -> None:
    totp = authenticator_of(alice)
    [old, *_] = second_factor.renew_recovery_codes(alice)
    browser = browser_of(alice)
    assert "wrong or used up" in post(browser, "recovery-codes", code=old)
    shown = post(browser, "recovery-codes", code=totp.now())
    assert len(re.findall(r"<li>[a-z2-7-]{19}</li>", shown)) == 10
    assert old not in shown
    assert told(Verb.RECOVERY_CODES_RENEW) == 1


def test_pages_reach_only_ones_own_factor(alice: User, bob: User) -> None:
    totp = authenticator_of(alice)
    browser, right = browser_of(bob), totp.now()
    for name in PAGES:
        post(browser, name, password=PASSWORD, code=right, user=str(alice.pk))
    assert second_factor.is_on(alice)
    assert not second_factor.is_on(bob)
    second_factor.verify(alice, right)  # nobody used it up
    assert "Set it up" in browser.get(reverse("second-factor")).content.decode()


def test_services_refuse_whoever_is_no_person(alice: User) -> None:
    authenticator_of(alice)
    for actor in (Actor(), Actor(is_staff=True)):
        with pytest.raises(Forbidden):
            second_factors.begin(actor=actor, password=PASSWORD)
        with pytest.raises(Forbidden):
            second_factors.remove(actor=actor, password=PASSWORD, code="000000")


def test_reset_is_for_the_command_line_and_recorded(alice: User, erin: User) -> None:
    authenticator_of(alice)
    with pytest.raises(Forbidden):
        second_factors.reset(actor=acting(erin), email=alice.email)
    out = StringIO()
    call_command("second_factor", "reset", alice.email.upper(), stdout=out)
    assert alice.email in out.getvalue()
    assert not second_factor.is_on(alice)
    assert told(Verb.SECOND_FACTOR_RESET) == 1
    with pytest.raises(CommandError):
        call_command("second_factor", "reset", alice.email)
