"""Words about what is gone go too: the worker's, from organization to organization."""

from uuid import UUID

from django.db import connection

from orgs.access import scope
from orgs.members.selectors import organization_ids

# The owner sees all of its releases, whatever their state; what has none was swept.
_GONE = """
DELETE FROM {table} f
 WHERE f.owner_id = %s AND NOT EXISTS (
       SELECT FROM sharing_release r WHERE r.public_id = f.release)
"""
TABLES = ("sharing_verdict", "sharing_sighting")


def forget_what_is_gone() -> int:
    """Feedback on releases whose tombstones were swept; returns how many rows."""
    return sum(_forget(owner) for owner in organization_ids())


def _forget(owner_id: UUID) -> int:
    count = 0
    with scope(owner_id), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(_GONE.format(table=table), [owner_id])
            count += cursor.rowcount
    return count
