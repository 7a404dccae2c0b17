"""Notices on the screen: told to their recipient alone, and to staff when overdue."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from hub.lib.clock import now
from sharing.agreements import lifecycle
from tests.cast import acting, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(coalition, bob, bob_signs):
    """The bank left, and so has notices of the two collections that it read."""
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="Enough."
    )


def shown(person) -> str:
    return browser_of(person).get(reverse("notices")).content.decode()


def test_recipient_is_told_why_and_acknowledges(left, bob):
    page = shown(bob)
    assert "Fraud prevention" in page
    assert "Enough." in page
    assert page.count("We purged it") == 2
    [first, _] = browser_of(bob).get(reverse("notices")).context["notices"]
    path = reverse("notice-acknowledge", args=[first.id])
    assert browser_of(bob).post(path).status_code == 302
    assert shown(bob).count("We purged it") == 1


def test_nobody_else_sees_the_notice(left, bob, frank, erin):
    assert "No collection was taken from you." in shown(frank)
    [first, _] = browser_of(bob).get(reverse("notices")).context["notices"]
    path = reverse("notice-acknowledge", args=[first.id])
    assert browser_of(frank).post(path).status_code == 404
    assert "Harbour Bank" not in shown(erin)


def test_staff_see_it_with_names_when_it_is_overdue(left, bob, erin):
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        page = shown(erin)
        assert "Harbour Bank" in page
        assert "Fraud prevention" in page
        assert "overdue" in shown(bob)


def test_notices_that_wait_alone_are_listed_when_asked_for(left, bob):
    browser, waits = browser_of(bob), {"state": "not_acknowledged"}
    [first, second] = browser.get(reverse("notices")).context["notices"]
    browser.post(reverse("notice-acknowledge", args=[first.id]))
    assert browser.get(reverse("notices"), waits).context["notices"] == [second]
    assert len(browser.get(reverse("notices")).context["notices"]) == 2
