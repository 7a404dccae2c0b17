"""A hidden party is nowhere: whatever anybody else asks, no answer tells of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import yaml

from orgs.accounts.actor import SCOPES
from orgs.accounts.models import Organization
from sharing.agreements.models import Collection
from sharing.distribution.models import Release
from sharing.indicators.models import Indicator
from sharing.intake.models import Submission
from tests.access.asking import PATHS, Answer, ask, in_api
from tests.access.bodies import Body
from tests.access.rows import ROUTES, Row, rows
from tests.access.treaties import POOL, QUIET, QUIET_CLAUSE, text
from tests.access.world import World, one_transaction, one_world
from tests.walls import stored

__all__ = ["one_transaction", "one_world"]  # fixtures: `db` and `world`

ROWS = rows()
STAFF = "erin"
NARROW = {*SCOPES, "analyst"} - {"audit"}  # keys that are told less than Alice's
CHANGING = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"|"X-CSRFToken"[^}]*')
IN_PATH = ("collection_id", "claim_id", "submission_id", "held_id", "release_id")
TAKING = sorted(
    said
    for said, name in ROUTES.items()
    if any(f"{each}>" in PATHS[name] for each in IN_PATH)
)


def told(world: World, row: Row) -> dict[tuple[str, str], Answer]:
    """What whoever may not know is answered, and shown next, by verb and name."""
    narrow = NARROW if in_api(row.name) else set()
    return {
        (verb, who): ask(world, who, row.name, verb, follow=True)
        for verb, cells in row.cells.items()
        if verb in ("GET", "POST")
        for who in cells.keys() - narrow - {STAFF}
    }


def leaks(world: World, answers: dict[tuple[str, str], Answer]) -> list[str]:
    return [
        f"{verb} as {who}: {word}"
        for (verb, who), answer in answers.items()
        for word in world.quiet
        if word.lower() in answer.text.lower()
    ]


@pytest.fixture
def hidden(world: World) -> World:
    """The same questions about what is the hidden party's."""
    quiet = Organization.objects.get(slug=QUIET[0]).pk
    sent = stored(Submission).get(owner=quiet).id
    ids = {
        "collection_id": Collection.objects.get(title=QUIET_CLAUSE).pk,
        "claim_id": stored(Indicator).get(owner=quiet).pk,
        "submission_id": sent,
        "held_id": sent,
        "release_id": _released(
            Organization.objects.get(slug="meadow").pk, QUIET_CLAUSE
        ),
    }
    return replace(world, ids={**world.ids, **ids})


def _released(owner: UUID, title: str) -> UUID:
    found = stored(Release).filter(generation__collection__title=title, owner=owner)
    return found.get().pk


@pytest.mark.parametrize("said", sorted(ROUTES))
def test_no_answer_tells_of_the_hidden_party(world: World, said: str) -> None:
    assert leaks(world, told(world, ROWS[ROUTES[said]])) == []


@pytest.mark.parametrize("said", TAKING)
def test_what_is_of_the_hidden_party_alone_is_as_if_it_were_not(
    world: World, hidden: World, said: str
) -> None:
    row = ROWS[ROUTES[said]]
    nowhere = replace(world, ids={**world.ids, **{each: uuid4() for each in IN_PATH}})
    found, expected = told(hidden, row), told(nowhere, row)
    assert leaks(hidden, found) == []
    assert {key: each.cell for key, each in found.items()} == {
        key: each.cell for key, each in expected.items()
    }


@pytest.mark.parametrize("said", TAKING)
def test_release_of_the_hidden_party_among_others_does_not_tell_whose_it_is(
    world: World, said: str
) -> None:
    quiet = Organization.objects.get(slug=QUIET[0]).pk
    ids = {
        "collection_id": Collection.objects.get(title=POOL).pk,
        "release_id": _released(quiet, POOL),
    }
    pool = replace(world, ids={**world.ids, **ids})
    found = told(pool, ROWS[ROUTES[said]])
    assert leaks(pool, found) == []
    if said.endswith("why"):
        assert found["GET", "alice"].cell == "200"


NAMING: dict[str, Callable[[str], dict[str, object]]] = {
    "agreement-invite": lambda slug: {"slug": slug},
    "agreement-invite-withdraw": lambda slug: {"slug": slug},
    "agreement-draft": lambda slug: {"source": source_naming(slug)},
    "agreement-check": lambda slug: {"source": source_naming(slug)},
}


def source_naming(slug: str) -> str:
    bank = text("bilateral_platform_bank", PLATFORM="meadow", BANK=slug)
    return str(yaml.safe_dump(bank))


@pytest.mark.parametrize("name", NAMING)
@pytest.mark.parametrize("who", ["alice", "frank", "bob", "dana"])
def test_naming_the_hidden_party_is_answered_as_naming_nobody(
    world: World, name: str, who: str
) -> None:
    answers = []
    for slug in (QUIET[0], "void"):
        body = NAMING[name](slug)
        asked = replace(world, bodies={f"{name} POST": given(body)})
        found = ask(asked, who, name, "POST", follow=True)
        answers.append((found.cell, _alike(found.text, slug)))
    assert answers[0] == answers[1]


def _alike(text: str, slug: str) -> str:
    plain = CHANGING.sub("", text)
    return re.sub(slug, "SLUG", plain, flags=re.IGNORECASE)


def given(body: dict[str, object]) -> Body:
    return lambda who: body


@pytest.mark.parametrize("name", ["agreements", "agreement", "agreement-print"])
def test_staff_are_told_of_the_hidden_party(world: World, name: str) -> None:
    """So the questions above would see it."""
    text = ask(world, STAFF, name, "GET").text
    assert QUIET[1] in text or QUIET[0] in text
