"""Signed Versions whose time has come take effect, or give way once and for all."""

from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q

from hub.lib.clock import now
from hub.lib.errors import Conflict
from orgs.accounts.actor import SYSTEM, Actor
from sharing.agreements import activation, announcing, locking
from sharing.agreements.models import Version

log = structlog.get_logger(__name__)


def activate_due(*, actor: Actor) -> int:
    """Put signed Versions into force whose time has come; returns how many."""
    moment = now()
    in_time = Q(effective_until__isnull=True) | Q(effective_until__gt=moment)
    waiting = (
        announcing.signed_by_all()
        .filter(in_time | Q(agreement__next_version=F("pk")))
        .filter(effective_from__lte=moment)
        .order_by("effective_from", "number")
    )
    return sum(_activate_one(pk, actor) for pk in waiting.values_list("pk", flat=True))


def _activate_one(version_id: UUID, actor: Actor) -> bool:
    try:
        with transaction.atomic():
            version = locking.lock_version(SYSTEM, version_id)
            took_over = version.state == Version.State.ACTIVE
            return took_over or activate_if_due(version, actor)
    except Conflict:  # it never will, and must not keep others from taking effect
        log.warning("version_cannot_take_effect", version=str(version_id))
    with transaction.atomic():
        version = locking.lock_version(SYSTEM, version_id)
        if version.state == Version.State.PROPOSED:
            activation.supersede(version)
    return False


def activate_if_due(version: Version, actor: Actor) -> bool:
    signed = version.signatures.values("organization")
    stay = version.parties.filter(left_at__isnull=True)
    missing = stay.exclude(organization__in=signed)
    waits = version.effective_from > now() or version.state != Version.State.PROPOSED
    if waits or missing.exists() or not version.signatures.exists():
        return False
    activation.activate(version.agreement, version, actor=actor)
    return True
