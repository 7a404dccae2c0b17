"""The page of API keys."""

import re
from datetime import timedelta

from django.urls import reverse

from hub.lib.clock import now
from orgs.accounts.models import User
from orgs.credentials.models import Credential
from orgs.credentials.services import verify
from tests.cast import browser_of, key_of


def form(**changes: object) -> dict[str, object]:
    return {"name": "feed reader", "role": "manager", "scopes": ["read"], **changes}


def test_key_is_shown_once(alice: User) -> None:
    browser = browser_of(alice)
    made = browser.post(reverse("credentials"), form())
    key = re.search(r"accord_[0-9a-f]{12}_[\w-]{43}", made.content.decode())
    assert key
    assert "no-store" in made["Cache-Control"]
    assert verify(key[0], address=None)
    assert key[0] not in browser.get(reverse("credentials")).content.decode()


def test_key_lasts_until_the_end_of_its_last_day_and_keeps_its_addresses(
    alice: User,
) -> None:
    last = (now() + timedelta(days=3)).date()
    browser_of(alice).post(
        reverse("credentials"),
        form(expires_on=last.isoformat(), addresses="192.0.2.7\r\n2001:db8::/32\r\n"),
    )
    made = Credential.objects.get()
    assert made.expires_at
    assert made.expires_at.date() == last
    assert made.addresses == ["192.0.2.7/32", "2001:db8::/32"]
    assert made.created_by == alice


def test_form_says_what_is_wrong(alice: User) -> None:
    browser = browser_of(alice)
    page = browser.post(reverse("credentials"), form(addresses="nowhere"))
    assert b"An address is written" in page.content
    page = browser.post(reverse("credentials"), form(role="analyst", scopes=["keys"]))
    assert b"goes beyond" in page.content
    assert not Credential.objects.exists()


def test_key_is_revoked_by_its_own_people_only(alice: User, bob: User) -> None:
    key = key_of(alice)
    address = reverse("credential-revoke", args=[Credential.objects.get().pk])
    assert browser_of(bob).post(address).status_code == 404
    assert verify(key, address=None)
    browser_of(alice).post(address)
    assert verify(key, address=None) is None
