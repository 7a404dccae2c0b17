"""Sign in, sign out, a new password."""

import re

import pytest
import redis
from celery import current_app
from django.core import mail
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from orgs import tasks
from orgs.accounts import passwords
from orgs.accounts.models import User
from tests.cast import PASSWORD, browser_of


def sign_in(client: Client, email: str, password: str, **more: str) -> object:
    return client.post(
        reverse("sign-in"), {"username": email, "password": password, **more}
    )


def test_sign_in_opens_a_session(
    client: Client, alice: User, broker: redis.Redis
) -> None:
    response = sign_in(client, "ALICE@meadow.example", PASSWORD)
    assert response.status_code == 302  # type: ignore[attr-defined]
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_sign_in_goes_nowhere_else(
    client: Client, alice: User, broker: redis.Redis
) -> None:
    response = sign_in(client, alice.email, PASSWORD, next="https://evil.example/")
    assert response["Location"] == reverse("home")  # type: ignore[index]


def test_sign_in_says_the_same_for_unknown_and_wrong(
    client: Client, alice: User, broker: redis.Redis
) -> None:
    answers = {
        re.sub(r'value="[^"]*"', "", sign_in(client, email, "wrong").content.decode())  # type: ignore[attr-defined]
        for email in (alice.email, "nobody@meadow.example")
    }
    assert len(answers) == 1
    assert "do not belong together" in answers.pop()


def test_sign_in_ends_after_many_attempts_even_with_the_right_password(
    client: Client, alice: User, broker: redis.Redis
) -> None:
    for _ in range(10):
        sign_in(client, alice.email, "wrong")
    response = sign_in(client, alice.email, PASSWORD)
    assert b"Too many attempts" in response.content  # type: ignore[attr-defined]
    assert "_auth_user_id" not in client.session


def test_sign_out_takes_a_post(alice: User) -> None:
    browser = browser_of(alice)
    assert browser.get(reverse("sign-out")).status_code == 405
    browser.post(reverse("sign-out"))
    assert "_auth_user_id" not in browser.session


def test_session_ends_when_the_person_is_made_inactive(alice: User) -> None:
    browser = browser_of(alice)
    assert browser.get(reverse("members")).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert browser.get(reverse("members")).status_code == 302


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[object]]]:
    """What was given to the worker."""
    calls: list[tuple[str, list[object]]] = []

    def send_task(name: str, args: list[object], **_: object) -> None:
        calls.append((name, args))

    monkeypatch.setattr(current_app, "send_task", send_task)
    return calls


def test_password_reset_answers_the_same_for_every_address(
    client: Client, alice: User, sent: list[object], broker: redis.Redis
) -> None:
    for email in (alice.email.upper(), "nobody@meadow.example"):
        response = client.post(reverse("password-reset"), {"email": email})
        assert response["Location"] == reverse("password-reset-sent")
    # The unknown address costs the same way to the worker, who sends nothing then.
    assert sent == [(passwords.SEND, [alice.pk]), (passwords.SEND, [passwords.NOBODY])]
    passwords.send_link(passwords.NOBODY)
    assert mail.outbox == []


def test_password_reset_is_refused_when_asked_too_often(
    client: Client, alice: User, sent: list[object], broker: redis.Redis
) -> None:
    for _ in range(10):
        client.post(reverse("password-reset"), {"email": alice.email})
    response = client.post(reverse("password-reset"), {"email": alice.email})
    assert b"Too many attempts" in response.content
    assert len(sent) == 10


def test_password_link_names_the_public_address_and_works_once(
    client: Client, alice: User, settings: object
) -> None:
    settings.PUBLIC_URL = "https://hub.example"  # type: ignore[attr-defined]
    old = browser_of(alice)
    passwords.send_link(alice.pk)
    [letter] = mail.outbox
    assert letter.to == [alice.email]
    path = re.search(r"https://hub\.example(/\S+)", str(letter.body))
    assert path
    form = client.get(path[1], follow=True)
    where = form.request["PATH_INFO"]
    new = {"new_password1": "a brand new secret", "new_password2": "a brand new secret"}
    assert client.post(where, new)["Location"] == reverse("password-reset-done")
    alice.refresh_from_db()
    assert alice.check_password("a brand new secret")
    assert old.get(reverse("members")).status_code == 302  # that session has ended
    assert b"used up" in Client().get(path[1], follow=True).content


def test_password_link_is_not_sent_to_an_inactive_person(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    passwords.send_link(alice.pk)
    assert mail.outbox == []


def test_password_reset_says_so_when_nothing_can_be_sent(
    client: Client, alice: User, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_task(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", send_task)
    for email in (alice.email, "nobody@meadow.example"):
        response = client.post(reverse("password-reset"), {"email": email})
        assert b"for a moment" in response.content


def test_worker_sends_the_password_link(alice: User) -> None:
    tasks.accounts.send_password_link(alice.pk)
    assert passwords.SEND in current_app.tasks
    assert [letter.to for letter in mail.outbox] == [[alice.email]]
