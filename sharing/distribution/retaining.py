"""How long a claim may be retained whose rows are gone from its stream.

That is fixed at its first release. A swept tombstone, or the emptied row of a closed
generation, leaves one line for each collection and claim, for as long as the claim is
valid: released again, it is retained no longer than was promised first.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from orgs.access import scope
from orgs.members.selectors import organization_ids
from sharing import vocabulary as v
from sharing.distribution.models import Retained

_DROP = """
WITH gone AS (
  DELETE FROM sharing_release WHERE id = ANY(%(rows)s)
  RETURNING indicator, owner_id, retain_until, expires_at)
INSERT INTO sharing_retained AS r
       (collection_id, indicator, owner_id, retain_until, keep_until)
SELECT %(collection)s, indicator, owner_id, retain_until, expires_at FROM gone
ON CONFLICT (collection_id, indicator) DO UPDATE SET
   retain_until = least(r.retain_until, excluded.retain_until),
   keep_until = greatest(r.keep_until, excluded.keep_until)
"""
# What a row knew of the claim's validity may be old: the claim itself is asked.
_DUE = """
WITH due AS (
  SELECT r.id, i.valid_until
    FROM sharing_retained r
    LEFT JOIN sharing_indicator i ON i.id = r.indicator
   WHERE r.owner_id = %(owner)s AND r.keep_until <= %(moment)s
   ORDER BY r.keep_until LIMIT %(limit)s),
longer AS (
  UPDATE sharing_retained r SET keep_until = due.valid_until
    FROM due WHERE r.id = due.id AND due.valid_until > %(moment)s),
over AS (
  DELETE FROM sharing_retained r
   USING due WHERE r.id = due.id AND due.valid_until > %(moment)s IS NOT TRUE
  RETURNING r.id)
SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM over)
"""


def drop(collection_id: UUID, rows: Sequence[UUID]) -> int:
    """Delete rows of a stream and remember what each promised; in the collection's scope.

    Cost at 1 M rows: 100 statements, one line of some 100 bytes and three index entries
    each, about 200 MB while the claims are valid.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DROP, {"rows": [*rows], "collection": collection_id})
        return int(cursor.rowcount)


def promised(collection_id: UUID, claim_id: UUID) -> datetime | None:
    """Until when a claim was retained whose rows are gone: for its owner."""
    found = Retained.objects.filter(collection=collection_id, indicator=claim_id)
    return found.values_list("retain_until", flat=True).first()


def forget(moment: datetime) -> int:
    """Lines whose claims are valid no longer, or gone: one index look-up if none is."""
    return sum(_forget(owner, moment) for owner in organization_ids())


def _forget(owner_id: UUID, moment: datetime) -> int:
    due, total = v.RELEASE_ROWS, 0
    while due == v.RELEASE_ROWS:
        with scope(owner_id), connection.cursor() as cursor:
            cursor.execute(
                _DUE, {"owner": owner_id, "moment": moment, "limit": v.RELEASE_ROWS}
            )
            due, over = cursor.fetchone()
        total += over
    return total
