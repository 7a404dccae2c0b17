"""Sessions of browsers: whose they are, and how one ends them."""

import pytest
from django.test import Client
from django.urls import reverse

from orgs.accounts import sessions
from orgs.accounts.browsers import UNKNOWN, family
from orgs.accounts.models import BrowserSession
from tests.cast import PASSWORD, browser_of

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
            ),
            "Safari on macOS",
        ),
        (
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/140.0.0.0 Safari/537.36"
            ),
            "Chrome on Linux",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like"
                " Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
                " (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1"
            ),
            "Chrome on iPhone",
        ),
        ("", UNKNOWN),
        ("<script>", UNKNOWN),
    ],
)
def test_browser_is_told_by_family_and_system_only(agent, said):
    assert family(agent) == said


def opened(person, agent: str = FIREFOX) -> Client:
    browser = browser_of(person)
    browser.get(reverse("my-sessions"), headers={"User-Agent": agent})
    return browser


def test_session_says_whose_it_is_and_of_what_browser(alice):
    browser = opened(alice)
    [row] = BrowserSession.objects.filter(user=alice)
    assert row.pk == browser.session.session_key
    assert (row.browser, row.since is not None) == ("Firefox on Windows", True)
    before = row.since
    browser.get(reverse("my-sessions"))
    row.refresh_from_db()
    assert row.since == before


def test_page_shows_own_sessions_alone_and_marks_this_one(alice, bob):
    opened(alice, "Mozilla/5.0 (X11; Linux x86_64) Chrome/140")
    opened(bob)
    page = opened(alice).get(reverse("my-sessions"))
    told = page.context["sessions"]
    assert [each.this for each in told] == [True, False]
    shown = page.content.decode()
    assert "Firefox on Windows" in shown
    assert "Chrome on Linux" in shown
    for row in BrowserSession.objects.all():
        assert row.session_key not in shown  # whoever reads a screen cannot be somebody


def test_other_session_is_nobodys_when_it_was_signed_out(alice):
    here, there = opened(alice), opened(alice)
    told = here.get(reverse("my-sessions")).context["sessions"]
    [other] = [each for each in told if not each.this]
    done = here.post(reverse("my-session-end", args=[other.handle]))
    assert done.status_code == 302
    assert here.get(reverse("my-sessions")).status_code == 200
    assert there.get(reverse("my-sessions")).status_code == 302  # to sign in


def test_session_of_somebody_else_is_not_found(alice, bob):
    opened(bob)
    [his] = sessions.own(bob, None)
    answer = opened(alice).post(reverse("my-session-end", args=[his.handle]))
    assert answer.status_code == 404
    assert sessions.own(bob, None) == [his]


def test_everywhere_else_is_signed_out_and_on_record(alice, bob):
    others = [opened(alice), opened(alice)]
    his, here = opened(bob), opened(alice)
    assert here.post(reverse("my-sessions-end")).status_code == 302
    assert here.get(reverse("my-sessions")).status_code == 200
    assert his.get(reverse("my-sessions")).status_code == 200
    assert [b.get(reverse("my-sessions")).status_code for b in others] == [302, 302]
    [event] = here.get(reverse("my-data")).context["events"][:1]
    assert event.what == "accounts:sessions:end"
    assert event.detail == {"count": 2}


def test_session_is_not_listed_when_the_password_was_changed_since(alice):
    opened(alice)
    assert len(sessions.own(alice, None)) == 1
    alice.set_password("another " + PASSWORD)
    alice.save()
    assert sessions.own(alice, None) == []


def test_signing_in_with_the_form_leaves_one_session(alice):
    browser = Client(headers={"User-Agent": FIREFOX})
    browser.get(reverse("sign-in"))
    browser.post(reverse("sign-in"), {"username": alice.email, "password": PASSWORD})
    browser.get(reverse("my-sessions"))
    assert [each.browser for each in sessions.own(alice, None)] == [
        "Firefox on Windows"
    ]
