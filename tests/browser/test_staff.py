"""Hub staff at work: an organization comes in, a dead chunk goes through; every page looked at."""

import os
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import expect

from hub.lib.clock import now
from orgs.accounts.models import Organization, User
from sharing.agreements.models import Collection
from sharing.events.models import OutboxRow
from sharing.intake.models import Submission
from sharing.tokens import services as tokens
from tests.access.walled import FRAUD
from tests.browser.conftest import NARROW, WIDE, Screen
from tests.cast import PASSWORD, authenticator_of
from tests.coalition import send, work_off
from tests.sharing.intake.held import make_new
from tests.walls import stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet_bells"),
]


def picture(screen: Screen, name: str) -> None:
    """For looking at: only where somebody names a folder."""
    if folder := os.environ.get("ACCORD_TEST_PICTURES"):
        screen.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def die(person: User, tmp_path: Path) -> Submission:
    """A chunk that is tried until it is dead, because the key file is not there."""
    tokens.key_provider()
    batch, away = send(person, ["late.scam.example"], work=False), tmp_path / "k.json"
    shutil.move(str(settings.KEYS_FILE), away)
    try:
        for _ in range(settings.OUTBOX_MAX_ATTEMPTS + 1):
            OutboxRow.objects.filter(done_at=None).update(not_before=now())
            work_off()
    finally:
        shutil.move(away, str(settings.KEYS_FILE))
    return batch


def test_dead_chunk_is_retried_and_goes_through(
    screen, coalition, alice, erin, tmp_path
) -> None:
    batch = die(alice, tmp_path)
    screen.enter_as(erin)
    page = screen.open("/staff")
    expect(page.locator("#chunks")).to_contain_text("1 dead")
    page.get_by_role("link", name="Queues", exact=True).click()
    dead = page.get_by_role("form", name=re.compile("Dead"))
    expect(dead).to_contain_text(re.compile("KeyFile|SealBroken"))
    expect(dead).to_contain_text("Meadow Social")
    assert screen.faults() == []
    dead.get_by_role("checkbox").check()
    dead.get_by_role("button", name="Retry what is ticked").click()
    expect(page.get_by_text("1 put back to work.")).to_be_visible()
    work_off()
    assert stored(Submission).get(pk=batch.pk).state == "done"
    page = screen.open("/staff")
    expect(page.locator("#dead")).to_contain_text("Nothing is dead")


def test_organization_comes_in_to_its_first_accepted_submission(
    screen, coalition, erin
) -> None:
    codes = authenticator_of(erin)
    screen.enter_as(erin)
    create(screen)
    invite(screen, "manager", "m@ridge.example")
    invite(screen, "signatory", "s@ridge.example")
    assert screen.faults() == []
    at = f"/staff/organizations/{Organization.objects.get(slug='ridge-bank').pk}"
    page = screen.open(f"{at}/vouching")
    page.get_by_label("Code of your second factor").fill(codes.now())
    page.get_by_role("button", name="Vouch for it", exact=True).click()
    steps = page.get_by_role("list", name="Steps")
    expect(steps).to_contain_text("Staff vouch for it")
    page = screen.open(f"{at}/agreements")
    page.get_by_role("link", name="customer in vendor feed").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft an agreement")
    assert send(join(screen), ["first.scam.example"]).state == "done"
    screen.enter_as(erin)
    screen.open(at)
    expect(steps).to_contain_text("It was accepted.")
    expect(steps).to_contain_text("m@ridge.example")
    assert screen.faults() == []


def create(screen: Screen) -> None:
    page = screen.open("/staff/organizations")
    page.get_by_role("link", name="Bring one in").click()
    page.get_by_label("Name", exact=True).fill("Ridge Bank")
    page.get_by_label("Kind").select_option("bank")
    page.get_by_label("Country").fill("GB")
    assert screen.faults() == []
    page.get_by_role("button", name="Create it").click()


def invite(screen: Screen, role: str, email: str) -> None:
    page = screen.page
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("As", exact=True).select_option(role)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(f"Invited {email} as {role}")).to_be_visible()


def join(screen: Screen) -> User:
    """The first manager follows the link of the letter."""
    [link] = re.findall(r"/invitations/\S+", str(mail.outbox[0].body))
    screen.page.context.clear_cookies()
    page = screen.open(link)
    page.get_by_label("Your name").fill("Mia")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_text("You belong to Ridge Bank now.")).to_be_visible()
    return User.objects.get(email="m@ridge.example")


@pytest.fixture
def troubled(coalition, alice, tmp_path) -> Submission:
    return die(alice, tmp_path)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_staff_fit_the_screen(
    screen, troubled, meadow, northline, erin, size, scheme
) -> None:
    stream = Collection.objects.get(title=FRAUD)
    make_new(northline)
    authenticator_of(erin)
    screen.page.set_viewport_size(size)
    screen.page.emulate_media(color_scheme=scheme)
    screen.enter_as(erin)
    at = f"/staff/organizations/{northline.pk}"
    for name, path in {
        "staff": "/staff",
        "queues": "/staff/queues",
        "organizations": "/staff/organizations",
        "new": "/staff/organizations/new",
        "organization": at,
        "details": f"{at}/details",
        "people": f"{at}/people",
        "keys": f"{at}/keys",
        "vouching": f"{at}/vouching",
        "drafting": f"/staff/organizations/{meadow.pk}/agreements",
        "hub-keys": "/staff/keys",
        "rotation": f"/staff/keys/{stream.pk}",
        "quotas": "/staff/quotas",
        "quota": f"/staff/quotas/{meadow.pk}",
        "held": "/held",
        "alarms": "/lookups/alarms",
    }.items():
        screen.open(path)
        picture(screen, f"staff-{name}-{size['width']}-{scheme}")
        assert screen.faults() == [], path
        assert not screen.scrolls_sideways(), path
