"""A clause that only answers questions, as people see it: how one asks, what it reveals."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_agreements import picture
from tests.sharing.lookup.questions import (
    ASKED,
    HOST,
    asked,
    claims_of,
    wire,
    with_questions,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def questions(coalition, alice, frank):
    with_questions(coalition.agreement_id)
    claims_of(alice, frank)


def test_recipient_reveals_a_hit_and_reads_what_the_claims_say(screen, questions, bob):
    screen.enter_as(bob)
    page = screen.open("/received")
    page.get_by_role("link", name=ASKED).click()
    expect(page.get_by_text("Asking reveals the hit.")).to_be_visible()
    expect(page.get_by_text("There are no records to read here")).to_be_visible()
    assert not page.get_by_role("table").count()
    page.get_by_label("Hits, as your toolkit gives them").fill(wire(HOST, "domain"))
    page.get_by_role("button", name="Reveal the hits and show details").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Details of a hit")
    expect(page.get_by_role("cell", name="Sentry Security")).to_be_visible()
    assert wire(HOST, "domain") not in page.url
    page.get_by_role("link", name="Why?").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why do I have this?")


def test_owner_reads_who_can_only_ask(screen, questions, alice):
    screen.enter_as(alice)
    page = screen.open("/claims")
    page.get_by_label("Find the claim about a value").fill(HOST)
    page.get_by_role("button", name="Who sees it?").click()
    expect(page.get_by_text("they are handed nothing by it")).to_contain_text("Harbour")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_about_questions_fit_the_screen(
    screen, questions, alice, bob, size, scheme
):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(bob)
    page = screen.open(f"/received/{asked()}")
    picture(screen, f"questions-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
    page.get_by_label("Hits").fill(f"{wire(HOST, 'domain')}\n1:{'00' * 16}\nwrong")
    page.get_by_role("button", name="Reveal the hits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Details of a hit")
    picture(screen, f"details-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
    screen.enter_as(alice)
    page = screen.open("/claims")
    page.get_by_role("link", name="Who sees it?").first.click()
    picture(screen, f"asked-{size['width']}-{scheme}")
    assert not screen.scrolls_sideways()
