"""Sent by mistake: undone on its page; faulty lines are mended there and sent again."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from hub.lib.clock import now
from sharing.indicators import warninglists
from sharing.indicators.types import read_value
from sharing.intake.models import Submission
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.coalition import pulled, send, work_off
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

SLOW = 30_000  # ms: a machine that does other things beside
LINES = [
    "nothing at all",
    {"value": "pay.parcel.example", "confidence": 300, "labels": ["parcel"]},
    *({"value": f"pay-{n}.example", "confidence": 80} for n in range(20)),
    "google.com",
]


@pytest.fixture(autouse=True)
def lists_are_read():
    """The first value of a process reads the warninglists, which takes seconds."""
    warninglists.check(read_value("pay.example", kind=None))


def heading(page, name):
    return page.get_by_role("heading", name=name, exact=True)


def test_submission_is_undone_by_one_key_and_partners_are_told(
    screen, coalition, alice, bob, dana
):
    batch = send(alice, LINES, scam_type="phishing")
    assert pulled(bob, "Fraud prevention")
    screen.enter_as(alice)
    page = screen.open(f"/submissions/{batch.id}")
    expect(heading(page, "Sent by mistake?")).to_be_visible()
    page.keyboard.press("u")
    expect(heading(page, "Being undone")).to_be_visible()
    work_off()
    expect(heading(page, "Undone")).to_be_visible(timeout=SLOW)
    region = page.get_by_role("region", name="Undone")
    expect(region).to_contain_text("Harbour Bank")
    kinds = {each["kind"] for each in pulled(bob, "Fraud prevention")}
    assert kinds == {"tombstone"}


def test_faulty_lines_are_mended_in_place_and_only_they_are_sent(
    screen, coalition, alice
):
    batch = send(alice, LINES, scam_type="phishing")
    screen.enter_as(alice)
    page = screen.open(f"/submissions/{batch.id}")
    line = page.get_by_label("Line 1", exact=True)
    expect(line).to_have_value("nothing at all")
    line.fill("mended[.]example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The mended lines were submitted.")).to_be_visible()
    work_off()
    expect(page.get_by_text("All 1 lines done")).to_be_visible(timeout=SLOW)
    page.goto(f"{screen.address}/submissions/{batch.id}")
    expect(page.get_by_role("link", name="mended", exact=True)).to_be_visible()
    expect(page.get_by_label("Line 1", exact=True)).to_have_count(0)


def states(alice):
    """A page of each state, by its name."""
    fresh = send(alice, LINES, scam_type="phishing")
    late = send(alice, ["late.example"])
    stored(Submission).filter(pk=late.pk).update(undo_until=now() - timedelta(1))
    return {"undo": fresh, "undo-over": late}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_fits_the_screen_and_has_no_faults(
    screen, coalition, alice, bob, size, scheme
):
    found = states(alice)
    pulled(bob, "Fraud prevention")
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(alice)
    name = f"{size['width']}-{scheme}"
    for state, batch in found.items():
        page = screen.open(f"/submissions/{batch.id}")
        picture(screen, f"{state}-{name}")
        assert not screen.scrolls_sideways(), state
        assert "\n".join(screen.faults()) == "", state
    page = screen.open(f"/submissions/{found['undo'].id}")
    page.get_by_role("button", name="Undo").click()
    expect(heading(page, "Being undone")).to_be_visible()
    picture(screen, f"undoing-{name}")
    work_off()
    expect(heading(page, "Undone")).to_be_visible(timeout=SLOW)
    picture(screen, f"undone-{name}")
    assert not screen.scrolls_sideways()
    assert "\n".join(screen.faults()) == ""
