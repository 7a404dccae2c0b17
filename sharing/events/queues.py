"""How the outbox stands: depths, ages and what is dead or stuck; ids and counts, no values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_staff
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow

STUCK_AFTER = timedelta(minutes=5)  # due for so long, and nobody is at it
STUCK_ATTEMPTS = 3  # failures in a row
COUNTED = 50_000  # more open rows are told as so many and more
LISTED = 100
OPEN = Q(done_at__isnull=True, dead_at__isnull=True)


class Place(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"
    SCHEDULED = "scheduled"  # its time has not come
    AT_WORK = "at work"
    STUCK = "stuck"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Depth:
    """Open rows of a shard, or of an organization's chunks."""

    waiting: int = 0
    scheduled: int = 0
    at_work: int = 0
    stuck: int = 0
    dead: int = 0
    oldest: datetime | None = None  # since when the first of those that are due is due

    @property
    def due(self) -> int:
        return self.waiting + self.at_work + self.stuck


@dataclass(frozen=True, slots=True)
class Letter:
    """One row, as staff may know of it."""

    pk: int
    kind: str
    place: Place
    owner: UUID | None
    subject: str  # the ids in its payload
    attempts: int
    since: datetime
    error: str  # a class, without words

    @property
    def is_chunk(self) -> bool:
        return self.kind == Kind.CHUNK_RECEIVED


_DEPTHS = """
SELECT {group},
       count(*) FILTER (WHERE place = 'waiting'), count(*) FILTER (WHERE place = 'scheduled'),
       count(*) FILTER (WHERE place = 'at work'), count(*) FILTER (WHERE place = 'stuck'),
       count(*) FILTER (WHERE place = 'dead'),
       min(not_before) FILTER (WHERE place IN ('waiting', 'at work', 'stuck'))
  FROM (SELECT shard, kind, payload, not_before, CASE
               WHEN dead_at IS NOT NULL THEN 'dead'
               WHEN leased_until >= now() OR id = ANY (%(locked)s::bigint[]) THEN 'at work'
               WHEN not_before <= now() - %(stuck)s OR attempts >= %(attempts)s THEN 'stuck'
               WHEN not_before <= now() OR attempts > 0 THEN 'waiting'
               ELSE 'scheduled' END AS place
          FROM sharing_outboxrow o
         WHERE done_at IS NULL AND {which} LIMIT %(most)s) AS found
 GROUP BY 1 ORDER BY 1
"""


def by_shard() -> dict[int, Depth]:
    """The shards with anything open or dead."""
    return {int(key): depth for key, depth in _depths("shard", "true")}


def chunks_by_owner(actor: Actor) -> dict[UUID, Depth]:
    """Chunks on their way, by the organization that sent them."""
    need_staff(actor)
    chunks = f"kind IN ('{Kind.CHUNK_RECEIVED}', '{Kind.CHUNK_GIVEN_UP}')"
    found = _depths("payload ->> 'owner'", chunks)
    return {UUID(key): depth for key, depth in found if key}


def _depths(group: str, which: str) -> list[tuple[Any, Depth]]:
    given: dict[str, Any] = {
        "locked": _at_work(),
        "stuck": STUCK_AFTER,
        "attempts": STUCK_ATTEMPTS,
        "most": COUNTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEPTHS.format(group=group, which=which), given)
        return [(key, Depth(*rest)) for key, *rest in cursor.fetchall()]


def total(depths: Iterable[Depth]) -> Depth:
    """All of them as one."""
    depths = list(depths)
    oldest = [each.oldest for each in depths if each.oldest is not None]
    return Depth(
        sum(each.waiting for each in depths),
        sum(each.scheduled for each in depths),
        sum(each.at_work for each in depths),
        sum(each.stuck for each in depths),
        sum(each.dead for each in depths),
        min(oldest, default=None),
    )


def troubled(moment: datetime) -> Q:
    """Rows that may be tried again by hand: dead ones, and those that are stuck.

    Not those that somebody is at: work holds its row's lock, which this cannot see.
    """
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=moment)
    late = Q(not_before__lte=moment - STUCK_AFTER) | Q(attempts__gte=STUCK_ATTEMPTS)
    return Q(done_at__isnull=True) & (Q(dead_at__isnull=False) | (OPEN & free & late))


def letters(
    actor: Actor, *, dead: bool, before: int | None = None, owner: UUID | None = None
) -> list[Letter]:
    """Dead rows, or stuck ones; the newest first, LISTED at a time."""
    need_staff(actor)
    rows = OutboxRow.objects.filter(troubled(now()), dead_at__isnull=not dead)
    if not dead:
        rows = rows.exclude(pk__in=_at_work())
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if owner is not None:
        rows = rows.filter(payload__owner=str(owner))
    place = Place.DEAD if dead else Place.STUCK
    return [_letter(row, place) for row in rows.order_by("-pk")[:LISTED]]


def _letter(row: OutboxRow, place: Place) -> Letter:
    ids = {name: said for name, said in row.payload.items() if name != "owner"}
    owner = row.payload.get("owner")
    return Letter(
        row.pk,
        row.kind,
        place,
        UUID(owner) if owner else None,
        ", ".join(f"{name} {said}" for name, said in ids.items()),
        row.attempts,
        row.dead_at or row.created_at,
        row.last_error.rpartition(".")[2],
    )


def _at_work() -> list[int]:
    """Rows whose lease is over and whose lock is held: somebody is still at them."""
    claimed = OutboxRow.objects.filter(OPEN, leased_until__lt=now())
    with transaction.atomic():
        known = set(_first(claimed))
        free = set(_first(claimed.select_for_update(skip_locked=True, no_key=True)))
    return sorted(known - free)


def _first(rows: QuerySet[OutboxRow]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:LISTED])
