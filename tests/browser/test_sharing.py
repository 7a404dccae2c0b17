"""Sharing as people look at it: who is how far, what left, and an answer to a recall."""

import pytest
from playwright.sync_api import expect

from orgs.accounts.actor import Role
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.cast import home_of, person_in
from tests.coalition import pulled, send

pytestmark = pytest.mark.django_db(transaction=True)
FRAUD = "Fraud prevention"


@pytest.fixture
def shared(coalition, alice, frank, bob):
    """Bob was served what was taken back afterwards; a phone number is new."""
    for person, name in ((alice, "a"), (frank, "f")):
        lines = [f"{name}{n}.scam.example" for n in range(6)]
        send(person, lines, confidence="80", scam_type="investment")
    pulled(bob, FRAUD)
    send(alice, [{"op": "withdraw", "value": "a0.scam.example"}, "+14155550101"])


def test_recipient_answers_a_recall_by_keyboard(screen, shared, bob):
    pulled(bob, FRAUD)
    screen.enter_as(bob)
    page = screen.open("/sharing")
    row = page.get_by_role("row", name=FRAUD)
    expect(row.get_by_role("button")).to_contain_text("We dealt with all up to")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("Acknowledged:")).to_be_visible()
    expect(row.get_by_role("button")).to_have_count(0)
    assert screen.faults() == []


def test_contributor_goes_from_today_to_the_claims_that_left(screen, shared, alice):
    screen.enter_as(alice)
    page = screen.open("/sharing")
    expect(page.get_by_role("row", name="Harbour Bank").first).to_contain_text("1")
    page.get_by_role("link", name="What left today").click()
    expect(page.get_by_text("Harbour Bank, Sentry Security").first).to_be_visible()
    assert screen.faults() == []
    page.get_by_role("link", name="phone").first.click()
    expect(page.get_by_role("cell", name="released")).to_have_count(1)
    assert screen.faults() == []


def test_each_download_says_what_it_is(screen, shared, alice):
    screen.enter_as(alice)
    page = screen.open("/sharing")
    given = page.locator("section", has=page.locator("#gives")).locator(".card-header")
    names = [each.strip() for each in given.get_by_role("link").all_inner_texts()]
    assert names == ["CSV of the receipts", "CSV of the table"]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sharing_fits_the_screen(screen, shared, alice, size, scheme):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(alice)
    for path in ("/sharing", "/sharing/outgoing"):
        screen.open(path)
        picture(screen, f"{path[1:].replace('/', '-')}-{size['width']}-{scheme}")
        assert not screen.scrolls_sideways()
        assert screen.faults() == []


def test_auditor_sees_receipts_and_no_claims(screen, shared, alice):
    screen.enter_as(person_in(home_of(alice), "aud", Role.AUDITOR))
    page = screen.open("/sharing")
    expect(page.get_by_text("Of yours not fetched")).to_be_visible()
    page = screen.open("/sharing/outgoing")
    expect(page.get_by_role("link", name="All types")).to_have_count(0)
