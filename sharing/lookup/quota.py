"""Counts look-ups: refuses what is beyond the day's quota, and notices long dry runs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction

from hub.lib.clock import now
from hub.lib.errors import TooMany
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.lookup.models import LookupCount, LookupLimit

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

    def __init__(
        self, collection: UUID, kind: str, moment: datetime, most: int
    ) -> None:
        super().__init__(
            f"The quota of {most:,} look-ups of {kind} a day in collection"
            f" {collection} is used up; it begins anew at midnight UTC."
        )
        self.collection, self.kind, self.most = collection, kind, most
        tomorrow = datetime.combine(moment.date() + timedelta(days=1), time(), UTC)
        self.wait = (tomorrow - moment).total_seconds()


# One statement for all, each row asked and counted under its lock; in the order in which
# everybody locks them. A run without a hit goes on from the last day that had a question.
# A limit of its own takes the place of what a type has.
_RESERVE = """
WITH wanted AS MATERIALIZED (
  SELECT t.collection, t.kind, t.asked, coalesce(o.most, t.most) AS most
    FROM unnest(%(collections)s::uuid[], %(kinds)s::text[], %(asked)s::bigint[],
                %(most)s::bigint[]) AS t (collection, kind, asked, most)
    LEFT JOIN sharing_lookuplimit o
      ON o.organization_id = %(organization)s AND o.collection_id = t.collection
     AND o.kind = t.kind)
INSERT INTO sharing_lookupcount AS l
       (organization_id, collection_id, kind, day, asked, hits, dry)
SELECT %(organization)s, collection, kind, %(day)s, asked, 0, coalesce(
           (SELECT p.dry FROM sharing_lookupcount p
             WHERE p.organization_id = %(organization)s AND p.collection_id = collection
               AND p.kind = t.kind AND p.day < %(day)s
             ORDER BY p.day DESC LIMIT 1), 0)
  FROM wanted t
 WHERE asked <= most
 ORDER BY collection, kind
    ON CONFLICT (organization_id, collection_id, kind, day) DO UPDATE
   SET asked = l.asked + excluded.asked
 WHERE l.asked + excluded.asked <=
       (SELECT q.most FROM wanted q
         WHERE q.collection = l.collection_id AND q.kind = l.kind)
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
            most = own_limits(actor.organization_id).get(row, quota(row[1]))
            raise UsedUpError(*row, moment, most)


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


def used(actor: Actor) -> dict[str, tuple[int, int]]:
    """Of each type, what was asked today and what a day has, where least of it is left."""
    assert actor.organization_id is not None  # noqa: S101 - whoever asks reads
    found: dict[str, tuple[int, int]] = {}
    with scope(actor.organization_id):
        own = own_limits(actor.organization_id)
        rows = LookupCount.objects.filter(
            organization=actor.organization_id, day=now().date()
        )
        for collection, kind, asked in rows.values_list("collection", "kind", "asked"):
            most = own.get((collection, kind), quota(kind))
            before = found.get(kind)
            if before is None or most - asked < before[1] - before[0]:
                found[kind] = asked, most
    return found


def own_limits(organization_id: UUID | None) -> dict[tuple[UUID, str], int]:
    """What staff set for an organization, by collection and type; in its scope."""
    rows = LookupLimit.objects.filter(organization=organization_id)
    found = rows.values_list("collection", "kind", "most")
    return {(collection, kind): most for collection, kind, most in found}


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
    """How many look-ups of a type an organization has a day in a collection, usually."""
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
