"""Celery looks for tasks only here: doorbells and clocks, one task per batch."""

from datetime import timedelta

from celery import shared_task

from orgs.accounts.actor import SYSTEM
from sharing import pipeline
from sharing.agreements import due, lifecycle, renewing, rotation
from sharing.distribution import counting, housekeeping
from sharing.events import pulse
from sharing.events import services as outbox
from sharing.feedback import housekeeping as feedback
from sharing.inbox import housekeeping as inbox
from sharing.indicators import services as indicators
from sharing.intake import holding, remembering
from sharing.intake import services as intake
from sharing.lookup import housekeeping as lookups
from sharing.lookup import snapshots


@shared_task(name="sharing.drain")
def drain(shard: int) -> None:
    """A doorbell rang: work off what is in the outbox."""
    pulse.note(pulse.WORKER, pulse.shard(shard))
    pipeline.drain(shard)


@shared_task(name="sharing.ring")
def ring() -> None:
    """Every second: Versions whose time has come or is over; bells where work is."""
    pulse.note(pulse.WORKER, pulse.BEAT)
    rotation.take_over_due()
    due.activate_due(actor=SYSTEM)
    lifecycle.expire_due(actor=SYSTEM)
    for shard in outbox.shards_due():
        outbox.ring(shard)


@shared_task(name="sharing.expire")
def expire() -> None:
    """Every minute: claims and releases past their time become tombstones."""
    indicators.expire_due()
    housekeeping.end_retention()
    pulse.note(pulse.MINUTE)


@shared_task(name="sharing.sweep")
def sweep() -> None:
    """Every hour: forget what need not be kept any longer."""
    intake.forget_bad_lines()
    remembering.forget_records()
    holding.lapse()
    housekeeping.empty_closed()
    housekeeping.forget_values()
    housekeeping.sweep_tombstones()
    lookups.forget_counts()
    housekeeping.forget_promises()
    feedback.forget_what_is_gone()
    snapshots.sweep()
    counting.count_fetches()
    counting.forget()
    inbox.sweep()
    rotation.destroy_due()
    renewing.announce_due()
    outbox.forget_done(timedelta(days=1))
    pulse.note(pulse.HOUR)
