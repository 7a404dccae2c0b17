"""The API's documentation in a browser: complete without scripts, wide and narrow."""

import re

import pytest
from playwright.sync_api import Browser, expect

from hub.api.openapi import document
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_documentation_shows_every_operation(screen, size):
    screen.page.set_viewport_size(size)
    page = screen.open("/api/v1/docs")
    shown = page.get_by_role("main").inner_text()
    for path in document()["paths"]:
        assert path in shown
    assert not screen.scrolls_sideways()


def test_every_link_of_the_documentation_leads_somewhere(screen):
    page = screen.open("/api/v1/docs")
    links = page.get_by_role("main").get_by_role("link")
    found = {link.get_attribute("href") or "" for link in links.all()}
    ids = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
    inside = {href[1:] for href in found if href.startswith("#")}
    assert len(inside) > 30
    assert inside <= ids
    for href in sorted(found):
        if not href.startswith("#"):
            assert page.request.get(screen.address + href).status == 200


def test_problem_leads_from_the_list_to_its_page(screen):
    page = screen.open("/api/v1/docs")
    page.get_by_role("table").get_by_role("link", name="bad-cursor").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("bad-cursor")
    page.get_by_role("link", name="All problems").click()
    expect(page).to_have_url(re.compile(r"/api/v1/docs#problems$"))


def test_documentation_is_whole_when_scripts_are_off(live_server, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/api/v1/docs")
    expect(page.get_by_role("heading", name="Read a stream")).to_be_visible()
    context.close()
