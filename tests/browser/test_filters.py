"""Saved filters as people use them: save, be told, look, change, remove; feedback that came back."""

import pytest
from playwright.sync_api import expect

from sharing.inbox import filters
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.cast import acting
from tests.coalition import send
from tests.sharing.feedback.telling import LINE, release_of, say

pytestmark = pytest.mark.django_db(transaction=True)


def heading(page):
    return page.get_by_role("heading", level=1)


def test_filter_is_saved_and_what_fits_is_opened_by_keys(screen, coalition, alice, bob):
    screen.enter_as(bob)
    page = screen.open("/inbox")
    page.get_by_role("link", name="Filters").first.click()
    expect(heading(page)).to_have_text("Filters over releases")
    page.get_by_label("Name").fill("Sure ones")
    page.get_by_label("Confidence, at least").fill("70")
    page.locator("#id_types").select_option(["domain", "url"])
    page.get_by_label("Contributor").select_option(label="Meadow Social")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Sure ones")).to_be_visible()
    send(alice, [LINE, {**LINE, "value": "low.example", "confidence": 10}])
    page = screen.open("/inbox?kind=filter")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text("1 new release fits “Sure ones”")
    page.keyboard.press("o")
    expect(heading(page)).to_have_text("Sure ones")
    expect(page.get_by_role("row")).to_have_count(2)  # one, and the head
    page.get_by_label("Name").fill("Very sure")
    page.get_by_label("Confidence, at least").fill("90")
    page.get_by_role("button", name="Change").click()
    expect(heading(page)).to_have_text("Very sure")
    expect(page.get_by_text("Nothing that you may read now.")).to_be_visible()
    page.get_by_role("button", name="Remove this filter").click()
    expect(page.get_by_text("No filter yet.")).to_be_visible()


def test_filter_without_condition_is_refused_beside_its_fields(screen, coalition, bob):
    screen.enter_as(bob)
    page = screen.open("/release-filters")
    page.get_by_label("Name").fill("All")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Name at least one condition.")
    expect(page.get_by_label("Name")).to_have_value("All")
    screen.complaints.clear()  # the browser notes that it was answered 422


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_filters_and_feedback_fit_the_screen(
    screen, coalition, alice, bob, size, scheme
):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    where = {"types": ["domain", "url"], "confidence": 70, "tlp": ["green", "amber"]}
    order = filters.read({"name": "Sure ones of the coalition", "where": where})
    mine = filters.save(actor=acting(bob), order=order)
    send(alice, [LINE])
    record = release_of(alice)
    say(bob, record, "account_closed", count=12)
    say(bob, record, "outdated", note="Nobody has seen it since May.")
    looks = [
        (bob, "filters", "/release-filters"),
        (bob, "filter", f"/release-filters/{mine.id}"),
        (bob, "inbox-filter", "/inbox?kind=filter"),
        (bob, "indicator-outcome", f"/received/releases/{record}"),
        (alice, "feedback", "/claims/feedback"),
        (alice, "insights-led", "/insights"),
    ]
    for person, name, path in looks:
        screen.enter_as(person)
        screen.open(path)
        picture(screen, f"{name}-{size['width']}-{scheme}")
        assert not screen.scrolls_sideways(), name
        assert screen.faults() == [], name
