"""Each main job with the keyboard alone, single keys or not; the two paths of newcomers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from orgs.accounts.models import User
from sharing.agreements import lifecycle, services
from sharing.agreements.models import Version
from sharing.indicators import warninglists
from sharing.indicators.types import read_value
from tests.browser.conftest import Screen
from tests.cast import PASSWORD, acting, authenticator_of
from tests.coalition import send

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER, HOST = "+44 20 7946 0958", "login-harbour.scam.example"
LINE: dict[str, Any] = {"tlp": "green", "confidence": "80"}
LONGEST = 120  # steps from one end of a page to the other
MARKED = """element => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
}"""


@pytest.fixture(autouse=True)
def lists_are_read() -> None:
    """The first value of a process reads the warninglists, which takes seconds."""
    warninglists.check(read_value("pay.example", kind=None))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


def focused(what: Locator) -> bool:
    there: bool = what.evaluate("element => element === document.activeElement")
    return there


def reach(page: Page, what: Locator) -> None:
    """Step on until the focus is on it, and is seen to be."""
    expect(what).to_have_count(1)
    for _ in range(LONGEST):
        if focused(what):
            assert what.evaluate(MARKED), "Nobody sees where the focus is."
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The focus never comes to {what}.")


def press(page: Page, what: Locator, key: str = "Enter") -> None:
    reach(page, what)
    page.keyboard.press(key)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def sign_in(screen: Screen, email: str) -> Page:
    page = screen.open("/sign-in")
    reach(page, page.get_by_label("E-mail address"))
    page.keyboard.insert_text(email)
    reach(page, page.get_by_label("Password"))
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Look up")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("Values to look up")).to_be_focused()
    return page


def test_newcomer_learns_who_knows_a_number_by_two_actions(
    screen, coalition, alice, bob
):
    send(alice, [{"value": NUMBER, "type": "phone"}], **LINE)
    page = sign_in(screen, bob.email)
    with within(10):
        page.keyboard.insert_text(NUMBER)  # one: the box has the focus already
        page.keyboard.press("Enter")  # two
        known = page.get_by_role("region", name="Known", exact=True)
        expect(known).to_contain_text("Meadow Social")
        expect(known).to_contain_text("phone, guessed")


def test_newcomer_submits_400_pasted_lines_within_a_minute(screen, coalition, alice):
    page = sign_in(screen, alice.email)
    with within(60):
        press(page, link(page, "My submissions"))
        reach(page, page.get_by_label("Paste indicators"))
        page.keyboard.insert_text(
            "\n".join(f"hxxps://pay-{n}[.]parcel[.]example/x" for n in range(400))
        )
        press(page, button(page, "Check first"))
        expect(heading(page)).to_have_text("400 lines checked", timeout=30_000)
        expect(button(page, "Submit 400 lines")).to_be_focused()
        page.keyboard.press("Enter")
        expect(heading(page)).to_contain_text("Submission of")


def test_inbox_is_decided_without_single_keys(screen, coalition, bob, bob_signs):
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="Sold."
    )
    screen.enter_as(bob)
    page = screen.open("/received")
    press(page, link(page, "Inbox"))
    expect(heading(page)).to_have_text("Inbox")
    first = page.locator("[data-row]").first.get_by_role("button").first
    press(page, first)
    expect(page.get_by_text("You are on it until")).to_be_visible()
    press(page, button(page, "Done"))
    expect(
        page.get_by_text("You are on it until").or_(page.get_by_text("Done.")).first
    ).to_be_visible()


def proposed(active: Version, by: User) -> Version:
    """An amendment that waits for signatures."""
    later = {**active.text, "title": "Coalition, amended"}
    newer = services.draft(
        actor=acting(by), text=later, agreement_id=active.agreement_id
    )
    return services.propose(actor=acting(by), version_id=newer.pk)


def test_version_is_read_and_signed(screen, coalition, alice, bob_signs):
    newer = proposed(coalition, alice)
    authenticator = authenticator_of(bob_signs)
    screen.enter_as(bob_signs)
    page = screen.open("/agreements")
    press(page, link(page, f"Version {newer.number}"))
    press(page, link(page, "Read and sign"))
    expect(heading(page)).to_have_text("Sign for Harbour Bank")
    press(page, page.get_by_label("I have read the whole text"), "Space")
    reach(page, page.get_by_label("Code of your second factor"))
    page.keyboard.insert_text(authenticator.now())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your organization has signed")).to_be_visible()


def test_feedback_is_given_on_what_was_looked_up(screen, coalition, alice, bob):
    send(alice, [HOST], **LINE)
    screen.enter_as(bob)
    page = screen.open("/look-up")
    page.keyboard.insert_text(HOST)
    page.keyboard.press("Enter")
    press(page, link(page, "Why?"))
    reach(page, page.get_by_label("What do you say?"))
    page.keyboard.type("Saw this")
    press(page, button(page, "Give feedback"))
    expect(page.get_by_text("The contributor has it.")).to_be_visible()
    expect(page.get_by_role("region", name="Feedback")).to_contain_text("Saw this too")
