"""The graph as people use it: opened and folded by mouse and by keys, searched, read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Screen
from tests.browser.test_agreements import picture
from tests.coalition import send
from tests.sharing.distribution.test_related import (
    MEADOW,
    between,
    one,
    shows,
)

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "login-harbour.scam.example"
LINE = {"confidence": 80, "scam_type": "investment"}
WHERE = """([id]) => {
  const box = document.querySelector("[data-pivot-draw]");
  const at = box._cyreg.cy.getElementById(id).renderedPosition();
  const corner = box.getBoundingClientRect();
  return { x: corner.x + at.x, y: corner.y + at.y };
}"""


@pytest.fixture
def campaign(coalition, alice, frank, bob):
    """A label leads to a second host, and another label from there to a third."""
    keep = {"redaction": {"labels": "keep", "value": "keep"}}
    between(shows("Clear", "meadow", **keep), shows("Vendors", "sentry"))
    send(alice, [{"value": HOST, **LINE, "labels": ["parcel-7"]}])
    send(alice, [{"value": f"https://{HOST}/pay", **LINE}])
    send(
        alice,
        [
            {"value": "two.scam.example", **LINE, "labels": ["parcel-7", "mule-3"]},
            {"value": "three.scam.example", **LINE, "labels": ["mule-3"]},
        ],
    )
    return one(bob, "Clear", MEADOW, HOST)


def opened(screen: Screen, release: str) -> Page:
    page = screen.open(f"/received/releases/{release}/graph")
    expect(nodes(page).first).to_be_visible()
    return page


def nodes(page: Page):
    return page.get_by_role("list", name="Nodes of the graph").get_by_role("button")


def node(page: Page, text: str):
    return page.locator(".pivot__expand").filter(has_text=text).first


def drawn(page: Page) -> int:
    count: int = page.evaluate(
        "document.querySelector('[data-pivot-draw]')._cyreg.cy.nodes().length"
    )
    return count


def test_node_opens_and_folds_by_double_click(screen, campaign, bob):
    screen.page.set_viewport_size(WIDE)
    screen.enter_as(bob)
    page = opened(screen, campaign)
    expect(node(page, "two.scam.example")).to_be_visible()
    expect(node(page, "three.scam.example")).to_have_count(0)
    before = drawn(page)
    key = node(page, "two.scam.example").get_attribute("data-node")
    at = page.evaluate(WHERE, [key])
    page.mouse.dblclick(at["x"], at["y"])
    expect(node(page, "three.scam.example")).to_be_visible()
    expect(node(page, "mule-3")).to_be_visible()
    assert drawn(page) == before + 2
    at = page.evaluate(WHERE, [key])
    page.mouse.dblclick(at["x"], at["y"])
    expect(node(page, "mule-3")).to_have_count(0)
    assert drawn(page) == before


def test_graph_is_worked_by_keys_alone(screen, campaign, bob):
    screen.enter_as(bob)
    page = screen.open(f"/received/releases/{campaign}")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("g")
    expect(nodes(page).first).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.insert_text("two.scam")
    page.keyboard.press("Enter")
    expect(node(page, "two.scam.example")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="added around")).to_be_visible()
    expect(node(page, "two.scam.example")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="folded")).to_be_visible()
    assert "scam" not in page.url


def test_same_stands_in_the_table_without_a_script(screen, campaign, bob):
    screen.enter_as(bob)
    context = screen.page.context.browser.new_context(java_script_enabled=False)
    context.add_cookies(screen.page.context.cookies())
    page = context.new_page()
    page.goto(f"{screen.address}/received/releases/{campaign}/graph")
    table = page.get_by_role("region", name="As a table")
    expect(table).to_contain_text("two.scam.example")
    expect(table).to_contain_text("parcel-7")
    expect(page.get_by_role("heading", name="Graph")).to_be_hidden()
    table.get_by_role("link", name="Its graph").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What hangs together")
    context.close()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_graph_fits_the_screen(screen, campaign, bob, size, scheme):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(bob)
    page = opened(screen, campaign)
    page.get_by_role("button", name="Show all").click()
    picture(screen, f"graph-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
