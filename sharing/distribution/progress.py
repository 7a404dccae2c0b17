"""Backfills and generations that are being built: how far they are, for hub staff."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need_staff
from sharing.agreements.models import StreamHead
from sharing.distribution.models import Backfill
from sharing.vocabulary import SMALL_COUNT

LISTED = 200
_ALL = 2**128


@dataclass(frozen=True, slots=True)
class Building:
    """One generation that a backfill writes to."""

    collection_id: UUID
    collection: str
    number: int
    contributors: int  # whose claims are still gone through
    share: (
        float  # of theirs that is done, from 0 to 1; ids are random, so it can be told
    )
    started: datetime
    rows: int | None  # in the generation so far; None: fewer than SMALL_COUNT
    rate: float | None  # rows a second since it started


def building(actor: Actor) -> list[Building]:
    """Everything that is under way, the oldest first."""
    need_staff(actor)
    under_way = Backfill.objects.filter(done_at=None).select_related("generation")
    rows = under_way.select_related("collection").order_by("started_at", "pk")
    by_generation: dict[int, list[Backfill]] = defaultdict(list)
    for row in rows[:LISTED]:
        by_generation[row.generation_id].append(row)
    heads = StreamHead.objects.in_bulk(list(by_generation))
    return [_building(each, heads[pk]) for pk, each in by_generation.items()]


def _building(rows: list[Backfill], head: StreamHead) -> Building:
    first, written = rows[0], head.next_seq - 1
    seconds = max(1.0, (now() - first.started_at).total_seconds())
    known = written >= SMALL_COUNT
    done = sum((row.cursor.int if row.cursor else 0) / _ALL for row in rows)
    return Building(
        first.collection_id,
        first.collection.title,
        first.generation.number,
        len(rows),
        done / len(rows),
        first.started_at,
        written if known else None,
        written / seconds if known else None,
    )
