"""Agreements as people read and sign them: wide and narrow, light and dark, no complaints."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from orgs.accounts.actor import SYSTEM
from sharing.agreements import services
from sharing.agreements.models import Version
from tests.browser.conftest import NARROW, WIDE, Screen
from tests.cast import acting, authenticator_of
from tests.coalition import FILE, work_off
from tests.sharing.agreements.conftest import clause, text

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet_bells"),
]


@pytest.fixture
def treaty(alice_signs, frank_signs, bob_signs, dana_signs, alice, erin):
    """The demo's agreement in force, and an amendment that waits for signatures."""
    active = services.apply_file(FILE, actor=SYSTEM).version
    work_off()
    said = dict(active.text)
    first = {**said["clauses"][0], "min_confidence": 60, "disclosure": "value"}
    later = {**said, "clauses": [{**first, "continues": first["name"]}]}
    drafter, known = acting(alice), active.agreement_id
    newer = services.draft(actor=drafter, text=later, agreement_id=known)
    return services.propose(actor=drafter, version_id=newer.pk)


def places(newer: Version) -> dict[str, str]:
    active = newer.agreement.active_version_id
    at = f"/agreements/versions/{newer.pk}"
    return {
        "list": "/agreements",
        "agreement": f"/agreements/{newer.agreement_id}",
        "version": at,
        "difference": f"{at}/against/{active}",
        "print": f"{at}/print",
        "simulation": f"{at}/simulation",
        "sign": f"{at}/sign",
    }


def drafts(newer: Version) -> dict[str, str]:
    return {
        "draft": "/agreements/draft",
        "draft-text": "/agreements/draft?as=text",
        "amend": f"/agreements/{newer.agreement_id}/amend",
        "edit": f"/agreements/versions/{newer.pk}/edit",
    }


def picture(screen: Screen, name: str) -> None:
    """For looking at: only where somebody names a folder."""
    if folder := os.environ.get("ACCORD_TEST_PICTURES"):
        screen.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_screen_when_they_are_opened(
    screen, treaty, alice, bob_signs, size, scheme
):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    authenticator_of(bob_signs)
    treaty.agreement.refresh_from_db()
    for person, paths in ((bob_signs, places(treaty)), (alice, drafts(treaty))):
        screen.enter_as(person)
        for name, path in paths.items():
            screen.open(path)
            picture(screen, f"{name}-{size['width']}-{scheme}")
            assert not screen.scrolls_sideways(), path


def test_signatory_reads_and_signs_when_a_version_waits(screen, treaty, bob_signs):
    authenticator = authenticator_of(bob_signs)
    screen.enter_as(bob_signs)
    page = screen.open("/agreements")
    expect(page.get_by_text("waits for your signature")).to_be_visible()
    page.get_by_role("link", name="Version 2").click()
    page.get_by_role("link", name="Read and sign").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign for Harbour Bank")
    page.get_by_label("I have read the whole text").check()
    page.get_by_label("Code of your second factor").fill(authenticator.now())
    page.get_by_role("button", name="Sign version 2").click()
    expect(page.get_by_text("Your organization has signed")).to_be_visible()
    expect(page.get_by_text("1 of 4 parties have signed")).to_be_visible()


def test_draft_is_checked_as_it_is_typed_then_saved_and_proposed(screen, treaty, alice):
    screen.enter_as(alice)
    page = screen.open(drafts(treaty)["amend"] + "?as=text")
    source = page.get_by_label("Text of the agreement")
    written = source.input_value()
    source.fill(written.replace("min_confidence: 30", "min_confidence: 300"))
    expect(page.get_by_text("A whole number from 0 to 100.")).to_be_visible()
    source.fill(written.replace("min_confidence: 30", "min_confidence: 77"))
    expect(page.get_by_text("a confidence of 77 or more")).to_be_visible()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Stored as a draft: version 3.")).to_be_visible()
    page.get_by_role("button", name="Propose to the parties").click()
    expect(page.get_by_text("lies before its parties")).to_be_visible()


def test_draft_is_checked_without_scripts(browser, live_server, treaty, alice):
    context = browser.new_context(java_script_enabled=False)
    screen = Screen(context.new_page(), live_server.url)
    screen.enter_as(alice)
    page = screen.open("/agreements/draft?as=text")
    page.get_by_label("Text of the agreement").fill(str(text(clause())))
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("every bank among the parties").first).to_be_visible()
    context.close()


def test_draft_is_written_in_the_form_proposed_and_signed(
    screen, treaty, alice, alice_signs
):
    authenticator = authenticator_of(alice_signs)
    screen.enter_as(alice)
    page = screen.open(drafts(treaty)["amend"])
    first = page.get_by_role("region", name="Clause 1")
    first.get_by_label("Least confidence").fill("300")
    beside = page.locator("#f-c0-min_confidence-e")
    expect(beside).to_have_text("A whole number from 0 to 100.")
    expect(page.get_by_text("It cannot be stored yet")).to_be_visible()
    first.get_by_label("Least confidence").fill("77")
    expect(first.get_by_text("a confidence of 77 or more")).to_be_visible()
    expect(beside).to_have_text("")
    first.get_by_role("group", name="Types of indicator").get_by_label(
        "all", exact=True
    ).uncheck()
    first.get_by_label("phone numbers").check()
    expect(first.get_by_text("hands out tokens of phone")).to_be_visible()
    picture(screen, "form-warned")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Stored as a draft: version 3.")).to_be_visible()
    page.get_by_role("button", name="Propose to the parties").click()
    expect(page.get_by_text("lies before its parties")).to_be_visible()
    address = page.url
    screen.enter_as(alice_signs)
    page.goto(address)
    page.get_by_role("link", name="Read and sign").click()
    expect(page.get_by_text("a confidence of 77 or more").first).to_be_visible()
    page.get_by_label("I have read the whole text").check()
    page.get_by_label("Code of your second factor").fill(authenticator.now())
    page.get_by_role("button", name="Sign version 3").click()
    expect(page.get_by_text("Your organization has signed")).to_be_visible()


def test_form_works_without_scripts(browser, live_server, treaty, alice):
    context = browser.new_context(java_script_enabled=False)
    screen = Screen(context.new_page(), live_server.url)
    screen.enter_as(alice)
    page = screen.open(drafts(treaty)["amend"])
    page.get_by_role("button", name="Add a clause").click()
    last = page.get_by_role("region", name="Clause 4")
    last.get_by_label("Name of the clause").fill("Second thought")
    page.get_by_role("button", name="Move clause 4 up").click()
    heading = page.get_by_role("heading", name="Clause 3: Second thought")
    expect(heading).to_be_visible()
    page.get_by_role("button", name="Remove clause 3").click()
    expect(heading).to_have_count(0)
    page.get_by_label("Title").fill("Another title")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft an amendment")
    page.get_by_role("button", name="Text (YAML)").click()
    source = page.get_by_label("Text of the agreement").input_value()
    assert "title: Another title" in source
    page.get_by_role("button", name="Form", exact=True).click()
    expect(page.get_by_label("Title")).to_have_value("Another title")
    context.close()


def test_paper_is_white_and_has_no_navigation_when_it_is_printed(
    screen, treaty, bob_signs
):
    screen.page.emulate_media(color_scheme="dark")
    screen.enter_as(bob_signs)
    page = screen.open(places(treaty)["print"])
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("heading", name="Canonical text")).to_be_visible()
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert ink == "rgb(17, 24, 39)"
    picture(screen, "paper")
