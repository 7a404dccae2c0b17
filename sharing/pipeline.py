"""READ FIRST. What happened (left) and who acts on it (right).

A room may ask a lower room, but it never triggers the next one: it publishes what
happened, in its own transaction, and this table says who acts, in the worker.
"""

import time
from collections.abc import Callable

import structlog
from django.db import transaction

from sharing.distribution import backfill, carrying, control, fanout, release, undoing
from sharing.events import services as outbox
from sharing.events.kinds import Kind
from sharing.feedback import telling
from sharing.inbox import matching
from sharing.intake import accept, giving_up

log = structlog.get_logger(__name__)

HANDLERS: dict[Kind, Callable[..., None]] = {
    # a partner sent lines            -> read them and make claims
    Kind.CHUNK_RECEIVED: accept.accept_chunk,
    # staff gave a dead chunk up      -> its sender reads which lines were not shared
    Kind.CHUNK_GIVEN_UP: giving_up.give_up_chunk,
    # one was undone                  -> take its claims back, record by record
    Kind.UNDO_DUE: undoing.step,
    # claims of one owner changed     -> find the collections they may concern
    Kind.CLAIMS_CHANGED: fanout.fan_out,
    # one batch, one collection       -> decide, redact, release
    Kind.RELEASE_DUE: release.release_batch,
    # a stream has new records      -> match them with watchlists
    Kind.RELEASED: matching.match,
    # an agreement took effect        -> release what its contributors already hold
    Kind.VERSION_ACTIVATED: backfill.start,
    # one is signed for later         -> build ahead what it narrows
    Kind.VERSION_ANNOUNCED: backfill.ahead,
    # its time came                   -> as above, but for what was built ahead
    Kind.VERSION_TOOK_OVER: backfill.take_over,
    # staff planned new keys          -> build the generation that has them
    Kind.ROTATION_ANNOUNCED: backfill.rotate,
    # its time came                   -> tombstones for what it has not
    Kind.ROTATION_TOOK_OVER: backfill.rotated,
    # the next 10,000 of a backfill   -> release them, come back for more
    Kind.BACKFILL_DUE: backfill.step,
    # a generation has all its rows   -> tombstones for what it has not, then a record
    Kind.GENERATION_BUILT: carrying.carry,
    # an agreement is suspended       -> one record in each of its streams
    Kind.AGREEMENT_SUSPENDED: control.suspended,
    # it goes on                      -> another one
    Kind.AGREEMENT_RESUMED: control.resumed,
    # it is over                      -> the last one
    Kind.AGREEMENT_ENDED: control.ended,
    # no clause feeds a stream now   -> the last one there
    Kind.COLLECTION_CLOSED: control.closed,
    # a party left                    -> what it contributed becomes tombstones
    Kind.PARTY_LEFT: backfill.take_back,
    # recipients said something      -> the log of whoever it is about
    Kind.FEEDBACK_GIVEN: telling.tell,
}

BUDGET = 30.0  # seconds one doorbell may keep a worker


def drain(shard: int) -> int:
    """Work off a shard of the outbox; returns how many rows were done."""
    until = time.monotonic() + BUDGET
    count = 0
    while time.monotonic() < until and (row := outbox.claim(shard)) is not None:
        count += work(row)
    return count


def work(row: outbox.Claimed) -> bool:
    """Do one row: the work and its done-mark commit together, or neither does."""
    try:
        with transaction.atomic():
            if not outbox.hold(row):
                return False
            HANDLERS[row.kind](**row.payload)
            outbox.done(row)
    except Exception as error:  # noqa: BLE001 - whatever it is, the row must survive it
        outbox.failed(row, error)
        log.warning(
            "outbox_failed", row=row.pk, kind=str(row.kind), error=type(error).__name__
        )
        return False
    return True
