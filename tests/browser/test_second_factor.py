"""A person sets a second factor up, signs in with it and takes it away again."""

import re

import pyotp
import pytest
import time_machine
from playwright.sync_api import expect

from hub.lib.clock import now
from tests.browser.conftest import NARROW
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
LOADED = "image => image.complete && image.naturalWidth > 100"


def sign_in(page, person):
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


@pytest.mark.usefixtures("broker")
def test_second_factor_is_set_up_used_and_removed(screen, alice):
    screen.page.set_viewport_size(NARROW)
    screen.enter_as(alice)
    page = screen.open("/submissions")
    page.locator("details.menu summary").click()
    page.get_by_role("link", name="Second factor").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    picture = page.get_by_alt_text("QR code with the key below")
    assert picture.evaluate(LOADED)  # the content policy lets it through
    assert not screen.scrolls_sideways()
    totp = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("Code").fill(totp.now())
    page.get_by_role("button", name="Switch it on").click()
    recovery = page.get_by_role("listitem").get_by_text(re.compile("^[a-z2-7-]{19}$"))
    expect(recovery).to_have_count(10)
    code = recovery.first.inner_text()
    page.get_by_role("link", name="I have them").click()
    expect(page.get_by_text("You have 10 recovery codes left.")).to_be_visible()

    page.context.clear_cookies()
    screen.open("/sign-in")
    sign_in(page, alice)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up")

    screen.open("/second-factor")
    removal = page.get_by_role("form", name="Remove it")
    removal.get_by_label("Password").fill(PASSWORD)
    with time_machine.travel(now().timestamp() + 31, tick=True):
        removal.get_by_label("Code").fill(totp.now())
        removal.get_by_role("button", name="Remove the second factor").click()
        expect(page.get_by_text("Your second factor is removed.")).to_be_visible()
