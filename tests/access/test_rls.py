"""Row-level security: the second wall before every row, in the database itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.db.models import Model

from hub.lib.clock import now
from hub.lib.paging import Cursor
from orgs.access import collection_scope, person_scope, scope
from orgs.accounts.models import Organization, User
from orgs.mine.models import SavedView
from sharing.agreements.models import Agreement, Collection, Generation, Grant
from sharing.distribution import housekeeping
from sharing.distribution import selectors as distribution
from sharing.distribution.models import ControlRecord, Receipt, Release, ReleaseBatch
from sharing.inbox.models import FilterHit, SavedFilter
from sharing.indicators import selectors as claims
from sharing.indicators import services
from sharing.indicators.models import Indicator
from sharing.intake.models import Submission
from tests.access.walled import FRAUD, OWNED, POLICE, VENDOR, WALLED, answer, whose_rows
from tests.cast import acting, home_of, person_in
from tests.coalition import collection
from tests.walls import APP, OWNER, WORKER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

READS = "SELECT has_table_privilege(%s, 'SELECT')"

# --- what is seen -----------------------------------------------------------------


@pytest.mark.parametrize("role", [APP, WORKER])
def test_nothing_is_seen_without_a_scope(
    filled: dict[str, Organization], role: str
) -> None:
    with working_as(role):
        for rows in WALLED:
            assert stored(rows).exists(), rows
            if answer(READS, rows._meta.db_table) == [(False,)]:
                continue
            assert list(whose_rows(rows)) == [], rows
            with scope(None):
                assert list(whose_rows(rows)) == [], rows


@pytest.mark.parametrize("role", [APP, WORKER])
@pytest.mark.parametrize("who", ["alice", "frank"])
def test_own_rows_alone_are_seen_when_every_filter_was_forgotten(
    filled: dict[str, Organization], role: str, who: str
) -> None:
    own = filled[who]
    for rows, owner in OWNED.items():
        mine = set(stored(rows).filter(**{owner: own}).values_list("pk", flat=True))
        assert mine
        assert stored(rows).exclude(**{owner: own}).exists()
        with working_as(role), scope(own.pk):
            if answer(READS, rows._meta.db_table) == [(False,)]:
                continue
            assert {row.pk for row in whose_rows(rows)} == mine, rows


@pytest.mark.parametrize("who", ["alice", "frank", "erin"])
def test_views_are_seen_by_their_person_alone_when_every_filter_was_forgotten(
    filled: dict[str, Organization], request: Any, who: str
) -> None:
    person = request.getfixturevalue(who)
    home = acting(person).organization_id
    with scope(home):
        assert list(whose_rows(SavedView)) == []
    with person_scope(person.pk, home):
        assert [row.user_id for row in whose_rows(SavedView)] == [person.pk]


def test_own_filter_and_what_it_told_of_are_seen_by_its_person_alone(
    filled: dict[str, Organization], alice: User
) -> None:
    home, other = filled["alice"], person_in(filled["alice"], "ann")
    shared = stored(SavedFilter).get(organization=home)
    assert stored(FilterHit).filter(filter=shared).exists()
    stored(SavedFilter).filter(pk=shared.pk).update(user=alice)
    for rows in (SavedFilter, FilterHit):
        with scope(home.pk):
            assert list(whose_rows(rows)) == []
        with person_scope(other.pk, home.pk):
            assert list(whose_rows(rows)) == []
        with person_scope(alice.pk, home.pk):
            assert list(whose_rows(rows)) != []
        with person_scope(alice.pk, filled["frank"].pk):
            assert not whose_rows(rows).filter(organization=home).exists()


@pytest.mark.parametrize("where", [None, "harbour"])
def test_views_are_not_seen_in_another_organization(
    filled: dict[str, Organization], alice: User, where: str | None
) -> None:
    other = filled["bob"].pk if where else None
    with person_scope(alice.pk, other):
        assert list(whose_rows(SavedView)) == []


def test_own_claims_alone_are_listed_when_the_selector_forgets_whose(
    filled: dict[str, Organization], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careless:
        class objects:  # noqa: N801
            filter = staticmethod(lambda **_: Indicator.objects.all())

    monkeypatch.setattr(claims, "Indicator", Careless)
    listed = {claim.id for claim in claims.own_claims(acting(alice))}
    mine = stored(Indicator).filter(owner=filled["alice"])
    assert listed == set(mine.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("who", "streams"),
    [("bob", {FRAUD, VENDOR}), ("dana", {POLICE}), ("carol", set())],
)
def test_releases_are_seen_by_those_who_hold_a_grant(
    filled: dict[str, Organization], request: Any, who: str, streams: set[str]
) -> None:
    reader = home_of(request.getfixturevalue(who))
    theirs = stored(Release).filter(generation__collection__title__in=streams)
    with scope(reader.pk):
        seen = {row.pk for row in whose_rows(Release)}
        controls = {row.pk for row in whose_rows(ControlRecord)}
        receipts = {row.recipient_id for row in whose_rows(Receipt)}
    assert seen == set(theirs.values_list("pk", flat=True))
    assert bool(controls) is (FRAUD in streams)
    assert receipts == ({reader.pk} if streams else set())


def test_stream_is_empty_when_the_selector_lets_a_stranger_in(
    filled: dict[str, Organization], bob: User, carol: User
) -> None:
    with scope(home_of(bob).pk):
        reading = distribution.readable(home_of(bob).pk, collection(FRAUD))
        assert len(distribution.page(reading, Cursor(), 10).records) == 7
        assert distribution.counts(reading) == 6
    with scope(home_of(carol).pk):
        assert distribution.page(reading, Cursor(), 10).records == []
        assert distribution.newest(reading, None, 10).records == []
        assert distribution.counts(reading) == 0


def test_stranger_is_served_when_both_walls_are_gone(
    filled: dict[str, Organization], bob: User, carol: User
) -> None:
    """So it is the wall that keeps the stream empty in the test above."""
    with scope(home_of(bob).pk):
        reading = distribution.readable(home_of(bob).pk, collection(FRAUD))
    with without_wall(Release), scope(home_of(carol).pk):
        assert len(distribution.page(reading, Cursor(), 10).records) == 6


@contextmanager
def without_wall(rows: type[Model]) -> Iterator[None]:
    """The table as it would be without row-level security."""
    alter = f"ALTER TABLE {rows._meta.db_table} %s ROW LEVEL SECURITY"
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(alter % "DISABLE")
    try:
        yield
    finally:
        with working_as(OWNER), connection.cursor() as cursor:
            cursor.execute(alter % "ENABLE")


def test_walled_table_takes_no_copy_from_outside(
    filled: dict[str, Organization],
) -> None:
    mine = stored(Submission).filter(owner=filled["alice"]).count()
    with connection.cursor() as cursor:
        reading = cursor.copy("COPY sharing_submission TO STDOUT")
        with scope(filled["alice"].pk), reading as rows:
            assert len(list(rows.rows())) == mine
        with (
            pytest.raises(psycopg.Error, match="row-level security"),
            scope(filled["alice"].pk),
            cursor.copy("COPY sharing_submission FROM STDIN"),
        ):
            pass


MOMENT = timedelta(seconds=1)
ENDS: dict[str, Callable[[], Any]] = {
    "grant over": lambda: Grant.objects.update(valid_until=now() - MOMENT),
    "grant to come": lambda: Grant.objects.update(valid_from=now() + 60 * MOMENT),
    "suspended": lambda: Agreement.objects.update(state="suspended"),
    "no version": lambda: Agreement.objects.update(active_version=None),
    "closed": lambda: Collection.objects.update(state="closed"),
    "generation over": lambda: Generation.objects.update(state="closed"),
    "generation to come": lambda: Generation.objects.update(
        effective_from=now() + 60 * MOMENT
    ),
    "reader inactive": lambda: Organization.objects.update(is_active=False),
}


@pytest.mark.parametrize("end", ENDS)
def test_recipient_sees_no_release_any_more_when_the_reason_is_gone(
    filled: dict[str, Organization], end: str
) -> None:
    reader = filled["bob"].pk
    with scope(reader):
        assert whose_rows(Release).exists()
    ENDS[end]()
    with scope(reader):
        assert not whose_rows(Release).exists()
        assert not whose_rows(ControlRecord).exists()


def test_older_generation_is_shut_when_the_next_is_in_effect(
    filled: dict[str, Organization],
) -> None:
    older = Generation.objects.get(collection__title=FRAUD)
    Generation.objects.create(
        collection=older.collection,
        number=2,
        state="live",
        effective_from=now() - MOMENT,
        version=older.version,
        created_at=now(),
    )
    with scope(filled["bob"].pk):
        assert not whose_rows(Release).filter(generation=older).exists()


# --- what the worker sees of a collection -----------------------------------------


def test_collection_is_seen_by_the_worker_alone_and_no_other(
    filled: dict[str, Organization],
) -> None:
    pk = collection(FRAUD)
    of_it = stored(Release).filter(generation__collection=pk)
    with collection_scope(pk):
        assert not whose_rows(Release).exists()
    with working_as(WORKER), collection_scope(pk):
        assert {row.pk for row in whose_rows(Release)} == {row.pk for row in of_it}
        streams = {row.generation.collection_id for row in whose_rows(ReleaseBatch)}
        assert streams == {pk}
        assert not whose_rows(Indicator).exists()


def test_housekeeping_is_not_for_the_web(filled: dict[str, Organization]) -> None:
    later = now() + timedelta(days=400)
    with pytest.raises(ProgrammingError, match="permission denied"):
        services.expire_due(later)
    assert housekeeping.sweep_tombstones(later) == 0
    with working_as(WORKER):
        assert services.expire_due(later) == 6
