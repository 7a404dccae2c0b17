"""Counts look-ups: refuses what is beyond the day's quota, and notices long dry runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Max

from hub.lib.clock import now
from hub.lib.errors import TooMany
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.lookup.models import LookupCount

OBLIVIOUS = "oblivious"  # counted under this word: nobody here sees a type
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


# One statement for all; the order in which everybody locks the rows. A run without a
# hit goes on from the last day on which something was asked.
_COUNT = """
INSERT INTO sharing_lookupcount AS l
       (organization_id, collection_id, kind, day, asked, hits, dry)
SELECT %(organization)s, collection, kind, %(day)s, asked, hits,
       CASE WHEN hits > 0 THEN 0 ELSE asked + coalesce(
           (SELECT p.dry FROM sharing_lookupcount p
             WHERE p.organization_id = %(organization)s AND p.collection_id = collection
               AND p.kind = t.kind AND p.day < %(day)s
             ORDER BY p.day DESC LIMIT 1), 0) END
  FROM unnest(%(collections)s::uuid[], %(kinds)s::text[], %(asked)s::bigint[],
              %(hits)s::bigint[]) AS t (collection, kind, asked, hits)
 ORDER BY collection, kind
    ON CONFLICT (organization_id, collection_id, kind, day) DO UPDATE
   SET asked = l.asked + excluded.asked,
       hits = l.hits + excluded.hits,
       dry = CASE WHEN excluded.hits > 0 THEN 0 ELSE l.dry + excluded.asked END
RETURNING collection_id, kind, asked, dry
"""


def check(
    actor: Actor, wanted: Mapping[tuple[UUID, str], int], moment: datetime
) -> None:
    """TooMany before anything is looked for: how long a refusal takes must tell nothing.

    In the scope of the organization. What is asked at the same time is seen by `count`.
    """
    rows = LookupCount.objects.filter(
        organization=actor.organization_id, day=moment.date()
    ).values_list("collection_id", "kind", "asked")
    before = {(collection, kind): asked for collection, kind, asked in rows}
    for (collection, kind), some in sorted(wanted.items()):
        if before.get((collection, kind), 0) + some > quota(kind):
            raise UsedUpError(collection, kind, moment)


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


def count(actor: Actor, uses: Mapping[tuple[UUID, str], Use], moment: datetime) -> None:
    """Put these look-ups on the day's account, or TooMany: then none of them counts."""
    rows = sorted(uses)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "organization": actor.organization_id,
                "day": moment.date(),
                "collections": [collection for collection, _ in rows],
                "kinds": [kind for _, kind in rows],
                "asked": [uses[row].asked for row in rows],
                "hits": [uses[row].hits for row in rows],
            },
        )
        found = cursor.fetchall()
    for collection, kind, asked, dry in found:
        if asked > quota(kind):
            raise UsedUpError(collection, kind, moment)
        _watch(actor, collection, kind, dry, uses[collection, kind])


def quota(kind: str) -> int:
    """How many look-ups of a type an organization has a day, in each collection."""
    if kind == OBLIVIOUS:
        return v.OBLIVIOUS_A_DAY
    if kind == DETAILS:
        return v.DETAILS_A_DAY
    return v.LOOKUPS_OF_FEW if kind in v.LOW_ENTROPY else v.LOOKUPS_A_DAY


def _watch(actor: Actor, collection: UUID, kind: str, dry: int, use: Use) -> None:
    """Somebody who asks and asks and never hits may be going through all numbers."""
    if kind == OBLIVIOUS:
        return  # whether any of them hit, only who asked knows
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
