"""An observable on one page: who says what, why one sees it, what happened; on paper too."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.coalition import send
from tests.sharing.distribution.test_related import FRAUD, MEADOW, SENTRY, one

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "login-harbour.scam.example"
LINE = {"confidence": 80, "scam_type": "investment", "labels": ["parcel-7"]}


@pytest.fixture
def shared(coalition, alice, frank, bob):
    """Three know a host, one of them took it back; others bear the same label."""
    seen = {"first_seen": "2026-10-01T08:00:00Z", "last_seen": "2026-10-20T08:00:00Z"}
    send(alice, [{"value": HOST, **LINE, **seen}])
    send(frank, [{"value": HOST, **LINE, "confidence": 60, "scam_type": "phishing"}])
    send(bob, [{"value": HOST, **LINE, "confidence": 70}])
    send(alice, [{"op": "correct", "value": HOST, "confidence": 90}])
    return one(bob, FRAUD, MEADOW, HOST)


def test_analyst_goes_from_look_up_to_the_indicator_by_keys(screen, shared, bob):
    screen.enter_as(bob)
    page = screen.open("/look-up")
    page.keyboard.insert_text(HOST)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Known", exact=True)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    says = page.get_by_role("region", name="Who says so")
    expect(says).to_contain_text(MEADOW)
    expect(says).to_contain_text(SENTRY)
    assert HOST not in page.url
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("gives it to Harbour Bank").first).to_be_visible()
    expect(page.get_by_text("Use it for").first).to_be_visible()
    assert screen.faults() == []


def test_palette_opens_a_record_by_its_id(screen, shared, bob):
    screen.enter_as(bob)
    page = screen.open("/received")
    page.keyboard.press("Control+k")
    page.keyboard.insert_text(str(shared))
    page.get_by_role("option", name="Open record").click()
    expect(page.get_by_role("heading", name="Who says so")).to_be_visible()
    assert str(shared) in page.url


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_indicator_fits_the_screen(screen, shared, bob, size, scheme):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(bob)
    page = screen.open(f"/received/releases/{shared}")
    picture(screen, f"indicator-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
    page.get_by_text("Why do I see this?").first.click()
    picture(screen, f"indicator-why-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()


def test_paper_holds_what_the_screen_folds(screen, shared, bob):
    screen.enter_as(bob)
    page = screen.open(f"/received/releases/{shared}")
    why = page.get_by_text("gives it to Harbour Bank").first
    expect(why).to_be_hidden()
    page.emulate_media(media="print")
    assert why.evaluate("element => element.getBoundingClientRect().height > 0")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    picture(screen, "indicator-print")
