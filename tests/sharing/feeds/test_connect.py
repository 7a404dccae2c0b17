"""Connect: what an engineer copies is right, and no key is ever in it."""

import re
import subprocess
from datetime import timedelta

import pytest
from django.urls import reverse

from hub.client import settings as toolkit
from hub.lib.clock import now
from hub.lib.errors import Forbidden
from orgs.accounts.actor import SYSTEM, Role
from sharing.agreements import rotation
from sharing.feeds import calls, connecting
from sharing.feeds import selectors as feeds
from sharing.vocabulary import ROTATION_NOTICE
from tests.cast import acting, browser_of, home_of, key_of, person_in
from tests.coalition import collection, work_off

pytestmark = pytest.mark.django_db
FRAUD, VENDOR = "Fraud prevention", "Vendor exchange"
HUB = "https://hub.example"


def shown(person, **more) -> str:
    return browser_of(person).get(reverse("connect"), **more).content.decode()


@pytest.fixture
def announced(coalition):
    """New keys for the bank's stream, as early as may be."""
    begins = now() + ROTATION_NOTICE + timedelta(hours=1)
    rotation.announce(
        actor=SYSTEM, collection_id=collection(FRAUD), effective_from=begins
    )
    work_off()
    return begins


def test_reader_sees_the_generations_in_effect_and_announced(announced, bob):
    [fraud] = [one for one in connecting.connections(acting(bob)) if one.title == FRAUD]
    assert [(one.number, one.announced) for one in fraud.generations] == [
        (1, False),
        (2, True),
    ]
    assert fraud.generations[1].effective_from == announced
    page = shown(bob)
    assert f"{announced:%Y-%m-%d}" in page
    assert str(collection(FRAUD)) in page


def test_page_never_holds_a_key(announced, bob):
    browser = browser_of(bob)
    key = key_of(bob)
    page = browser.get(reverse("connect")).content.decode()
    assert key not in page
    for title in (FRAUD, VENDOR):
        for each in feeds.keys(acting(bob), collection(title)):
            assert each.key not in page
    assert not re.search(r"[0-9a-f]{64}", page)


def test_page_names_only_what_the_organization_reads(coalition, bob, carol):
    assert FRAUD in shown(bob)
    assert "Investigation" not in shown(bob)  # the liaison's
    assert FRAUD not in shown(carol)


def test_analyst_connects_without_seeing_api_keys(coalition, bob):
    key_of(bob)
    analyst = person_in(home_of(bob), "ann", Role.ANALYST)
    assert "Make or revoke keys" in shown(bob)
    page = shown(analyst)
    assert FRAUD in page
    assert "Make or revoke keys" not in page
    assert "accord_" not in page.replace("accord_api", "")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SIGNATORY])
def test_role_that_reads_nothing_is_refused(coalition, bob, role):
    person = person_in(home_of(bob), "other", role)
    with pytest.raises(Forbidden):
        connecting.connections(acting(person))
    assert browser_of(person).get(reverse("connect")).status_code == 403


def test_page_carries_the_address_at_which_it_was_reached(coalition, bob, settings):
    settings.ALLOWED_HOSTS = ["accord.bank.example"]
    page = shown(bob, headers={"Host": "accord.bank.example"}, secure=True)
    assert "https://accord.bank.example/api/v1/lookups" in page
    assert "testserver" not in page


def test_settings_are_what_the_toolkit_reads(coalition, bob, tmp_path):
    key = tmp_path / "key"
    key.write_text("accord_0_0")
    key.chmod(0o600)
    text = calls.settings(HUB, connecting.connections(acting(bob))).text
    file = tmp_path / "config.toml"
    file.write_text(text.replace("/etc/accord/api-key", str(key)))
    found = toolkit.read(toolkit.Given(config=file), {})
    assert found.url == HUB
    assert found.key.reveal() == "accord_0_0"


@pytest.mark.parametrize(
    ("hub", "allowed"),
    [(HUB, False), ("http://127.0.0.1:8000", False), ("http://hub.example", True)],
)
def test_settings_allow_plain_http_only_where_the_toolkit_asks_for_it(hub, allowed):
    assert ("allow_http = true" in calls.settings(hub, []).text) is allowed


def test_calls_are_what_a_shell_takes(coalition, bob):
    for each in calls.calls(HUB, connecting.connections(acting(bob))):
        subprocess.run(["bash", "-n", "-c", each.text], check=True)


def test_copied_call_is_answered_with_the_key_kept_out_of_its_arguments(
    transactional_db, live_server, coalition, bob, tmp_path
):
    found = calls.calls(live_server.url, connecting.connections(acting(bob)))
    text = {each.name: each.text for each in found}
    shell = text["begin"] + "\n" + text["me"]
    asked = subprocess.run(
        ["bash", "-xc", shell],
        input=key_of(bob) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert '"slug":"harbour"' in asked.stdout.replace(" ", "")
    [call] = [line for line in asked.stderr.splitlines() if "curl" in line]
    assert "accord_" not in call
