"""Connect in a browser: what one copies is what one sees, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Screen
from tests.browser.test_agreements import picture
from tests.coalition import collection

pytestmark = pytest.mark.django_db(transaction=True)


def test_engineer_copies_a_call_with_ones_own_address(screen, coalition, bob):
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.enter_as(bob)
    page = screen.open("/connect")
    page.get_by_role("button", name="Copy: Read the stream of").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"{screen.address}/api/v1/collections/" in copied
    assert str(collection("Fraud prevention")) in page.locator("#settings").inner_text()


def test_texts_are_selected_by_hand_when_scripts_are_off(
    browser, live_server, coalition, bob
):
    context = browser.new_context(java_script_enabled=False)
    screen = Screen(context.new_page(), live_server.url)
    screen.enter_as(bob)
    page = screen.open("/connect")
    expect(page.locator("#look-up")).to_contain_text("/api/v1/lookups")
    assert page.get_by_role("button", name="Copy").count() == 0
    context.close()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_connect_fits_the_screen(screen, coalition, bob, size, scheme):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(bob)
    screen.open("/connect")
    picture(screen, f"connect-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
