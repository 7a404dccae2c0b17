"""Receipts: how far a recipient was served, and how far it says it has come."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from hub.lib.clock import now
from hub.lib.errors import Invalid
from hub.lib.paging import Cursor
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.distribution import selectors
from sharing.distribution.models import Receipt

_DELIVERED = """
INSERT INTO sharing_receipt (collection_id, recipient_id, generation, delivered_seq,
                             delivered_at, acked_seq)
VALUES (%s, %s, %s, %s, %s, 0)
ON CONFLICT (collection_id, recipient_id, generation) DO UPDATE
   SET delivered_seq = excluded.delivered_seq, delivered_at = excluded.delivered_at
 WHERE sharing_receipt.delivered_seq < excluded.delivered_seq
"""


def delivered(
    collection_id: UUID, recipient_id: UUID, cursor: Cursor, moment: datetime
) -> None:
    """The hub's own record: the highest seq that was served. Never goes back."""
    with connection.cursor() as execute:
        execute.execute(
            _DELIVERED,
            [collection_id, recipient_id, cursor.generation, cursor.seq, moment],
        )


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
