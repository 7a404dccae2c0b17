"""Rows have two walls and fields have two walls: either alone still holds.

Each wall is taken away and the stream asked over HTTP; then its twin as well, and the very
same question must find the leak: so the walls are what keeps it, and the question sees.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from sharing import pipeline
from sharing.distribution import planning
from sharing.distribution import selectors as distribution
from sharing.distribution.models import ControlRecord, Fetch, Receipt, Release
from sharing.distribution.selectors import Reading
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from sharing.redaction.rules import ClaimView, redact
from tests.access.asking import Answer, ask
from tests.access.world import LINE, World, one_transaction, one_world
from tests.cast import home_of
from tests.coalition import send
from tests.walls import OWNER, WORKER, working_as

__all__ = ["one_transaction", "one_world"]  # fixtures: `db` and `world`

STREAM = "api/v1/collections/<uuid:collection_id>/releases"
HOST = "login-harbour.scam.example"


# --- rows: the query's filter, and the policies of the tables ---------------------


@contextmanager
def no_filter() -> Iterator[None]:
    """The one selector lets everybody in who asks, as if they were Bob."""
    bob = home_of(User.objects.get(name="Bob")).pk

    def careless(actor: Actor, collection_id: Any) -> Reading:
        return distribution.readable(bob, collection_id)

    with mock.patch.object(distribution, "readable_by", careless):
        yield


@contextmanager
def no_policies() -> Iterator[None]:
    """The tables of the stream as they would be without row-level security.

    The transaction around the question gives it back.
    """
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rows in (Release, ControlRecord, Receipt, Fetch):
            cursor.execute(
                f"ALTER TABLE {rows._meta.db_table} DISABLE ROW LEVEL SECURITY"
            )
    yield


def check_rows(world: World) -> None:
    """Bob is served; who is no recipient gets nothing, whatever the answer is."""
    assert '"kind":"release"' in stream(world, "bob").text
    for stranger in ("carol", "dana"):
        found = stream(world, stranger)
        assert '"kind":"release"' not in found.text, f"leak to {stranger}"


# --- fields: redaction, and the fields that the Version may release ---------------


@contextmanager
def no_redaction() -> Iterator[None]:
    """What may leave is taken from the claim as it is."""

    def careless(claim: ClaimView, *duties: Any, **more: Any) -> dict[str, object]:
        return {**redact(claim, *duties, **more), "value": HOST}

    with mock.patch.object(planning, "redact", careless):
        yield


@contextmanager
def no_released_fields() -> Iterator[None]:
    with mock.patch.object(planning, "check_released"):
        yield


def check_fields(world: World) -> None:
    """A claim of a value comes in; Bob, who is given tokens, reads all and not the value."""
    send(User.objects.get(name="Alice"), [HOST], work=False, **LINE)
    work_off_whatever_fails()
    found = stream(world, "bob")
    assert '"kind":"release"' in found.text
    assert HOST not in found.text, "leak of a value"


def work_off_whatever_fails() -> None:
    waiting = OutboxRow.objects.filter(done_at__isnull=True).order_by("pk")
    while row := waiting.first():
        with suppress(Exception), transaction.atomic(), working_as(WORKER):
            pipeline.HANDLERS[Kind(row.kind)](**row.payload)
        OutboxRow.objects.filter(pk=row.pk).update(done_at=now())


# --- one gone, both gone ----------------------------------------------------------

Wall = Callable[[], Any]
WALLS: Mapping[str, Wall] = {
    "query filter": no_filter,
    "row-level security": no_policies,
    "redaction": no_redaction,
    "released_fields": no_released_fields,
}
TWINS = {
    "query filter": ("row-level security", check_rows),
    "row-level security": ("query filter", check_rows),
    "redaction": ("released_fields", check_fields),
    "released_fields": ("redaction", check_fields),
}


def stream(world: World, who: str) -> Answer:
    return ask(world, who, STREAM, "GET")


@contextmanager
def without(*walls: str) -> Iterator[None]:
    with transaction.atomic(), ExitStack() as gone:
        for wall in walls:
            gone.enter_context(WALLS[wall]())
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("wall", TWINS)
def test_twin_holds_when_one_wall_is_gone(world: World, wall: str) -> None:
    _, check = TWINS[wall]
    with without(wall):
        check(world)


@pytest.mark.parametrize("wall", TWINS)
def test_leak_is_found_when_both_walls_are_gone(world: World, wall: str) -> None:
    twin, check = TWINS[wall]
    with pytest.raises(AssertionError, match="leak"), without(wall, twin):
        check(world)


def test_nobody_leaks_when_all_walls_stand(world: World) -> None:
    for check in (check_rows, check_fields):
        with without():
            check(world)
