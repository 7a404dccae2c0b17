"""Releasing what was there before a Version took effect, 10,000 claims at a time."""

from uuid import UUID

from hub.lib.clock import now
from orgs.access import scope
from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.distribution import control
from sharing.distribution.models import Backfill, ControlRecord
from sharing.distribution.release import release_claims
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.indicators import selectors as indicators


def start(version: str) -> None:
    """One Backfill per clause, generation and contributor of the new Version."""
    for clause in agreements.active_clauses():
        if clause.version_id != UUID(version):
            continue
        for generation in clause.generations:
            if generation.number > 1:
                control.add_once(
                    clause.collection_id,
                    generation.pk,
                    ControlRecord.Kind.GENERATION_BEGINS,
                )
            for contributor in sorted(clause.terms.contributors):
                row = Backfill.objects.create(
                    collection_id=clause.collection_id,
                    generation_id=generation.pk,
                    contributor_id=contributor,
                    started_at=now(),
                )
                publish(
                    Kind.BACKFILL_DUE,
                    shard=clause.collection_id.int,
                    backfill=row.pk,
                )


def step(backfill: int) -> None:
    """The next claims of one contributor; comes back until there are no more."""
    row = Backfill.objects.select_for_update().get(pk=backfill)
    with scope(row.contributor_id):
        claims = indicators.after(row.contributor_id, row.cursor, v.RELEASE_ROWS)
        release_claims(row.collection_id, claims)
    if len(claims) < v.RELEASE_ROWS:
        row.done_at = now()
    else:
        row.cursor = claims[-1].id
        publish(Kind.BACKFILL_DUE, shard=row.collection_id.int, backfill=row.pk)
    row.save(update_fields=["cursor", "done_at"])
    _complete(row)


def _complete(row: Backfill) -> None:
    """The last contributor is done: say so in the stream, so that readers may purge."""
    if row.done_at is None or row.generation.number == 1:
        return
    others = Backfill.objects.filter(generation=row.generation_id, done_at__isnull=True)
    if not others.exists():
        control.add_once(
            row.collection_id, row.generation_id, ControlRecord.Kind.BUILD_COMPLETE
        )
