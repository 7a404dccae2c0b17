"""Whose rows a transaction may see: what row-level security asks for in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

ORGANIZATION, COLLECTION = "app.current_org", "app.current_collection"
PERSON = "app.current_person"
# Both in one round trip; MATERIALIZED reads the old value before the new one is set.
_SET = """
WITH before AS MATERIALIZED (SELECT current_setting(%(name)s, true) AS held)
SELECT held, set_config(%(name)s, %(value)s, true) FROM before
"""


@contextmanager
def scope(organization_id: UUID | None) -> Iterator[None]:
    """A transaction (or savepoint) that sees the rows of this organization; None: none.

    Nested, it gives the outer scope back at its end; an error rolls the setting back
    with everything else.
    """
    with _scoped(ORGANIZATION, organization_id):
        yield


@contextmanager
def collection_scope(collection_id: UUID) -> Iterator[None]:
    """The same for the stream of a collection, whoever owns its rows: the worker's alone."""
    with _scoped(COLLECTION, collection_id):
        yield


@contextmanager
def person_scope(user_id: int, organization_id: UUID | None) -> Iterator[None]:
    """The same for what one person keeps for itself there; hub staff act for none."""
    with scope(organization_id), _scoped(PERSON, user_id):
        yield


@contextmanager
def _scoped(name: str, pk: UUID | int | None) -> Iterator[None]:
    with transaction.atomic():
        before = _set(name, "" if pk is None else str(pk))
        yield
        _set(name, before)


@contextmanager
def as_worker() -> Iterator[None]:
    """The connection in the role of the worker: for the command line, which may assume it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW role")
        [before] = cursor.fetchone() or ("none",)
        cursor.execute(f"SET ROLE {settings.WORKER}")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {before}")


def _set(name: str, value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_SET, {"name": name, "value": value})
        row = cursor.fetchone()
    return (row[0] if row else None) or ""
