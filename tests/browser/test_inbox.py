"""The inbox as people work it off: by keys alone, by a colleague's side, by phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from orgs.accounts.actor import Role
from sharing.agreements import lifecycle
from sharing.inbox import selectors
from tests.browser.conftest import NARROW, WIDE, Screen
from tests.browser.test_agreements import picture
from tests.cast import acting, person_in
from tests.coalition import send

pytestmark = pytest.mark.django_db(transaction=True)

LINE: dict[str, Any] = {"tlp": "green", "confidence": "80"}


@pytest.fixture
def waiting(coalition, alice, bob, bob_signs):
    """Two notices of what Bob may no longer read, and a submission with an error."""
    send(bob, ["good.scam.example", "not an indicator"], **LINE)
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="Sold."
    )


def titles(person):
    rows = selectors.page(acting(person), limit=100).rows
    return [row.entry.title for row in rows]


def heading(page):
    return page.get_by_role("heading", level=1)


def test_inbox_is_worked_off_by_keys_alone(screen, waiting, bob):
    first, second, third = titles(bob)
    screen.enter_as(bob)
    page = screen.open("/received")
    expect(page.get_by_role("link", name="Inbox 3 waiting")).to_be_visible()
    page.keyboard.press("i")
    expect(heading(page)).to_have_text("Inbox")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of this screen")
    for said in ("Next row", "Choose the row", "Open the row", "Done"):
        expect(keys).to_contain_text(said)
    assert screen.faults() == []
    page.keyboard.press("?")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(first)
    expect(page.get_by_text("You are on it until")).to_be_visible()
    assert screen.faults() == []
    page.keyboard.press("d")
    expect(heading(page)).to_have_text(second)  # the next opens by itself
    page.keyboard.press("s")
    expect(heading(page)).to_have_text(third)
    page.keyboard.press("u")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    assert titles(bob) == []


def test_many_are_ticked_and_decided_at_once(screen, waiting, bob):
    screen.enter_as(bob)
    page = screen.open("/inbox?kind=notice")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("Shift+A")
    expect(page.get_by_text("Acknowledged: 2.")).to_be_visible()
    expect(page.get_by_text("Nothing waits of this kind")).to_be_visible()
    assert len(titles(bob)) == 1


def test_colleague_sees_who_is_on_it_and_takes_over(screen, waiting, harbour, bob):
    ben = person_in(harbour, "ben")
    screen.enter_as(bob)
    page = screen.open("/inbox?kind=notice")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are on it until")).to_be_visible()
    address = page.url
    screen.enter_as(ben)
    page = screen.open("/inbox")
    expect(page.get_by_text("Bob is on it")).to_have_count(1)
    assert screen.faults() == []
    page.goto(address)
    expect(page.get_by_role("button", name="Done")).to_have_count(0)
    picture(screen, "inbox-taken")
    page.keyboard.press("t")
    expect(page.get_by_text("You are on it now.")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_text("Done.")).to_be_visible()


def test_inbox_works_when_scripts_are_off(browser, live_server, waiting, bob):
    context = browser.new_context(java_script_enabled=False)
    screen = Screen(context.new_page(), live_server.url)
    screen.enter_as(bob)
    first, second, _ = titles(bob)
    page = screen.open("/inbox")
    page.get_by_role("button", name=first, exact=True).click()
    expect(heading(page)).to_have_text(first)
    page.get_by_role("button", name="Dismiss").click()
    expect(heading(page)).to_have_text(second)
    page.get_by_role("link", name="Go there").click()
    expect(heading(page)).to_have_text("Notices")
    context.close()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_inbox_fits_the_screen(screen, waiting, harbour, bob, size, scheme):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    ending = f"{size['width']}-{scheme}"
    audrey = person_in(harbour, "audrey", Role.AUDITOR)
    for person, name in ((bob, "inbox"), (audrey, "inbox-auditor")):
        screen.enter_as(person)
        page = screen.open("/inbox")
        if person == bob:
            page.get_by_role("checkbox").first.check()
        picture(screen, f"{name}-{ending}")
        assert not screen.scrolls_sideways()
        assert screen.faults() == []
        page.locator(".entries__open").first.click()
        expect(page.get_by_role("heading", name="Why it is here")).to_be_visible()
        picture(screen, f"{name}-entry-{ending}")
        assert not screen.scrolls_sideways()
        assert screen.faults() == []


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_values_are_watched_for_and_a_match_is_opened(
    screen, coalition, alice, bob, size, scheme
):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    ending = f"{size['width']}-{scheme}"
    screen.enter_as(bob)
    page = screen.open("/watchlists")
    page.get_by_label("Name of the list").fill("Customers")
    page.get_by_label("Values, one on each line").fill(
        "one.scam.example\nnothing at all"
    )
    page.get_by_label("Show us the value when it matches").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("1 added, 0 were there.")).to_be_visible()
    picture(screen, f"watchlists-{ending}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
    send(alice, ["one.scam.example"], **LINE)
    page = screen.open("/inbox?kind=match")
    picture(screen, f"inbox-match-{ending}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text("“one.scam.example”")
    page.keyboard.press("o")
    expect(heading(page)).to_have_text("Why do I have this?")
