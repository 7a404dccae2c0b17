"""Lists of agreements, and of the Versions of one, as one viewer may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orgs.accounts.actor import Actor
from sharing.agreements import shown
from sharing.agreements.models import Agreement, Party, Signature, Version


@dataclass(frozen=True, slots=True)
class Signed:
    """A party of a Version, and who signed for it when over which text."""

    name: str
    slug: str
    hidden: bool
    mine: bool
    left_at: datetime | None
    invited: bool  # to join a Version in force, and has not signed
    by: str = ""
    at: datetime | None = None
    text_sha256: str = ""


ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class Summary:
    """One Version in a list."""

    id: UUID
    agreement_id: UUID
    title: str
    number: int
    state: str
    agreement_state: str
    effective_from: datetime
    effective_until: datetime | None
    text_sha256: str
    parties: list[Signed]

    @property
    def staying(self) -> list[Signed]:
        """The parties that count: neither gone nor merely invited to join."""
        return [party for party in self.parties if not (party.left_at or party.invited)]

    @property
    def signatures(self) -> int:
        return sum(party.at is not None for party in self.staying)

    @property
    def mine(self) -> Signed | None:
        return next((party for party in self.parties if party.mine), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """An agreement in the list: the Version to look at, and one that waits to be signed."""

    id: UUID
    title: str
    state: str
    version: Summary
    waiting: Summary | None


def agreements(actor: Actor) -> list[Listed]:
    """Every agreement that the actor may see, by title."""
    shown.enter(actor)
    found: dict[UUID, list[Version]] = {}
    for version in shown.versions(actor):
        found.setdefault(version.agreement_id, []).append(version)
    rows = [_listed(actor, versions) for versions in found.values()]
    return sorted(rows, key=lambda row: (row.title, row.id))


def _listed(actor: Actor, versions: Sequence[Version]) -> Listed:
    agreement = versions[0].agreement
    active = [v for v in versions if v.pk == agreement.active_version_id]
    proposed = [v for v in versions if v.state == Version.State.PROPOSED]
    current = (active or proposed or versions)[0]
    waits = proposed[0] if proposed and proposed[0] is not current else None
    return Listed(
        agreement.pk,
        agreement.title,
        agreement.state,
        summary(actor, current),
        summary(actor, waits) if waits else None,
    )


def history(actor: Actor, agreement: Agreement) -> list[Summary]:
    """The Versions of an agreement that the actor may see, the newest first."""
    return [
        summary(actor, version)
        for version in shown.versions(actor).filter(agreement=agreement)
    ]


def summary(actor: Actor, version: Version) -> Summary:
    return Summary(
        id=version.pk,
        agreement_id=version.agreement_id,
        title=version.text["title"],
        number=version.number,
        state=_state(version),
        agreement_state=version.agreement.state,
        effective_from=version.effective_from,
        effective_until=version.effective_until,
        text_sha256=version.text_sha256,
        parties=_signed(actor, version),
    )


def _state(version: Version) -> str:
    """As it is stored, but that one that all signed and whose time comes is announced."""
    coming = version.agreement.next_version_id == version.pk
    return ANNOUNCED if coming else version.state


def _signed(actor: Actor, version: Version) -> list[Signed]:
    signatures = Signature.objects.filter(version=version).select_related("user")
    by = {each.organization_id: each for each in signatures}
    return [
        _party(actor, party, by.get(party.organization_id))
        for party in shown.parties(actor, version)
    ]


def _party(actor: Actor, party: Party, signature: Signature | None) -> Signed:
    return Signed(
        name=party.organization.name,
        slug=party.organization.slug,
        hidden=party.hidden,
        mine=party.organization_id == actor.organization_id,
        left_at=party.left_at,
        invited=party.acceding and signature is None,
        by=signature.user.name if signature else "",
        at=signature.signed_at if signature else None,
        text_sha256=signature.text_sha256 if signature else "",
    )
