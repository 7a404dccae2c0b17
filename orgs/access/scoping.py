"""The organization that row-level security sees, for one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

# Both in one round trip; MATERIALIZED reads the old value before the new one is set.
_SET = """
WITH before AS MATERIALIZED (SELECT current_setting('app.current_org', true) AS org)
SELECT org, set_config('app.current_org', %s, true) FROM before
"""


@contextmanager
def scope(organization_id: UUID | None) -> Iterator[None]:
    """A transaction (or savepoint) that sees the rows of this organization; None: none.

    Nested, it gives the outer scope back at its end; an error rolls the setting back
    with everything else.
    """
    with transaction.atomic():
        before = _set("" if organization_id is None else str(organization_id))
        yield
        _set(before)


def _set(value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_SET, [value])
        row = cursor.fetchone()
    return (row[0] if row else None) or ""
