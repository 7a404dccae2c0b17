"""A browser that listens: console errors and broken policies fail the test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from playwright.sync_api import Page

from orgs.accounts.models import User

NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
AXE = Path(__file__).parent / "vendor" / "axe.js"


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address of its own: every test has its live server."""


class Screen:
    """One browser page on the live server, and what it complained about."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path, wait_until="networkidle")
        return self.page

    def enter_as(self, person: User) -> None:
        """Skip the sign-in form: a session made by the server."""
        client = Client()
        client.force_login(person)
        assert client.session[SESSION_KEY]
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.address}]
        )

    def faults(self) -> list[str]:
        """What axe-core finds serious or critical on the page as it is now."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        self.page.wait_for_load_state()  # a link was clicked, its page has no root yet
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > window.innerWidth"
        )
        return wide


@pytest.fixture
def screen(transactional_db: None, live_server: Any, page: Page) -> Iterator[Screen]:
    """Fails the test when the browser complained about anything."""
    page.set_default_timeout(10_000)
    found = Screen(page, live_server.url)
    yield found
    assert found.complaints == []
