"""Counts look-ups: refuses what is beyond the day's quota, and notices long dry runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from hub.lib.clock import now
from hub.lib.errors import TooMany
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.lookup.models import LookupCount

# Counted under this word, and never settled: nobody here sees a type, or a hit.
OBLIVIOUS = "oblivious"
DETAILS = "details"  # counted under this word, apart from look-ups of any type

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Use:
    """Look-ups of one type in one collection, and how many of them were hits."""

    asked: int
    hits: int


class UsedUpError(TooMany):
    """The day's look-ups of a type in a collection are used up."""

    def __init__(self, collection: UUID, kind: str, moment: datetime) -> None:
        super().__init__(
            f"The quota of {quota(kind):,} look-ups of {kind} a day in collection"
            f" {collection} is used up; it begins anew at midnight UTC."
        )
        self.collection, self.kind = collection, kind
        tomorrow = datetime.combine(moment.date() + timedelta(days=1), time(), UTC)
        self.wait = (tomorrow - moment).total_seconds()


# One statement for all, each row asked and counted under its lock; in the order in which
# everybody locks them. A run without a hit goes on from the last day that had a question.
_RESERVE = """
INSERT INTO sharing_lookupcount AS l
       (organization_id, collection_id, kind, day, asked, hits, dry)
SELECT %(organization)s, collection, kind, %(day)s, asked, 0, coalesce(
           (SELECT p.dry FROM sharing_lookupcount p
             WHERE p.organization_id = %(organization)s AND p.collection_id = collection
               AND p.kind = t.kind AND p.day < %(day)s
             ORDER BY p.day DESC LIMIT 1), 0)
  FROM unnest(%(collections)s::uuid[], %(kinds)s::text[], %(asked)s::bigint[],
              %(most)s::bigint[]) AS t (collection, kind, asked, most)
 WHERE asked <= most
 ORDER BY collection, kind
    ON CONFLICT (organization_id, collection_id, kind, day) DO UPDATE
   SET asked = l.asked + excluded.asked
 WHERE l.asked + excluded.asked <=
       (SELECT q.most FROM unnest(%(kinds)s::text[], %(most)s::bigint[]) AS q (kind, most)
         WHERE q.kind = l.kind LIMIT 1)
RETURNING collection_id, kind
"""
_SETTLE = """
WITH locked AS (
  SELECT l.id, t.asked, t.hits, t.unused
    FROM sharing_lookupcount l
    JOIN unnest(%(collections)s::uuid[], %(kinds)s::text[], %(asked)s::bigint[],
                %(hits)s::bigint[], %(unused)s::bigint[])
         AS t (collection, kind, asked, hits, unused)
      ON l.collection_id = t.collection AND l.kind = t.kind
   WHERE l.organization_id = %(organization)s AND l.day = %(day)s
   ORDER BY l.collection_id, l.kind
     FOR UPDATE OF l)
UPDATE sharing_lookupcount l
   SET asked = l.asked - k.unused,
       hits = l.hits + k.hits,
       dry = CASE WHEN k.hits > 0 THEN 0 ELSE l.dry + k.asked END
  FROM locked k
 WHERE l.id = k.id
RETURNING l.collection_id, l.kind, l.dry
"""
Accounts = Mapping[tuple[UUID, str], int]  # look-ups by collection and type


def reserve(actor: Actor, wanted: Accounts, moment: datetime) -> None:
    """Put look-ups on the day's account, or TooMany: then none of them counts.

    Before anything is done for them: whoever asks at the same time finds them counted,
    so no work is done beyond the quota, and how long a refusal takes tells nothing. In a
    short transaction of its own, in the scope of the organization: the rows stay locked
    until its end. A power cut may lose under a second of this.
    """
    rows = sorted(wanted)
    given = _rows(actor, rows, moment) | {
        "asked": [wanted[row] for row in rows],
        "most": [quota(kind) for _, kind in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_RESERVE, given)
        counted = set(cursor.fetchall())
    for row in rows:
        if row not in counted:
            raise UsedUpError(*row, moment)


def settle(
    actor: Actor,
    wanted: Accounts,
    uses: Mapping[tuple[UUID, str], Use],
    moment: datetime,
) -> None:
    """What came of the look-ups that were reserved at that moment; what did not is free."""
    rows, none = sorted(wanted), Use(0, 0)
    found = [uses.get(row, none) for row in rows]
    given = _rows(actor, rows, moment) | {
        "asked": [use.asked for use in found],
        "hits": [use.hits for use in found],
        "unused": [
            wanted[row] - use.asked for row, use in zip(rows, found, strict=True)
        ],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_SETTLE, given)
        settled = cursor.fetchall()
    for collection, kind, dry in settled:
        _watch(actor, collection, kind, dry, uses.get((collection, kind), none))


def _rows(
    actor: Actor, rows: Sequence[tuple[UUID, str]], moment: datetime
) -> dict[str, Any]:
    return {
        "organization": actor.organization_id,
        "day": moment.date(),
        "collections": [collection for collection, _ in rows],
        "kinds": [kind for _, kind in rows],
    }


@contextmanager
def working(actor: Actor, wanted: Accounts, moment: datetime) -> Iterator[None]:
    """The transaction of the work that was reserved for; if it fails nothing counts.

    Unless the database fails too, or the program ends: then it counts, unanswered.
    """
    try:
        with scope(actor.organization_id):
            yield
    except Exception:
        with suppress(DatabaseError), scope(actor.organization_id):
            settle(actor, wanted, {}, moment)
        raise


def used(actor: Actor) -> dict[str, int]:
    """Of each type, what was asked today in the collection where that is most."""
    assert actor.organization_id is not None  # noqa: S101 - whoever asks reads
    with scope(actor.organization_id):
        rows = LookupCount.objects.filter(
            organization=actor.organization_id, day=now().date()
        )
        most = rows.values("kind").annotate(most=Max("asked"))
        return dict(most.values_list("kind", "most"))


@contextmanager
def refusals_recorded(actor: Actor) -> Iterator[None]:
    """Around the transaction of a look-up: that it was refused outlives its rollback."""
    try:
        yield
    except UsedUpError as refused:
        with transaction.atomic():
            audit.record(
                actor=actor,
                verb=Verb.LOOKUP_REFUSE,
                subject=refused.collection,
                kind=refused.kind,
            )
        raise


def quota(kind: str) -> int:
    """How many look-ups of a type an organization has a day, in each collection."""
    if kind == OBLIVIOUS:
        return v.OBLIVIOUS_A_DAY
    if kind == DETAILS:
        return v.DETAILS_A_DAY
    return v.LOOKUPS_OF_FEW if kind in v.LOW_ENTROPY else v.LOOKUPS_A_DAY


def _watch(actor: Actor, collection: UUID, kind: str, dry: int, use: Use) -> None:
    """Somebody who asks and asks and never hits may be going through all numbers."""
    before = 0 if use.hits else dry - use.asked
    if dry // v.LOOKUP_DRY_RUN == before // v.LOOKUP_DRY_RUN:
        return
    log.warning(
        "lookups_without_hits",
        organization=str(actor.organization_id),
        collection=str(collection),
        kind=kind,
        asked=dry,
    )
    audit.record(
        actor=actor, verb=Verb.LOOKUP_DRY, subject=collection, kind=kind, asked=dry
    )
