"""Who sees a claim, and why one has a record: as people open it, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.coalition import collection, send

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "login-harbour.scam.example"


@pytest.fixture
def shared(coalition, alice, bob):
    send(alice, [{"value": HOST, "confidence": 80}, {"value": "x.example"}])


def test_owner_finds_a_claim_by_its_value_and_reads_who_sees_it(screen, shared, alice):
    screen.enter_as(alice)
    page = screen.open("/claims")
    page.get_by_label("Find the claim about a value").fill(
        "login-harbour[.]scam.example"
    )
    page.get_by_role("button", name="Who sees it?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who sees this claim")
    expect(page.get_by_text("can see it now")).to_contain_text("Harbour Bank")
    expect(page.get_by_text('"token":').first).to_be_visible()
    page.get_by_text("Who gets nothing by this clause").first.click()
    expect(page.get_by_text("is not among its recipients").first).to_be_visible()
    assert HOST not in page.url


def test_recipient_reads_why_it_has_a_record(screen, shared, bob):
    screen.enter_as(bob)
    page = screen.open(f"/received/{collection('Fraud prevention')}")
    page.get_by_role("link", name="Why?").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why do I have this?")
    expect(page.get_by_text("gives it to Harbour Bank")).to_be_visible()
    expect(page.get_by_role("heading", name="What you must do with it")).to_be_visible()
    expect(page.get_by_text("TLP:AMBER:").first).to_be_visible()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_explanations_fit_the_screen(screen, shared, alice, bob, size, scheme):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(alice)
    page = screen.open("/claims")
    picture(screen, f"claims-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
    page.get_by_role("link", name="Who sees it?").first.click()
    picture(screen, f"claim-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
    screen.enter_as(bob)
    page = screen.open(f"/received/{collection('Fraud prevention')}")
    picture(screen, f"collection-{size['width']}-{scheme}")
    page.get_by_role("link", name="Why?").first.click()
    picture(screen, f"why-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
