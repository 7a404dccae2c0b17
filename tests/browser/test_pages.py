"""The pages as people use them: wide and narrow, light and dark, with a strict policy."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from hub.demo.cast import AGREEMENT
from orgs.accounts.actor import SYSTEM
from sharing import pipeline
from sharing.agreements import services as agreements
from sharing.intake import services as intake
from tests.browser.conftest import NARROW, WIDE, Screen
from tests.cast import PASSWORD, acting, person_in
from tests.walls import by_worker

pytestmark = pytest.mark.django_db(transaction=True)

PASTED = """pig-butchering[.]example
hxxps://wallet-drain[.]example/claim?id=7
not an indicator
google.com
"""
PLACES = {
    "landing": "/",
    "look-up": "/look-up",
    "submissions": "/submissions",
    "claims": "/claims",
    "received": "/received",
    "agreements": "/agreements",
    "notices": "/notices",
    "members": "/members",
    "credentials": "/credentials",
}


def work() -> None:
    """What the worker would do, several steps of it."""
    for _ in range(4):
        for shard in range(settings.OUTBOX_SHARDS):
            by_worker(pipeline.drain, shard)


def submit(screen: Screen, lines: str) -> None:
    page = screen.open("/submissions")
    page.get_by_label("Paste indicators").fill(lines)
    page.get_by_label("Scam type").select_option("investment")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Submission of")


def test_person_signs_in_and_out_when_the_password_is_right(screen, alice):
    page = screen.open("/")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up")
    expect(page.get_by_role("banner")).to_contain_text("Meadow Social")
    page.get_by_text("Alice", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(
        page.get_by_role("banner").get_by_role("link", name="Sign in")
    ).to_be_visible()


def test_progress_reaches_its_end_when_the_worker_is_done(screen, alice):
    screen.enter_as(alice)
    submit(screen, PASTED)
    page = screen.page
    expect(page.get_by_text("accepting")).to_be_visible()
    work()
    expect(page.get_by_text("All 4 lines done")).to_be_visible()
    problems = page.get_by_role("region", name="Lines that did not go through")
    expect(problems.get_by_role("row")).to_have_count(3)  # the head and two problems
    read = page.get_by_role("region", name="What each line was read as")
    expect(read.get_by_role("row")).to_have_count(5)  # the head and four lines
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1_200)
    assert asked == []  # polling stopped


def test_submission_works_when_scripts_are_off(browser, live_server, alice):
    context = browser.new_context(java_script_enabled=False)
    screen = Screen(context.new_page(), live_server.url)
    screen.enter_as(alice)
    submit(screen, "pig-butchering[.]example")
    work()
    screen.page.reload()
    expect(screen.page.get_by_text("All 1 lines done")).to_be_visible()
    context.close()


def test_theme_follows_the_system_until_the_reader_chooses(screen):
    page = screen.page
    theme = "document.documentElement.dataset.bsTheme"
    page.emulate_media(color_scheme="dark")
    screen.open("/")
    assert page.evaluate(theme) == "dark"
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate(theme) == "light"
    screen.open("/")
    assert page.evaluate(theme) == "light"
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert paper != page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_screen_when_they_are_opened(screen, alice, size, scheme):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(alice)
    for path in PLACES.values():
        screen.open(path)
        assert not screen.scrolls_sideways(), path


def test_keyboard_reaches_the_content_first_when_one_tabs(screen, alice):
    screen.enter_as(alice)
    page = screen.open("/submissions")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


def test_second_person_lets_a_stopped_line_through(screen, alice, meadow):
    screen.enter_as(alice)
    submit(screen, "google.com")
    work()
    screen.enter_as(person_in(meadow, "amy"))
    page = screen.page
    page.reload()
    page.get_by_role("button", name="Overrule").click()
    expect(page.get_by_text("Line 1 goes through now.")).to_be_visible()
    work()
    expect(page.get_by_text("overruled", exact=True)).to_be_visible()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_received_records_fit_the_screen_when_there_are_some(
    screen, size, alice, bob, alice_signs, frank_signs, bob_signs, dana_signs
):
    agreements.apply_file(AGREEMENT, actor=SYSTEM)
    intake.submit(
        actor=acting(alice),
        stream=[PASTED.encode()],
        content_type="text/plain",
        defaults={"confidence": "80"},
    )
    work()
    screen.page.set_viewport_size(size)
    screen.enter_as(bob)
    page = screen.open("/received")
    page.get_by_role("link", name="Fraud prevention").click()
    expect(page.get_by_text("Why you see this")).to_be_visible()
    expect(page.get_by_text("TLP:AMBER")).to_have_count(2)
    assert "pig-butchering" not in page.content()
    assert not screen.scrolls_sideways()


@pytest.mark.parametrize("path", ["/admin/", "/admin/sharing/outboxrow/"])
def test_administration_keeps_to_the_policy_when_staff_look(screen, erin, path):
    screen.enter_as(erin)
    screen.open(path)
    expect(screen.page.get_by_role("banner")).to_contain_text("Accord")


def test_api_documentation_works_offline_when_it_is_opened(screen):
    page = screen.open("/api/v1/docs")
    expect(page.get_by_text("/api/v1/submissions").first).to_be_visible()
