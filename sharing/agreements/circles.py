"""An organization's agreements as it sees them: without parties that are hidden."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from hub.lib.clock import now
from sharing.agreements import facts, selectors, shown
from sharing.agreements.models import Agreement, Party, Version
from sharing.agreements.policy import RecipientFacts, Terms


@dataclass(frozen=True, slots=True)
class Circle:
    """An agreement in its present Version, and the parties that its viewer knows of."""

    agreement_id: UUID
    title: str
    version: int
    parties: tuple[RecipientFacts, ...]  # by name
    clauses: frozenset[str]  # names of those that are not about others alone
    discreet: bool  # there are others that the viewer does not know of
    idle: str  # why nothing of it is in force, as a sentence

    def told(self, terms: Terms, reasons: tuple[str, ...]) -> tuple[str, ...]:
        """The reasons, without those that count parties where some are hidden."""
        if terms.void and self.discreet:
            return (f"{terms.place} permits nothing.",)
        return reasons


def circles(organization_id: UUID) -> dict[UUID, Circle]:
    """The agreements whose present Version the organization signed, by their id."""
    versions = Version.objects.filter(
        agreement__active_version=F("pk"), parties__organization=organization_id
    ).select_related("agreement")
    found = list(versions.order_by("agreement__title", "agreement_id"))
    signed = facts.signatories({version.pk for version in found})
    return {
        version.agreement_id: _circle(version, signed[version.pk], organization_id)
        for version in found
        if any(each.organization_id == organization_id for each in signed[version.pk])
    }


def known_to(
    viewer: UUID | None, version_id: UUID, parties: Collection[RecipientFacts]
) -> tuple[RecipientFacts, ...]:
    """Those of the parties that are not hidden from the viewer, by name."""
    hidden = set(
        Party.objects.filter(version=version_id, hidden=True)
        .exclude(organization=viewer)
        .values_list("organization_id", flat=True)
    )
    known = (each for each in parties if each.organization_id not in hidden)
    return tuple(sorted(known, key=lambda each: (each.name, each.organization_id)))


def clauses_known_to(
    known: Collection[RecipientFacts],
    version: Version,
    parties: Collection[RecipientFacts],
) -> frozenset[str]:
    """The names of a Version's clauses, as far as whoever knows these parties may."""
    unseen = {each.slug for each in parties} - {each.slug for each in known}
    text = shown.without(version.text, frozenset(unseen))
    return frozenset(clause["name"] for clause in text["clauses"])


def contributed(organization_id: UUID) -> list[selectors.ActiveClause]:
    """The clauses in force that the organization contributes to, and may know of."""
    found = selectors.active_clauses(organization_id)
    known = circles(organization_id) if found else {}
    return [
        each
        for each in found
        if each.agreement_id in known
        and each.terms.clause in known[each.agreement_id].clauses
    ]


def _circle(version: Version, signed: facts.Signatories, viewer: UUID) -> Circle:
    parties = known_to(viewer, version.pk, signed)
    return Circle(
        version.agreement_id,
        version.agreement.title,
        version.number,
        parties,
        clauses_known_to(parties, version, signed),
        discreet=len(parties) < len(signed),
        idle=_idle(version, now()),
    )


def _idle(version: Version, moment: datetime) -> str:
    agreement, until = version.agreement, version.effective_until
    if agreement.state != Agreement.State.ACTIVE:
        return f"“{agreement.title}” is {agreement.state}: nothing is shared under it."
    if version.effective_from > moment or (until is not None and until <= moment):
        return f"“{agreement.title}” is not in force now: nothing is shared under it."
    return ""
