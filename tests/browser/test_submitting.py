"""From 400 pasted lines to a submitted batch: check, submit, watch; by keys, by phone."""

import pytest
from playwright.sync_api import expect

from sharing.indicators import warninglists
from sharing.indicators.types import read_value
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.coalition import work_off

pytestmark = pytest.mark.django_db(transaction=True)

MANY = "\n".join(f"hxxps://pay-{n}[.]parcel[.]example/x" for n in range(397))
FAULTY = f"{MANY}\n020 7946 0958\nnothing at all\ngoogle.com\n"
FOREIGN = "Indicator,Category,Tags\npay.example,bad,parcel\nrent.example,bad,\n"
EXCEL = "\ufeff" + FOREIGN.replace(",", ";").replace("\n", "\r\n")
SLOW = 30_000  # ms: a machine that does other things beside


@pytest.fixture(autouse=True)
def lists_are_read():
    """The first value of a process reads the warninglists, which takes seconds."""
    warninglists.check(read_value("pay.example", kind=None))


def box(page):
    return page.get_by_label("Paste indicators")


def test_400_lines_are_checked_and_submitted_by_keys_alone(screen, coalition, alice):
    screen.enter_as(alice)
    page = screen.open("/submissions")
    page.keyboard.press("n")
    expect(box(page)).to_be_focused()
    page.keyboard.insert_text(FAULTY)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="400 lines checked")).to_be_visible(
        timeout=SLOW
    )
    expect(page.get_by_role("region", name="Cannot be read")).to_contain_text(
        "Line 398"
    )
    partners = page.get_by_role("region", name="What each partner would receive")
    expect(partners).to_contain_text("Harbour Bank")
    expect(page.get_by_role("button", name="Submit all the same")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Submission of")).to_be_visible()
    work_off()
    expect(page.get_by_text("All 400 lines done")).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_check_fits_the_screen_and_has_no_faults(
    screen, coalition, alice, size, scheme
):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(alice)
    page = screen.open("/submissions")
    picture(screen, f"submit-{size['width']}-{scheme}")
    box(page).fill(FAULTY)
    page.get_by_role("button", name="Check first").click()
    expect(page.get_by_role("heading", name="400 lines checked")).to_be_visible(
        timeout=SLOW
    )
    picture(screen, f"check-{size['width']}-{scheme}")
    page.get_by_text("Normal form of").click()
    assert not screen.scrolls_sideways()
    assert "\n".join(screen.faults()) == ""


@pytest.mark.parametrize("table", [FOREIGN, EXCEL], ids=["commas", "semicolons"])
def test_dropped_table_of_others_is_mapped_and_checked(screen, coalition, alice, table):
    screen.enter_as(alice)
    page = screen.open("/submissions")
    page.set_input_files(
        "input[type=file]",
        {"name": "theirs.csv", "mimeType": "text/csv", "buffer": table.encode()},
    )
    page.get_by_role("button", name="Check first").click()
    expect(page.get_by_label("Indicator", exact=True)).to_have_value("value")
    picture(screen, "columns")
    assert "\n".join(screen.faults()) == ""
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("heading", name="2 lines checked")).to_be_visible()
