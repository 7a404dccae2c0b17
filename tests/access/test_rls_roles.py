"""The roles of web and worker: what they are, what they may do, what they forget."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection
from django.db.utils import ConnectionHandler

from hub import embedded
from hub.lib.clock import now
from orgs.access import scope
from orgs.accounts.models import Organization
from orgs.audit.models import AuditEvent
from sharing.agreements.models import Grant, StreamHead
from sharing.distribution.models import ControlRecord, Release, ReleaseBatch
from sharing.indicators.models import ClaimBatch, Indicator
from sharing.intake.models import Submission
from sharing.lookup.models import FilterSnapshot
from tests.access.walled import POLICE, WALLED, answer
from tests.walls import APP, WORKER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

# What has no wall. The framework's tables, and the people and keys that sign-in reads
# before there is a scope; and of sharing, what the policies and the first wall ask, and
# the queue, what waits for a second person: ids, counts, terms, wrapped keys and
# public ones, no values.
OPEN_FAMILIES = ("django_", "auth_", "guardian_", "orgs_")
OPEN = {
    "sharing_agreement",
    "sharing_agreementgroupobjectpermission",
    "sharing_backfill",
    "sharing_clause",
    "sharing_collection",
    "sharing_collectiongroupobjectpermission",
    "sharing_generation",
    "sharing_generationroot",
    "sharing_grant",
    "sharing_heldbatch",
    "sharing_outboxrow",
    "sharing_party",
    "sharing_pinnedsigningkey",
    "sharing_signature",
    "sharing_streamhead",
    "sharing_version",
}


# --- who we are -------------------------------------------------------------------


@pytest.mark.parametrize("role", [APP, WORKER])
def test_role_bypasses_nothing_and_owns_nothing(role: str) -> None:
    with working_as(role):
        [(name, powerful)] = answer(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcanlogin"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert (name, powerful) == (role, False)
        owned = answer(
            "SELECT relname FROM pg_class WHERE relowner = current_user::regrole"
        )
        assert owned == []
        assert answer(
            "SELECT row_security_active(c.oid), c.relforcerowsecurity FROM pg_class c"
            " WHERE c.relname = ANY (%s)",
            [rows._meta.db_table for rows in WALLED],
        ) == [(True, True)] * len(WALLED)


def test_tests_work_as_the_web_does_when_nothing_else_is_said() -> None:
    assert answer("SELECT current_user::text") == [(APP,)]


def test_every_table_is_walled_or_open_for_a_reason() -> None:
    tables = answer(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    walled = {rows._meta.db_table for rows in WALLED}
    assert {name for name, wall in tables if wall} == walled
    rest = {name for name, _ in tables if not name.startswith(OPEN_FAMILIES)}
    assert rest - walled == OPEN, "wall a new table, or say why not"


# --- what may be done -------------------------------------------------------------


def test_no_filter_is_stored_of_what_may_not_be_read(
    filled: dict[str, Organization],
) -> None:
    made = stored(FilterSnapshot).get(generation__collection__title=POLICE)
    made.pk, made.number = None, made.number + 1
    with scope(filled["dana"].pk):
        made.save(force_insert=True)
    made.pk, made.number = None, made.number + 1
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        scope(filled["bob"].pk),
    ):
        made.save(force_insert=True)


@pytest.mark.parametrize("role", [APP, WORKER])
def test_nothing_is_written_for_another_organization(
    filled: dict[str, Organization], role: str
) -> None:
    mine, theirs = filled["alice"], filled["frank"]
    with working_as(role):
        with scope(mine.pk):
            assert Submission.objects.filter(owner=theirs).update(lines=9) == 0
        with pytest.raises(DatabaseError, match="row-level security"), scope(mine.pk):
            Submission.objects.update(owner=theirs)
    with (
        working_as(WORKER),
        pytest.raises(DatabaseError, match="row-level security"),
        scope(mine.pk),
    ):
        ClaimBatch.objects.create(owner=theirs, cause="accepted", created_at=now())


WRITES: dict[str, Callable[[], Any]] = {
    "claims": lambda: Indicator.objects.update(confidence=1),
    "releases": lambda: Release.objects.update(state="live"),
    "no release": lambda: Release.objects.all().delete(),
    "batches": lambda: ReleaseBatch.objects.update(n=1),
    "controls": lambda: ControlRecord.objects.update(kind="closed"),
    "audit": lambda: AuditEvent.objects.update(verb="x"),
    "no audit": lambda: AuditEvent.objects.all().delete(),
    "another stream": lambda: StreamHead.objects.update(generation=7),
    "no stream": lambda: StreamHead.objects.all().delete(),
    "no grant": lambda: Grant.objects.all().delete(),
}


@pytest.mark.parametrize("what", WRITES)
def test_web_may_not_change_what_it_never_changes(what: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), scope(None):
        WRITES[what]()


@pytest.mark.parametrize("what", ["batches", "audit", "no audit", "another stream"])
def test_worker_may_not_change_what_is_append_only(what: str) -> None:
    with (
        working_as(WORKER),
        pytest.raises(ProgrammingError, match="permission denied"),
        scope(None),
    ):
        WRITES[what]()


# --- the pool ---------------------------------------------------------------------


@pytest.mark.parametrize("fails", [False, True])
def test_pooled_connection_forgets_for_whom_it_worked(
    filled: dict[str, Organization], fails: bool
) -> None:
    mine = str(filled["alice"].pk)
    described = {**connection.settings_dict, "CONN_MAX_AGE": 0}
    pool = {"min_size": 0, "max_size": 1, "reset": embedded.reset_scope}
    described["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "pool": pool}
    pooled: Any = ConnectionHandler({"default": described})["default"]
    count = (
        "SELECT count(*), pg_backend_pid(), current_user::text FROM sharing_indicator"
    )
    failing = pytest.raises(DatabaseError) if fails else nullcontext()
    try:
        with failing, pooled.cursor() as cursor:
            cursor.execute("SELECT set_config('app.current_org', %s, false)", [mine])
            cursor.execute(count)
            [(seen, backend, _)] = cursor.fetchall()
            assert seen == 3
            if fails:
                cursor.execute("SELECT 1 / 0")
        pooled.close()
        with pooled.cursor() as cursor:
            cursor.execute(count)
            assert cursor.fetchall() == [(0, backend, APP)]
    finally:
        pooled.close()
        until = time.monotonic() + 5  # what is still on its way back is never closed
        while pooled.pool.get_stats()["pool_available"] < 1:
            assert time.monotonic() < until
            time.sleep(0.01)
        pooled.close_pool()
