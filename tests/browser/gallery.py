"""Every screen of the hub for every role: what the URL table has, opened and looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, ViewportSize

from orgs.accounts.models import User
from tests.access.asking import PATHS, address, in_api
from tests.access.world import World
from tests.browser.conftest import Screen

# Who looks, by the name that the world of the access matrix has for them.
ROLES = {
    "analyst": "analyst",
    "manager": "alice",
    "signatory": "signatory",
    "auditor": "auditor",
    "staff": "erin",
    "nobody": "nobody",
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = (ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900))
HTML = "text/html"
SHAPE = Path(__file__).with_name("shape.js")
TALLEST = 4_000  # px of a picture


@dataclass(frozen=True)
class Look:
    """One screen as one role opens it."""

    name: str
    role: str
    path: str

    def file(self, size: ViewportSize, scheme: str) -> str:
        name = self.name.replace("/", "-")
        return f"{name}-{self.role}-{size['width']}-{scheme}.png"


@dataclass
class Found:
    """What there is to see, and what is wrong with it."""

    looks: list[Look] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    pictures: int = 0
    faults: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        wrong = (self.unresolved, self.faults, self.complaints, self.sideways)
        return bool(self.looks) and not any(wrong)

    def told(self) -> dict[str, Any]:
        return {
            "screens": len({each.name for each in self.looks}),
            "looks": len(self.looks),
            "pictures": self.pictures,
            "unresolved": self.unresolved,
            "faults": self.faults,
            "console_errors": self.complaints,
            "overflow": self.sideways,
            "ok": self.ok,
        }


def routes_of_pages() -> list[str]:
    """Names of all routes that are not the API's machines' side, in the table's order."""
    return [name for name in PATHS if not in_api(name) or name == "api-docs"]


def survey(world: World, names: list[str], roles: list[str]) -> Found:
    """Which route is a screen for whom: it answers GET with a whole page of HTML."""
    found = Found()
    for name in names:
        try:
            path = address(world, name)
        except AssertionError as error:
            found.unresolved.append(str(error))
            continue
        found.looks += [
            Look(name, role, path)
            for role in roles
            if _is_screen(world.browsers[ROLES[role]].get(path))
        ]
    return found


def _is_screen(response: Any) -> bool:
    told = response.headers.get("Content-Type", "")
    if response.status_code != 200 or not told.startswith(HTML):
        return False
    return b"<html" in response.getvalue()


def visit(
    browser: Browser,
    at: str,
    people: dict[str, User],
    found: Found,
    folder: Path,
) -> Iterator[Look]:
    """Take all pictures, a role after the other; gives each look when it is done."""
    for role in ROLES:
        looks = [look for look in found.looks if look.role == role]
        if not looks:
            continue
        context = browser.new_context(reduced_motion="reduce")
        screen = Screen(context.new_page(), at)
        screen.page.set_default_timeout(20_000)
        if person := people.get(role):
            screen.enter_as(person)
        for look in looks:
            _take(screen, look, found, folder)
            yield look
        context.close()


def _take(screen: Screen, look: Look, found: Found, folder: Path) -> None:
    page = screen.page
    screen.complaints.clear()
    screen.open(look.path)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for size in SIZES:
            page.set_viewport_size(size)
            _settle(page)
            where = f"{look.name} as {look.role}, {size['width']} px, {scheme}"
            file = folder / look.file(size, scheme)
            page.screenshot(path=file, full_page=True, clip=_shown(page, size))
            found.pictures += 1
            wrong = [*screen.faults(), *_shape(page)]
            found.faults += [f"{where}: {each}" for each in wrong]
            if size is SIZES[0] and screen.scrolls_sideways():
                found.sideways.append(where)
    said = f"{look.name} as {look.role}"
    found.complaints += [f"{said}: {each}" for each in screen.complaints]


def _shape(page: Page) -> list[str]:
    """What no screen may have, whatever it is about."""
    said: list[str] = page.evaluate(SHAPE.read_text())
    return said


def _shown(page: Page, size: ViewportSize) -> Any:
    """The whole screen, of the documentation's endless one the beginning."""
    tall = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": size["width"], "height": min(tall, TALLEST)}


def _settle(page: Page) -> None:
    """Colours and measures of the size and scheme that were just set."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
