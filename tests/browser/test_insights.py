"""Pictures of numbers, and the numbers themselves: seen, read out, and on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.coalition import pulled, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(coalition, alice, frank, bob):
    for person, name, n in ((alice, "a", 12), (frank, "f", 7)):
        lines = [f"{name}{k}.scam.example" for k in range(n)]
        send(person, lines, confidence="80", scam_type="investment", tlp="green")
    send(alice, ["+14155550101", "+14155550102"], confidence="80", scam_type="romance")
    pulled(bob, "Fraud prevention")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_fit_the_screen_and_have_their_numbers(
    screen, shared, alice, size, scheme
):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(alice)
    page = screen.open("/insights")
    picture(screen, f"insights-{size['width']}-{scheme}")
    expect(page.get_by_role("img", name="What you gave, by type")).to_be_visible()
    expect(page.get_by_role("button", name="Switch", exact=True)).to_have_count(0)
    drawn = page.get_by_role("img", name="What you gave, by type").bounding_box()
    assert drawn["width"] / drawn["height"] == pytest.approx(400 / 48, rel=0.05)
    assert not screen.scrolls_sideways()
    page.get_by_text("Numbers").first.click()
    table = page.get_by_role("table", name="What you gave, by type")
    expect(table.get_by_role("row", name="domain")).to_contain_text("24")
    assert screen.faults() == []


def test_staff_see_the_hub_and_no_names(screen, shared, erin):
    screen.enter_as(erin)
    page = screen.open("/insights")
    expect(
        page.get_by_role("heading", name="What was shared on the hub")
    ).to_be_visible()
    expect(page.get_by_text("Meadow Social")).to_have_count(0)
    assert screen.faults() == []
