"""What waits for an organization: Versions to sign, agreements that end soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from sharing.agreements import accession, shown
from sharing.agreements.models import Agreement, Party, Signature, Version


@dataclass(frozen=True, slots=True)
class ToSign:
    """A text that the organization has not signed."""

    version: UUID
    title: str
    number: int
    since: datetime
    joins: bool  # it was invited into a text that others are bound by already


@dataclass(frozen=True, slots=True)
class Ending:
    """An agreement in force, and when its text says that it ends."""

    agreement: UUID
    version: UUID
    title: str
    ends: datetime


def to_sign(actor: Actor) -> list[ToSign]:
    """The Versions that wait for the signature of the actor's organization."""
    shown.enter(actor)
    mine = Party.objects.filter(organization=actor.organization_id, left_at=None)
    signed = Signature.objects.filter(organization=actor.organization_id)
    found = shown.versions(actor).filter(pk__in=mine.values("version"))
    waiting = found.exclude(pk__in=signed.values("version"))
    states = [Version.State.PROPOSED, Version.State.ACTIVE]
    return [
        _to_sign(each) for each in waiting.filter(state__in=states) if _may_sign(each)
    ]


def _may_sign(version: Version) -> bool:
    return version.state == Version.State.PROPOSED or accession.may_accede(version)


def _to_sign(version: Version) -> ToSign:
    joins = version.state == Version.State.ACTIVE
    since = (version.activated_at if joins else None) or version.proposed_at
    return ToSign(
        version.pk,
        version.text["title"],
        version.number,
        since or version.created_at,
        joins,
    )


def ending(actor: Actor, within: timedelta) -> list[Ending]:
    """The agreements in force that end within a time, unless a signed text follows."""
    shown.enter(actor)
    moment = now()
    found = shown.versions(actor).filter(
        pk=F("agreement__active_version"),
        agreement__state=Agreement.State.ACTIVE,
        agreement__next_version=None,
        effective_until__gt=moment,
        effective_until__lte=moment + within,
    )
    return [
        Ending(each.agreement_id, each.pk, each.text["title"], each.effective_until)
        for each in found
        if each.effective_until
    ]
