"""Looking up as people do it: paste, see who knows it, act; by mouse, by keys, by phone."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from orgs.accounts.actor import SYSTEM, Role
from orgs.members.services import add_member
from sharing import vocabulary as v
from tests.browser.conftest import NARROW, WIDE, Screen
from tests.browser.test_agreements import picture
from tests.coalition import send

pytestmark = pytest.mark.django_db(transaction=True)

HOST = "login-harbour.scam.example"
PAY = "https://parcel-fee.example/pay"
SEVERAL = """hxxps://login-harbour[.]scam[.]example
login-harbour[.]scam[.]example
hxxps://parcel-fee[.]example/pay
nobody-knows.example
GB29 NWBK 6016 1331 9268 19
020 7946 0958
nothing at all
"""


@pytest.fixture
def shared(coalition, alice, frank):
    line = {"confidence": 80, "scam_type": "investment", "labels": ["parcel"]}
    send(alice, [{"value": HOST, **line}, {"value": PAY, **line}])
    send(frank, [{"value": HOST, **line, "scam_type": "phishing", "confidence": 60}])


def box(page):
    return page.get_by_label("Values to look up")


def known(page):
    return page.get_by_role("region", name="Known", exact=True)


def test_person_sees_who_knows_a_number_two_acts_after_sign_in(screen, shared, bob):
    screen.enter_as(bob)
    page = screen.open("/home")
    expect(box(page)).to_be_focused()
    page.keyboard.insert_text("login-harbour[.]scam[.]example")
    page.keyboard.press("Enter")
    expect(known(page)).to_contain_text("Meadow Social")
    expect(known(page)).to_contain_text("Sentry Security")
    assert HOST not in page.url


def test_list_is_looked_up_chosen_and_taken_along_by_keys_alone(
    screen, shared, bob, tmp_path
):
    screen.enter_as(bob)
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = screen.open("/submissions")
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.insert_text(SEVERAL)
    page.keyboard.press("Enter")  # another line: there are several
    assert box(page).input_value().endswith("\n\n")
    page.keyboard.press("Control+Enter")
    expect(known(page)).to_contain_text(PAY)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("k")
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_role("button", name="Copy values").press("Enter")
    expect(page.get_by_text("2 copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{HOST}\n{PAY}"
    with page.expect_download() as begun:
        page.get_by_role("button", name="CSV of chosen").press("Enter")
    path = tmp_path / "taken.csv"
    begun.value.save_as(path)
    rows = [*csv.DictReader(Path(path).read_text().splitlines())]
    assert {row["value"] for row in rows} == {HOST, PAY}
    assert len(rows) == 3


def test_row_opens_its_indicator_when_enter_is_pressed(screen, shared, bob):
    screen.enter_as(bob)
    page = screen.open("/look-up")
    page.keyboard.insert_text(HOST)
    page.keyboard.press("Enter")
    expect(known(page)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who says so")).to_be_visible()


def test_keys_are_shown_and_can_be_turned_off(screen, bob):
    screen.enter_as(bob)
    page = screen.open("/received")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of this screen")
    expect(keys).to_contain_text("Look up")
    keys.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received")
    page.get_by_role("button", name="Keys").click()
    keys.get_by_label("Single keys are on").check()
    keys.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look up")


def test_palette_goes_looks_up_and_switches_by_keys_alone(
    screen, shared, bob, northline
):
    add_member(actor=SYSTEM, organization=northline, user=bob, role=Role.ANALYST)
    screen.enter_as(bob)
    page = screen.open("/")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Go to")
    expect(dialog.get_by_text("Act for Northline Telecom")).to_be_visible()
    assert screen.faults() == []
    page.keyboard.insert_text("harb")
    page.keyboard.press("Enter")
    expect(page.get_by_role("banner")).to_contain_text("Acting for Harbour Bank")
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("received")
    picture(screen, "palette")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Received")
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("login-harbour[.]scam.example")
    page.keyboard.press("Enter")
    expect(known(page)).to_contain_text("Meadow Social")
    assert HOST not in page.url


DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: "text/csv"}));
  const init = {dataTransfer: data, bubbles: true, cancelable: true};
  document.body.dispatchEvent(new DragEvent("dragover", init));
  document.body.dispatchEvent(new DragEvent("drop", init));
}"""


def test_file_is_looked_up_when_it_is_dropped(screen, shared, bob):
    screen.enter_as(bob)
    page = screen.open("/look-up")
    page.evaluate(DROP, ["list.csv", f"value,type\n{HOST},domain\nx.example,\n"])
    expect(known(page)).to_contain_text("Meadow Social")
    expect(page.get_by_text("list.csv")).to_be_visible()
    expect(page.get_by_text("of 2 values")).to_be_visible()


def test_look_up_works_when_scripts_are_off(browser, live_server, shared, bob):
    context = browser.new_context(java_script_enabled=False)
    screen = Screen(context.new_page(), live_server.url)
    screen.enter_as(bob)
    page = screen.open("/look-up")
    box(page).fill(SEVERAL)
    page.get_by_role("button", name="Look up").click()
    expect(known(page)).to_contain_text("Meadow Social")
    known(page).get_by_label(f"Choose {PAY}").check()
    with page.expect_download() as begun:
        page.get_by_role("button", name="CSV of chosen").click()
    assert begun.value.suggested_filename.startswith("look-up-")
    context.close()


def test_page_leads_to_sign_in_when_the_session_ended(screen, bob):
    screen.enter_as(bob)
    page = screen.open("/look-up")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.insert_text(HOST)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Password")).to_be_visible()
    assert HOST not in page.url


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_fits_the_screen(screen, shared, bob, size, scheme, monkeypatch):
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(bob)
    page = screen.open("/look-up")
    ending = f"{size['width']}-{scheme}"
    picture(screen, f"lookup-empty-{ending}")
    assert not screen.scrolls_sideways()
    assert screen.faults() == []
    told = page.locator("#answer h2, #answer [role=alert]")
    for name, text in {
        "one": HOST,
        "miss": "nobody-knows.example",
        "many": SEVERAL + "\n".join(f"h{n}.example" for n in range(12)),
        "nothing": " ",
    }.items():
        box(page).fill(text)
        page.get_by_role("button", name="Look up").click()
        expect(told).to_be_visible()
        expect(page.locator(".htmx-request")).to_have_count(0)
        if name == "many":
            page.get_by_label(f"Choose {PAY}").check()
        picture(screen, f"lookup-{name}-{ending}")
        assert not screen.scrolls_sideways(), name
        assert screen.faults() == [], name
    monkeypatch.setattr(v, "LOOKUPS_A_DAY", 1)
    box(page).fill(SEVERAL)
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("Nothing was looked up")).to_be_visible()
    picture(screen, f"lookup-spent-{ending}")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    picture(screen, f"lookup-keys-{ending}")
    assert screen.faults() == []
