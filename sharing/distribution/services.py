"""Receipts: how far a recipient was served, and how far it says it has come."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hub.lib.clock import now
from hub.lib.errors import Invalid
from hub.lib.paging import Cursor
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.distribution import selectors
from sharing.distribution.models import Receipt
from sharing.distribution.selectors import Reading

# That somebody asked is kept to the minute; who has nothing new to fetch writes rarely.
_DELIVERED = """
WITH further AS (
  INSERT INTO sharing_fetch (generation_id, recipient_id, until_seq, at, counted)
  SELECT %(generation)s, %(recipient)s, %(seq)s, %(moment)s, false
   WHERE %(seq)s > coalesce((SELECT delivered_seq FROM sharing_receipt
                              WHERE collection_id = %(collection)s
                                AND recipient_id = %(recipient)s
                                AND generation = %(number)s), 0))
INSERT INTO sharing_receipt AS r
       (collection_id, recipient_id, generation, delivered_seq, delivered_at, acked_seq,
        fetched_at, credential_id)
VALUES (%(collection)s, %(recipient)s, %(number)s, %(seq)s, %(moment)s, 0, %(moment)s,
        %(credential)s)
ON CONFLICT (collection_id, recipient_id, generation) DO UPDATE
   SET delivered_seq = greatest(r.delivered_seq, excluded.delivered_seq),
       delivered_at = CASE WHEN r.delivered_seq < excluded.delivered_seq
                           THEN excluded.delivered_at ELSE r.delivered_at END,
       fetched_at = excluded.fetched_at, credential_id = excluded.credential_id
 WHERE r.delivered_seq < excluded.delivered_seq OR r.fetched_at IS NULL
    OR r.fetched_at < excluded.fetched_at - interval '1 minute'
    OR r.credential_id IS DISTINCT FROM excluded.credential_id
"""


def delivered(reading: Reading, cursor: Cursor, credential_id: UUID | None) -> None:
    """The hub's own record: the highest seq that was served, and by which key.

    The seq never goes back.
    """
    asked: dict[str, Any] = {
        "generation": reading.generation.pk,
        "collection": reading.grant.collection_id,
        "recipient": reading.grant.recipient_id,
        "number": cursor.generation,
        "seq": cursor.seq,
        "moment": reading.moment,
        "credential": credential_id,
    }
    with connection.cursor() as execute:
        execute.execute(_DELIVERED, asked)


def acknowledge(*, actor: Actor, collection_id: UUID, cursor: Cursor) -> Receipt:
    """The recipient's word that it has dealt with everything up to a cursor."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with transaction.atomic(), scope(actor.organization_id):
        selectors.readable_by(actor, collection_id)
        row = (
            Receipt.objects.select_for_update()
            .filter(
                collection_id=collection_id,
                recipient_id=actor.organization_id,
                generation=cursor.generation,
            )
            .first()
        )
        if row is None or cursor.seq > row.delivered_seq:
            raise Invalid(
                "You were not served that far.",
                code="beyond-delivered",
                errors=[{"field": "cursor", "code": "beyond-delivered"}],
            )
        if cursor.seq > row.acked_seq:
            row.acked_seq, row.acked_at = cursor.seq, now()
            row.save(update_fields=["acked_seq", "acked_at"])
        return row
