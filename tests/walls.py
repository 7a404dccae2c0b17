"""Tests work as the web does, behind row-level security; who looks past it says so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

APP, WORKER, OWNER = "accord_app", "accord_worker", "none"
_FILLED = (
    "SELECT oid::regclass FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN"
    " ('django_content_type', 'auth_permission', 'django_migrations')"
)
M = TypeVar("M", bound=Model)
R = TypeVar("R")


@contextmanager
def working_as(role: str) -> Iterator[None]:
    """The connection of the test in another role; `OWNER` is past all walls."""
    before = current_role()
    _assume(role)
    try:
        yield
    finally:
        if not connection.needs_rollback:  # else the rollback gives it back
            _assume(before)


def by_worker(call: Callable[..., R], *given: Any) -> R:
    """Let the worker do it."""
    with working_as(WORKER):
        return call(*given)


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW role")
        [name] = cursor.fetchone()
    return str(name)


def _assume(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")


def empty_tables(*, again: bool = False) -> None:
    """Empty all tables, but for what migrations put there: that stays, under its ids.

    `again`: what is numbered is numbered from the beginning again.
    """
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(_FILLED)
        names = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute(f"TRUNCATE {names} {'RESTART IDENTITY' if again else ''}")


def stored(model: type[M]) -> QuerySet[M]:
    """What really is in a table, whoever may see it."""
    return PastWalls(model)


class PastWalls(QuerySet[M]):
    """A query of the database's owner: for looking and preparing, never for the tested."""

    def _fetch_all(self) -> None:
        with working_as(OWNER):
            super()._fetch_all()

    def count(self) -> int:
        with working_as(OWNER):
            return super().count()

    def exists(self) -> bool:
        with working_as(OWNER):
            return super().exists()

    def aggregate(self, *args: Any, **named: Any) -> dict[str, Any]:
        with working_as(OWNER):
            return super().aggregate(*args, **named)

    def create(self, **fields: Any) -> M:
        with working_as(OWNER):
            return super().create(**fields)

    def update(self, **fields: Any) -> int:
        with working_as(OWNER):
            return super().update(**fields)

    def delete(self) -> tuple[int, dict[str, int]]:
        with working_as(OWNER):
            return super().delete()
