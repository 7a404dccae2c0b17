"""Publish, claim and finish outbox rows.

A claim is a first short transaction (attempts + 1, a lease). The work itself holds the
row's lock, so a row at work is never claimed again, however long it takes; a worker
that dies gives the lock back at once and the lease a few seconds later.
"""

import contextlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM, Actor
from orgs.accounts.rights import need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.events import queues
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow

BELL = "sharing.drain"
BELL_EXPIRES = 30  # seconds
BACKOFF = (1, 2, 5, 15, 60, 300)  # seconds after the first, second ... failure


def publish(
    kind: Kind,
    *,
    shard: int = 0,
    not_before: datetime | None = None,
    **ids: str | int,
) -> None:
    """Say what happened, in the caller's transaction. Ids and counts only.

    With `not_before` nobody acts on it before that time.
    """
    moment = now()
    shard %= settings.OUTBOX_SHARDS
    OutboxRow.objects.create(
        kind=kind,
        payload=ids,
        shard=shard,
        created_at=moment,
        not_before=not_before or moment,
    )
    bell = Bell(shard)
    if not any(call[1] == bell for call in connection.run_on_commit):
        transaction.on_commit(bell, robust=True)


@dataclass(frozen=True)
class Bell:
    """Rings after the commit; lost bells do not matter, beat rings every second."""

    shard: int

    def __call__(self) -> None:
        ring(self.shard)


def ring(shard: int) -> None:
    """Wake a worker, if the broker is there; a broker that is down loses nothing."""
    with contextlib.suppress(OSError, KombuError, RedisError):
        current_app.send_task(BELL, args=[shard], expires=BELL_EXPIRES, retry=False)


def shards_due() -> list[int]:
    """Shards with rows that may be claimed now."""
    rows = OutboxRow.objects.filter(
        done_at__isnull=True, dead_at__isnull=True, not_before__lte=now()
    )
    return list(rows.order_by("shard").values_list("shard", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Claimed:
    pk: int
    kind: Kind
    payload: dict[str, Any]
    lease: uuid.UUID
    attempts: int


_CLAIM = """
UPDATE sharing_outboxrow SET attempts = attempts + 1, lease = %(lease)s,
       leased_until = now() + make_interval(secs => %(hold)s)
 WHERE id = (SELECT id FROM sharing_outboxrow
              WHERE shard = %(shard)s AND done_at IS NULL AND dead_at IS NULL
                AND not_before <= now()
                AND (leased_until IS NULL OR leased_until < now())
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, payload, attempts
"""


def claim(shard: int) -> Claimed | None:
    """Take the oldest free row of a shard; rows that failed too often become dead."""
    lease = uuid.uuid4()
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                _CLAIM,
                {"lease": lease, "hold": settings.OUTBOX_LEASE_SECONDS, "shard": shard},
            )
            row = cursor.fetchone()
            if row is None:
                return None
            pk, kind, payload, attempts = row
            if attempts > settings.OUTBOX_MAX_ATTEMPTS:
                OutboxRow.objects.filter(pk=pk).update(
                    dead_at=now(), last_error="the worker died each time"
                )
                continue
        return Claimed(pk, Kind(kind), json.loads(payload), lease, attempts)


def hold(row: Claimed) -> bool:
    """Lock the row for this transaction; False when the lease has gone to another."""
    held = OutboxRow.objects.select_for_update().filter(
        pk=row.pk, lease=row.lease, done_at__isnull=True, dead_at__isnull=True
    )
    return held.exists()


def done(row: Claimed) -> None:
    OutboxRow.objects.filter(pk=row.pk).update(done_at=now(), lease=None)


def failed(row: Claimed, error: BaseException) -> None:
    """Free the row for a later try, or put it among the dead letters.

    Only the error's class is kept: its text might quote a value.
    """
    moment = now()
    dead = row.attempts >= settings.OUTBOX_MAX_ATTEMPTS
    wait = BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
    OutboxRow.objects.filter(pk=row.pk, lease=row.lease).update(
        lease=None,
        leased_until=None,
        not_before=moment + timedelta(seconds=wait),
        dead_at=moment if dead else None,
        last_error=f"{type(error).__module__}.{type(error).__qualname__}"[:200],
    )


def due(kind: Kind) -> list[dict[str, Any]]:
    """What the open rows of a kind are about."""
    rows = OutboxRow.objects.filter(
        kind=kind, done_at__isnull=True, dead_at__isnull=True
    )
    return list(rows.values_list("payload", flat=True))


def dead(kind: Kind) -> list[dict[str, Any]]:
    """What the dead letters of a kind were about."""
    rows = OutboxRow.objects.filter(kind=kind, dead_at__isnull=False)
    return list(rows.values_list("payload", flat=True))


def retry(ids: list[int], *, actor: Actor = SYSTEM) -> int:
    """Give dead and stuck letters another chance, which staff may; returns how many.

    What somebody is at, what waits in order, and what is done stays as it is.
    """
    need_staff(actor)
    with transaction.atomic():
        taken = _taken(OutboxRow.objects.filter(queues.troubled(now()), pk__in=ids))
        if taken:
            _begin_again(taken)
            audit.record(
                actor=actor,
                verb=Verb.DEAD_LETTER_RETRY,
                letters=len(taken),
                rows=sorted(taken),
            )
    return len(taken)


def turn(
    ids: list[int], kind: Kind, becomes: Kind, *, actor: Actor
) -> list[dict[str, Any]]:
    """Dead letters of one kind are worked as another one; what they are about.

    In the caller's transaction, who has asked whether the actor may.
    """
    need_staff(actor)
    found = OutboxRow.objects.filter(pk__in=ids, kind=kind, dead_at__isnull=False)
    taken = _taken(found)
    if taken:
        _begin_again(taken, kind=becomes)
    rows = OutboxRow.objects.filter(pk__in=taken).order_by("pk")
    return list(rows.values_list("payload", flat=True))


def _taken(found: QuerySet[OutboxRow]) -> dict[int, int]:
    """Locked, with their shards; without those that others hold."""
    rows = found.select_for_update(skip_locked=True).order_by("pk")
    return dict(rows.values_list("pk", "shard"))


def _begin_again(taken: dict[int, int], **changed: Kind) -> None:
    OutboxRow.objects.filter(pk__in=taken).update(
        dead_at=None,
        attempts=0,
        lease=None,
        leased_until=None,
        not_before=now(),
        **changed,
    )
    for shard in sorted({*taken.values()}):
        transaction.on_commit(Bell(shard), robust=True)


def forget_done(older_than: timedelta) -> int:
    """Housekeeping: done rows are kept a little while for the curious."""
    deleted, _ = OutboxRow.objects.filter(done_at__lt=now() - older_than).delete()
    return deleted


def open_rows() -> int:
    return OutboxRow.objects.filter(done_at__isnull=True, dead_at__isnull=True).count()
