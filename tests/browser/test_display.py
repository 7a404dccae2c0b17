"""What is alike on every screen: contrast, and tables to take along."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Screen
from tests.browser.test_agreements import picture

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = "document.documentElement.dataset.contrast"
INK = "getComputedStyle(document.body).color"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_stays_as_the_reader_chose(screen, alice, scheme):
    page = screen.page
    page.emulate_media(color_scheme=scheme)
    screen.enter_as(alice)
    screen.open("/members")
    before = page.evaluate(INK)
    page.get_by_role("button", name="High contrast").click()
    assert page.evaluate(CHOSEN) == "more"
    screen.open("/members")
    assert page.evaluate(CHOSEN) == "more"  # the hub wrote it: before any script
    assert (
        page.evaluate(INK)
        == {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}[scheme]
    )
    assert before != page.evaluate(INK)
    picture(screen, f"contrast-{scheme}")
    assert screen.faults() == []
    page.get_by_role("button", name="High contrast").click()
    screen.open("/members")
    assert page.evaluate(INK) == before


def test_contrast_follows_the_system_without_scripts(browser, live_server, alice):
    context = browser.new_context(java_script_enabled=False, contrast="more")
    page = Screen(context.new_page(), live_server.url).open("/")
    line = (
        "getComputedStyle(document.documentElement).getPropertyValue('--accord-focus')"
    )
    assert page.evaluate(line).startswith("3px")
    context.close()


def test_each_table_is_taken_along_as_the_page_shows_it(screen, alice):
    screen.enter_as(alice)
    page = screen.open("/members")
    with page.expect_download() as begun:
        page.get_by_role("link", name="Tables of this page as CSV").click()
    assert begun.value.suggested_filename == "members.csv"
    page = screen.open("/received")
    expect(page.get_by_role("link", name="Tables of this page as CSV")).to_be_hidden()


def test_table_has_its_link_beside_its_title(screen, coalition, bob):
    screen.page.set_viewport_size(NARROW)
    screen.enter_as(bob)
    page = screen.open("/received")
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV: Collections you read").click()
    assert begun.value.suggested_filename == "received-reads.csv"
    assert not screen.scrolls_sideways()


def test_sessions_and_data_fit_the_screen(screen, alice):
    screen.page.set_viewport_size(NARROW)
    screen.enter_as(alice)
    for path in ("/my/sessions", "/my/data"):
        screen.open(path)
        picture(screen, path.strip("/").replace("/", "-"))
        assert not screen.scrolls_sideways()
        assert screen.faults() == []
