"""Planned rotations: generations with new keys on the same terms, announced ahead.

The caller holds the lock on the agreement. A rotation belongs to no Version: it is built
under whatever terms are in force. Where a narrowing comes before it, that brings new
keys already, and the rotation gives way.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from orgs.accounts.actor import SYSTEM, Actor
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements.models import Agreement, Generation, StreamHead
from sharing.events.kinds import Kind
from sharing.events.services import publish


def planned() -> QuerySet[Generation]:
    """Rotations that were announced and did not take effect yet, as far as is stored."""
    return Generation.objects.filter(state=Generation.State.BUILDING, rotation=True)


def due(moment: datetime) -> QuerySet[Generation]:
    return planned().filter(effective_from__lte=moment)


def take_over_due(agreement: Agreement, moment: datetime) -> None:
    """Store that rotations took effect: readers were served them from their second on."""
    ready = due(moment).filter(collection__agreement=agreement)
    version = agreement.active_version
    if version is not None and version.effective_until is not None:
        ready = ready.filter(effective_from__lt=version.effective_until)
    for generation in ready.order_by("pk"):
        _take_over(generation)


def _take_over(generation: Generation) -> None:
    streams = Generation.objects.filter(collection=generation.collection_id)
    live = streams.filter(state=Generation.State.LIVE)
    heads = StreamHead.objects.filter(
        generation__in=[generation.pk, *live.values_list("pk", flat=True)]
    )
    list(heads.select_for_update().order_by("pk"))  # who writes asks again after this
    live.update(state=Generation.State.CLOSED)
    streams.filter(pk=generation.pk).update(state=Generation.State.LIVE)
    record(SYSTEM, Verb.ROTATION_TAKE_EFFECT, generation)
    publish(
        Kind.ROTATION_TOOK_OVER,
        shard=generation.collection_id.int,
        generation=generation.pk,
    )


def give_way(collections: Iterable[UUID], moment: datetime) -> None:
    """What would take effect at a moment or later, on these streams, never will."""
    later = planned().filter(collection__in=[*collections], effective_from__gte=moment)
    for generation in later.order_by("pk"):
        withdraw(SYSTEM, generation)


def withdraw(actor: Actor, generation: Generation, reason: str = "") -> None:
    """Nobody will be served it, and what was built goes."""
    Generation.objects.filter(pk=generation.pk).update(state=Generation.State.WITHDRAWN)
    record(actor, Verb.ROTATION_CANCEL, generation, reason)


def record(actor: Actor, verb: Verb, generation: Generation, reason: str = "") -> None:
    said: dict[str, Any] = {"reason": reason} if reason else {}
    audit.record(
        actor=actor,
        verb=verb,
        subject=generation.collection_id,
        generation=generation.number,
        effective_from=generation.effective_from,
        **said,
    )
