"""Filters in the instant in which the database hides what the hub's clock still grants."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from sharing.distribution import finding
from sharing.lookup import snapshots
from sharing.lookup.models import FilterSnapshot
from sharing.tokens import rice
from tests.coalition import send
from tests.sharing.lookup.questions import LINE, PHONE, otag
from tests.sharing.lookup.test_filters import BOTH, ask, prefixes, seen
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def nothing_seen(*, then: bool) -> Iterator[None]:
    """The database lets nothing be seen, as when its clock is another; `then`: again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.current_org')")
        [[before]] = cursor.fetchall()
        cursor.execute("SELECT set_config('app.current_org', '', true)")
        yield
        if then:
            cursor.execute("SELECT set_config('app.current_org', %s, true)", [before])


@pytest.mark.parametrize(
    ("room", "name", "then"),
    [(finding, "prefixes", True), (rice, "encode", False)],
    ids=["read", "store"],
)
def test_nothing_is_served_or_kept_when_the_database_hides_the_stream(
    questions, bob, monkeypatch, room, name, then
):
    real = getattr(room, name)

    def hidden(*given):
        with nothing_seen(then=then):
            return real(*given)

    with monkeypatch.context() as turning:
        turning.setattr(room, name, hidden)
        answer = ask(bob)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert not stored(FilterSnapshot).exists()
    assert seen(bob) == prefixes(*(otag(*each) for each in BOTH))


def test_same_set_is_not_tied_anew_when_the_database_hides_the_stream(
    questions, bob, alice, at_once, monkeypatch
):
    first = seen(bob)
    [before] = stored(FilterSnapshot).values_list("next_seq", flat=True)
    send(alice, [{"value": PHONE, **LINE, "confidence": 99}])  # the same otag, later
    tie = snapshots._tie

    def hidden(*given):
        with nothing_seen(then=False):
            return tie(*given)

    with monkeypatch.context() as turning:
        turning.setattr(snapshots, "_tie", hidden)
        assert ask(bob).status_code == 503
    assert [*stored(FilterSnapshot).values_list("next_seq", flat=True)] == [before]
    assert seen(bob) == first
