"""How far readers are: in a stream that one reads, and with what one gave to others.

Numbers end at `COUNTED`: nothing counts a whole stream. Whoever only contributes learns
of its own claims alone, and no place in the stream, which would tell of other people's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from sharing.agreements.models import Generation
from sharing.distribution.models import Receipt
from sharing.distribution.selectors import Reading
from sharing.vocabulary import PURGE_DEADLINE

COUNTED = 1_000
_TOP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Behind:
    """Rows that wait for a reader: how many, and since when the oldest of them does."""

    n: int = 0  # one more than COUNTED: many
    since: datetime | None = None

    def __str__(self) -> str:
        return f"{COUNTED:,}+" if self.n > COUNTED else f"{self.n:,}"

    @property
    def deadline(self) -> datetime | None:
        """Of recalls: by when the oldest should have been answered."""
        return self.since and self.since + PURGE_DEADLINE


@dataclass(frozen=True, slots=True)
class Told:
    """What the receipts of one reader say about the generation that is in effect."""

    delivered: int = 0
    acked: int = 0
    delivered_at: datetime | None = None
    acked_at: datetime | None = None
    fetched_at: datetime | None = None
    credential: UUID | None = None
    older: bool = False  # it was served an earlier generation

    @property
    def served(self) -> int:
        """The place in this stream up to which it may hold what was there."""
        return _TOP if self.older else self.delivered


@dataclass(frozen=True, slots=True)
class Standing:
    """One reader of one stream."""

    told: Told
    unfetched: Behind
    unacknowledged: Behind
    recalls: Behind  # of what it was served, without its word that it is gone


def told(collection_id: UUID, generation: Generation) -> dict[UUID, Told]:
    """The receipts of a collection that may be seen, by recipient."""
    found: dict[UUID, Told] = {}
    rows = Receipt.objects.filter(collection=collection_id).order_by("generation")
    for row in rows:
        if row.generation < generation.number:
            served = row.delivered_seq > 0 or row.recipient_id in found
            if served:
                found[row.recipient_id] = Told(older=True, fetched_at=row.fetched_at)
        elif row.generation == generation.number:
            found[row.recipient_id] = Told(
                row.delivered_seq,
                row.acked_seq,
                row.delivered_at,
                row.acked_at,
                row.fetched_at,
                row.credential_id,
                older=row.recipient_id in found,
            )
    return found


# One range scan of (generation, seq) for each number, that ends with the last one counted.
_WAITS = """
(SELECT count(*) AS n, min(date_added) AS since
   FROM (SELECT date_added FROM sharing_release
          WHERE generation_id = %(generation)s AND seq > {after} AND {which}
          ORDER BY seq LIMIT %(limit)s) rows)
"""
_RECALLS = "state = 'tombstone' AND first_seq <= p.served AND {whose}"
_ALL = """
SELECT p.delivered, p.acked, p.served, f.n, f.since, a.n, a.since, t.n, t.since
  FROM unnest(%(delivered)s::bigint[], %(acked)s::bigint[], %(served)s::bigint[])
       AS p(delivered, acked, served)
 CROSS JOIN LATERAL {unfetched} f
 CROSS JOIN LATERAL {unacked} a
 CROSS JOIN LATERAL {recalls} t
"""


def _query(whose: str, recalled: str) -> str:
    return _ALL.format(
        unfetched=_WAITS.format(after="p.delivered", which=whose),
        unacked=_WAITS.format(after="p.acked", which=whose),
        recalls=_WAITS.format(after="p.acked", which=_RECALLS.format(whose=recalled)),
    )


_GIVEN = "(state = 'tombstone' OR owner_id = ANY(%(owners)s))"
_READ = _query(_GIVEN, "true")
_OWN = _query("owner_id = ANY(%(owners)s)", "owner_id = ANY(%(owners)s)")


def of_reading(reading: Reading) -> Standing:
    """How far the reader itself is; in its scope."""
    grant = reading.grant
    mine = told(grant.collection_id, reading.generation).get(grant.recipient_id, Told())
    owners = [*reading.contributors]
    found = _standings(_READ, reading.generation, owners, {grant.recipient_id: mine})
    return found[grant.recipient_id]


def of_recipients(
    owner_id: UUID, collection_id: UUID, generation: Generation, who: Iterable[UUID]
) -> dict[UUID, Standing]:
    """How far each recipient is with the claims of one owner; in the owner's scope."""
    known = told(collection_id, generation)
    asked = {each: known.get(each, Told()) for each in who}
    return _standings(_OWN, generation, [owner_id], asked)


def _standings(
    query: str, generation: Generation, owners: list[UUID], who: Mapping[UUID, Told]
) -> dict[UUID, Standing]:
    """Readers at the same place, as those who never fetched are, are counted together."""
    places = {(each.delivered, each.acked, each.served) for each in who.values()}
    asked: dict[str, Any] = {
        "generation": generation.pk,
        "owners": owners,
        "delivered": [delivered for delivered, _, _ in places],
        "acked": [acked for _, acked, _ in places],
        "served": [served for _, _, served in places],
        "limit": COUNTED + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        found = {
            (delivered, acked, served): (
                Behind(*some[:2]),
                Behind(*some[2:4]),
                Behind(*some[4:]),
            )
            for delivered, acked, served, *some in cursor.fetchall()
        }
    return {
        reader: Standing(each, *found[each.delivered, each.acked, each.served])
        for reader, each in who.items()
    }
