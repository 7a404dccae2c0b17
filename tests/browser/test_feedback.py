"""Feedback as people give it: of chosen rows, of one record, and as the owner reads it."""

import pytest
from playwright.sync_api import expect

from sharing.distribution.models import Release
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.cast import home_of
from tests.coalition import collection, send
from tests.sharing.feedback.telling import FRAUD, say, under
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

HOST, OTHER = "login-harbour.scam.example", "parcel-fee.example"


@pytest.fixture
def shared(coalition, alice, frank):
    under(coalition, feedback="recipients")
    line = {"confidence": 80, "scam_type": "investment"}
    send(alice, [{"value": HOST, **line}, {"value": OTHER, **line}])
    send(frank, [{"value": HOST, **line, "scam_type": "phishing"}])


def test_chosen_rows_are_spoken_about_with_one_button_by_keys_alone(
    screen, shared, bob
):
    screen.enter_as(bob)
    page = screen.open("/look-up")
    page.keyboard.insert_text(f"{HOST}\n{OTHER}")
    page.keyboard.press("Control+Enter")
    known = page.get_by_role("region", name="Known", exact=True)
    expect(known).to_be_visible()
    button = page.get_by_role("button", name="Say it of chosen")
    expect(button).to_be_disabled()
    for key in "jxjx":
        page.keyboard.press(key)
    page.get_by_label("Feedback on chosen").select_option("Confirmed harmful")
    button.press("Enter")
    expect(page.get_by_text("Said of 3 records.")).to_be_visible()
    expect(known.get_by_text("positive")).to_have_count(3)
    assert screen.faults() == []
    assert HOST not in page.url


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_show_who_said_what_and_fit_the_screen(
    screen, shared, alice, bob, frank, size, scheme
):
    mine = stored(Release).filter(owner=home_of(alice))
    row = mine.filter(generation__collection=collection(FRAUD)).earliest("seq")
    record, claim = row.public_id, row.indicator
    say(frank, record, "false_positive", note="It is a shop of ours.")
    say(frank, record, "blocked", count=1204)
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    ending = f"{size['width']}-{scheme}"
    screen.enter_as(bob)
    page = screen.open(f"/received/releases/{record}/why")
    page.get_by_label("What do you say?").select_option("Saw this too")
    page.get_by_label("Note").fill("In two transfers.")
    page.get_by_role("button", name="Give feedback").click()
    expect(page.get_by_text("The contributor has it.")).to_be_visible()
    expect(page.get_by_text("contested")).to_be_visible()
    picture(screen, f"feedback-record-{ending}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
    page = screen.open("/look-up")
    page.get_by_label("Values to look up").fill(f"{HOST}\n{OTHER}")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("contested")).to_be_visible(timeout=20_000)
    picture(screen, f"feedback-look-up-{ending}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
    screen.enter_as(alice)
    page = screen.open(f"/claims/{claim}")
    expect(page.get_by_text("It is a shop of ours.")).to_be_visible()
    picture(screen, f"feedback-claim-{ending}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
