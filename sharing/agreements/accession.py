"""Joining a Version in force, if its text is open to it, by signing the same text."""

from uuid import UUID

from django.db import transaction

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.models import Organization
from sharing.agreements import (
    activation,
    announcing,
    directory,
    facts,
    granting,
    locking,
    shown,
)
from sharing.agreements.models import Party, Signature, Version
from sharing.agreements.selectors import RUNNING
from sharing.agreements.texts import ACCESSION

NO_INVITATION = "No invitation to this organization waits for its signature."


@transaction.atomic
def invite_to_accede(
    *, actor: Actor, agreement_id: UUID, slug: str, hidden: bool = False
) -> None:
    """Lay the text in force before one more organization: staff, or a party's manager.

    An organization that is named already is invited in vain, and only staff are told:
    a party must not learn of hidden ones by asking.
    """
    agreement = locking.lock_agreement(actor, agreement_id)
    version = agreement.active_version
    if version is None or not may_accede(version):
        raise Conflict("The text in force is not open to accession.")
    _check_host(actor, version)
    invited = _organization(actor, slug)
    audit.record(
        actor=actor, verb=Verb.PARTY_INVITE, subject=version, invited=invited.pk
    )
    if version.parties.filter(organization=invited).exists():
        if locking.by_hub(actor):
            raise Conflict("This version names that organization already.")
        return
    Party.objects.create(
        version=version, organization=invited, hidden=hidden, acceding=True
    )
    activation.show(agreement, invited.pk)


@transaction.atomic
def withdraw_invitation(*, actor: Actor, agreement_id: UUID, slug: str) -> None:
    """Take an invitation back that was not signed: whoever may invite may do this.

    The organization sees the agreement no longer, unless another text of it names it.
    """
    agreement = locking.lock_agreement(actor, agreement_id)
    version = agreement.active_version
    if version is None:
        raise NotFound(NO_INVITATION)
    _check_host(actor, version)
    signed = Signature.objects.filter(version=version).values("organization")
    waiting = version.parties.filter(acceding=True, left_at__isnull=True)
    open_ = {each.pk for each in shown.parties(actor, version)}
    found = waiting.exclude(organization__in=signed).filter(organization__slug=slug)
    party = found.filter(pk__in=open_).first()
    if party is None:
        raise NotFound(NO_INVITATION)
    party.delete()
    activation.hide_from_the_uninvited(agreement, party.organization_id)
    audit.record(
        actor=actor,
        verb=Verb.INVITATION_REVOKE,
        subject=version,
        invited=party.organization_id,
    )


def _check_host(actor: Actor, version: Version) -> None:
    """Staff, and managers of those who signed."""
    if locking.by_hub(actor):
        return
    need(actor, Right.DRAFT)
    if not _has_signed(actor.organization_id, version):
        raise Forbidden("Those who signed the text in force invite others.")


def may_accede(version: Version) -> bool:
    """Whether the text in force lets others join, and is within its time."""
    agreement, until = version.agreement, version.effective_until
    return (
        version.text.get(ACCESSION) is True
        and version.state == Version.State.ACTIVE
        and agreement.state in RUNNING
        and agreement.active_version_id == version.pk
        and (until is None or now() < until)
    )


def take_in(version: Version, *, actor: Actor) -> None:
    """Somebody more has signed: Grants and permissions anew, in the same generations.

    A joiner reads the whole stream. The contributors' claims are gone through again:
    the joiner's come in, and those that a clause could not yet release.
    """
    agreement = version.agreement
    turn = granting.begin(agreement, now())
    parties = facts.signatories([version.pk])[version.pk]
    for clause in version.clauses.select_related("collection__agreement"):
        terms = facts.terms_of(clause, agreement, version.number, parties)
        gone = f"“{version}” does not name it any more."
        granting.regrant(clause, terms, parties, turn, gone=gone)
    audit.record(actor=actor, verb=Verb.PARTY_ACCEDE, subject=version)
    activation.announce(version)
    announcing.arrange(agreement)


def _has_signed(organization_id: UUID | None, version: Version) -> bool:
    signed = facts.signatories([version.pk])[version.pk]
    return organization_id in {party.organization_id for party in signed}


def _organization(actor: Actor, slug: str) -> Organization:
    found = directory.named(actor, [slug]).first()
    if found is None:
        faults = directory.unknown([slug], "slug")
        raise Invalid(faults[0]["detail"], errors=faults)
    return found
