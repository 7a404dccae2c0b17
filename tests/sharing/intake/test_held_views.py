"""The pages about what waits: say why, let through, refuse; for staff all of it."""

import pytest
from django.test import Client
from django.urls import reverse

from orgs.accounts.models import Organization, User
from sharing.intake.models import Submission
from tests.cast import authenticator_of, browser_of, person_in
from tests.coalition import send, work_off
from tests.sharing.intake.held import (
    LIMIT,
    lines,
    make_new,
    make_settled,
    state_of,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet_bells"),
]

LET_THROUGH, REFUSE = "Let through", "Refuse"


@pytest.fixture
def risen(small: None, meadow: Organization, alice: User) -> Submission:
    make_settled(meadow)
    return send(alice, lines(LIMIT))


def page_of(client: Client, batch: Submission) -> str:
    return client.get(reverse("submission", args=[batch.id])).content.decode()


def post(client: Client, act: str, batch: Submission, **sent: str) -> str:
    """Where one is led, and what is said there."""
    answer = client.post(
        reverse(f"submission-{act}", args=[batch.id]), sent, follow=True
    )
    return answer.content.decode()


def test_sender_is_told_why_and_may_only_take_back(
    risen: Submission, alice: User
) -> None:
    page = page_of(browser_of(alice), risen)
    assert "10 lines in seven days; from 10 on" in page
    assert (LET_THROUGH in page, REFUSE in page) == (False, True)
    assert "hx-get" not in page, "nothing changes by itself"
    overview = browser_of(alice).get(reverse("submissions")).content.decode()
    assert "1 submission waits for a second person" in overview
    assert "erased" in post(browser_of(alice), "refuse", risen)
    assert state_of(risen) == "refused"
    assert "Taken back by the organization" in page_of(browser_of(alice), risen)


def test_second_manager_lets_it_through(
    risen: Submission, meadow: Organization
) -> None:
    person = person_in(meadow, "amy")
    amy = browser_of(person)
    assert "Set one up" in page_of(amy, risen)
    codes = authenticator_of(person)
    assert LET_THROUGH in page_of(amy, risen)
    for wrong in ({}, {"code": "000000"}):
        assert "wrong or used up" in post(amy, "approve", risen, **wrong)
    assert state_of(risen) == "held"
    code = codes.now()
    said = post(amy, "approve", risen, code=code)
    assert "The lines go through now." in said
    assert "hx-get" in said
    work_off()
    page = page_of(amy, risen)
    assert "All 10 lines done" in page
    assert "Let through by a second person" in page
    assert "wrong or used up" in post(amy, "approve", risen, code=code), "good once"


def test_staff_see_counts_and_decide(risen: Submission, erin: User) -> None:
    staff = browser_of(erin)
    page = staff.get(reverse("held")).content.decode()
    assert "Meadow Social" in page
    assert "10 lines in seven days" in page
    assert "host-1" not in page
    assert reverse("held") in staff.get(reverse("landing")).content.decode()
    code = authenticator_of(erin).now()
    assert "The lines go through now." in post(staff, "approve", risen, code=code)
    assert state_of(risen) == "accepting"
    assert "Nothing waits." in staff.get(reverse("held")).content.decode()


def test_staff_say_why_they_refuse(risen: Submission, erin: User) -> None:
    assert "Say why" in post(browser_of(erin), "refuse", risen)
    told = post(browser_of(erin), "refuse", risen, reason="A test\x00")
    assert "no control characters" in told
    assert state_of(risen) == "held"
    post(browser_of(erin), "refuse", risen, reason="A test, it seems.")
    assert state_of(risen) == "refused"


def test_new_member_is_told_to_wait_for_staff(
    small: None, meadow: Organization, alice: User
) -> None:
    make_new(meadow)
    batch = send(alice, lines(1))
    amy = browser_of(person_in(meadow, "amy"))
    page = page_of(amy, batch)
    assert "wait for hub staff" in page
    assert LET_THROUGH not in page


def test_navigation_shows_held_batches_to_staff_only(alice: User, erin: User) -> None:
    for person, shown in ((alice, False), (erin, True)):
        page = browser_of(person).get(reverse("landing")).content.decode()
        assert (f'href="{reverse("held")}"' in page) is shown
