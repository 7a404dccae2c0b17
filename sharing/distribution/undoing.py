"""Undo a submission, one record after the other, and count who was served it before."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from orgs.access import collection_scope, scope
from sharing.agreements import selectors as agreements
from sharing.intake import undoing
from sharing.intake.undoing import Fetched

# Of one collection, whose generations are few; in its scope receipts are seen.
_FETCHED = """
SELECT c.recipient_id, count(DISTINCT r.indicator)
  FROM sharing_release r
  JOIN sharing_generation g ON g.id = r.generation_id
  JOIN sharing_receipt c ON c.collection_id = g.collection_id
                        AND c.generation = g.number AND c.delivered_seq >= r.seq
 WHERE g.collection_id = %(collection)s AND r.indicator = ANY(%(ids)s::uuid[])
   AND r.owner_id = %(owner)s AND r.state = 'live' AND c.recipient_id <> %(owner)s
 GROUP BY c.recipient_id
"""


def step(owner: str, submission: int) -> None:
    """The next record of an undo: at most the claims of one chunk, in one transaction."""
    owner_id = UUID(owner)
    with scope(owner_id):
        ids = undoing.take_back(owner_id, submission)
        if ids:
            undoing.tell_fetched(submission, _fetched(owner_id, ids))


def _fetched(owner_id: UUID, ids: Sequence[UUID]) -> Iterator[Fetched]:
    """Read before the streams change: what is taken back is still where it was."""
    clauses = agreements.fed_clauses(owner_id)
    for collection_id in {clause.collection_id: None for clause in clauses}:
        said: dict[str, Any] = {
            "collection": collection_id,
            "ids": [*ids],
            "owner": owner_id,
        }
        with collection_scope(collection_id), connection.cursor() as cursor:
            cursor.execute(_FETCHED, said)
            for recipient, count in cursor.fetchall():
                yield Fetched(collection_id, recipient, count)
