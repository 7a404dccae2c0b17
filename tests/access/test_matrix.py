"""Every route x everybody x every verb is answered as the table says.

A route that is missing in the table fails: whoever adds one says at once who is refused.
"""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.urls import URLResolver, get_resolver

from hub.lib.clock import now
from orgs.accounts.models import User
from orgs.credentials.models import Credential
from tests.access.asking import PATHS, ask, in_api, routes
from tests.access.rows import ROUTES, VERBS, Row, rows
from tests.access.world import World, one_transaction, one_world
from tests.cast import key_of

__all__ = ["one_transaction", "one_world"]  # fixtures: `db` and `world`

ROWS = rows()
ELSEWHERE, ADMIN_LOGIN = "203.0.113.9", "/admin/login/"


def test_every_route_is_in_the_table() -> None:
    missing = [f"  {said}" for said, name in ROUTES.items() if name not in ROWS]
    gone = [f"  {name}" for name in ROWS if name not in PATHS]
    assert not missing, "\n".join(
        ["tests/access/table.py has no line for", *sorted(missing)]
    )
    assert not gone, "\n".join(["the URL conf has no more", *sorted(gone)])


@pytest.mark.parametrize("said", sorted(ROUTES))
def test_everybody_is_answered_as_the_table_says(world: World, said: str) -> None:
    name = ROUTES[said]
    row = ROWS.get(name)
    assert row, f"tests/access/table.py has no line for {said}"
    wrong = [found for verb in VERBS for found in differences(world, row, verb)]
    assert not wrong, "\n".join([f"{said}, against tests/access/table.py:", *wrong])


def differences(world: World, row: Row, verb: str) -> list[str]:
    expected = row.expected(verb)
    found = {who: ask(world, who, row.name, verb).cell for who in expected}
    return [
        f"  {verb} of {who}: {found[who]}, not {expected[who]}"
        for who in expected
        if found[who] != expected[who]
    ]


def test_everybody_of_the_cast_is_in_both_tables(world: World) -> None:
    for name, row in ROWS.items():
        cast = world.keys if in_api(name) else world.browsers
        for cells in row.cells.values():
            assert cells.keys() == cast.keys(), name


def change(key: str, **facts: object) -> str:
    Credential.objects.filter(prefix=key.split("_")[1]).update(**facts)
    return key


BAD_KEYS: dict[str, Callable[[User], str]] = {
    "unknown": lambda _: "accord_0_0",
    "revoked": lambda person: change(key_of(person), revoked_at=now()),
    "expired": lambda person: change(key_of(person), expires_at=now()),
    "elsewhere": lambda person: key_of(person, addresses=[ELSEWHERE]),
}


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_key_that_is_none_is_answered_401_everywhere(world: World, bad: str) -> None:
    key = BAD_KEYS[bad](User.objects.get(name="Amy"))
    world = replace(world, keys={"bad": key})
    for name, row in ROWS.items():
        if in_api(name) and not row.is_open:
            for verb in VERBS:
                assert ask(world, "bad", name, verb).cell == "401", (name, verb)


@pytest.mark.parametrize("verb", VERBS)
def test_address_that_is_none_is_not_found_whatever_the_verb(
    world: World, verb: str
) -> None:
    for browser in world.browsers.values():
        assert browser.generic(verb, "/api/v1/nowhere").status_code == 404


@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE"])
def test_administration_is_closed_to_everybody_but_staff(
    world: World, verb: str
) -> None:
    addresses = administration()
    assert len(addresses) > 50
    for who in world.browsers.keys() - {"erin"}:
        open_ = [each for each in addresses if not is_shut(world, who, verb, each)]
        assert not open_, who
        told = world.browsers[who].get(ADMIN_LOGIN)
        assert told.status_code == (302 if who == "nobody" else 404), who


def is_shut(world: World, who: str, verb: str, address: str) -> bool:
    told = world.browsers[who].generic(verb, address)
    led = told.headers.get("Location", "").startswith(ADMIN_LOGIN)
    return told.status_code == 404 or (told.status_code == 302 and led)


def administration() -> list[str]:
    [admin] = [
        entry
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and entry.namespace == "admin"
    ]
    paths = sorted({path for _, path in routes(admin, "admin/")})
    plain = [
        re.sub(r"\(\?P<\w+>.*\)|<[^>]*>", "1", path.replace("^", "")).replace("$", "")
        for path in paths
        if not path.endswith(("login/", "logout/"))
    ]
    return [f"/{path}" for path in plain]
