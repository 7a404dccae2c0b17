"""The life of a Version: drafted, proposed, signed by each party, in force."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from hub.lib.canonical import canonical_hash
from hub.lib.clock import iso, now
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.access import Permission, require
from orgs.accounts.actor import SYSTEM, Actor, Role
from orgs.accounts.rights import is_hub
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.members.selectors import actor_for
from orgs.models import Organization
from sharing.agreements import (
    accession,
    activation,
    announcing,
    directory,
    documents,
    drafting,
    drafting_rights,
    due,
    locking,
    numbering,
    selectors,
)
from sharing.agreements.models import Agreement, Signature, Version
from sharing.agreements.texts import DOCUMENT, canonical_text

OPEN = (Version.State.DRAFT, Version.State.PROPOSED)
CHANGED = "Somebody changed this draft since you opened it; open it again."
WITH_DOCUMENT = (
    "The version in force has a legal document, which a file cannot carry on: amend it on"
    " the screen, where one is attached."
)
NO_FACTOR = "Signing takes a code of your second factor."


@transaction.atomic
def draft(
    *, actor: Actor, text: dict[str, Any], agreement_id: UUID | None = None
) -> Version:
    """A new Version: the first of a new agreement, or an amendment of a known one."""
    moment = now()
    said = canonical_text(text, drafted_at=moment)
    drafting_rights.may_draft(actor, said)
    if agreement_id is None:
        agreement = Agreement.objects.create(
            slug=_free_slug(said["title"]), title=said["title"], created_at=moment
        )
    else:
        agreement = locking.lock_agreement(actor, agreement_id)
    if agreement.state == Agreement.State.TERMINATED:
        raise Conflict("This agreement is over; draft a new one.")
    by = None if actor.is_staff else actor.organization_id
    version = Version(
        agreement=agreement,
        number=numbering.of_draft(agreement, by),
        created_at=moment,
        drafted_by_id=by,
    )
    drafting.write_parts(version, said, actor=actor)
    audit.record(
        actor=actor,
        verb=Verb.AGREEMENT_DRAFT,
        subject=version,
        agreement=agreement.pk,
        number=version.number,
    )
    if actor.organization_id is not None:
        activation.show(agreement, actor.organization_id)
    return version


@transaction.atomic
def redraft(
    *, actor: Actor, version_id: UUID, text: dict[str, Any], was: str | None = None
) -> Version:
    """Change a Version nobody has signed yet; a proposed one is a draft again.

    Only whoever drafted it, and hub staff: others draft a Version of their own.
    `was` is the hash of the text that it was written over: over another, Conflict.
    """
    version = locking.lock_version(actor, version_id)
    said = canonical_text(text, drafted_at=now())
    drafting_rights.may_change(actor, version)
    drafting_rights.may_draft(actor, said)
    if version.state not in OPEN or version.signatures.exists():
        raise Conflict("A signed text stays as it is; draft another version.")
    if was not in (None, version.text_sha256):
        raise Conflict(CHANGED)
    version.state, version.proposed_at = Version.State.DRAFT, None
    before = list(version.parties.values_list("organization", flat=True))
    drafting.write_parts(version, said, actor=actor)
    activation.hide_from_strangers(version.agreement, before)
    audit.record(actor=actor, verb=Verb.AGREEMENT_DRAFT, subject=version)
    return version


@transaction.atomic
def propose(
    *, actor: Actor, version_id: UUID, text_sha256: str | None = None
) -> Version:
    """Lay a draft before its parties: they see it, and their signatories may sign.

    `text_sha256` is the hash of what the proposer saw: another text is a Conflict.
    """
    version = locking.lock_version(actor, version_id)
    drafting_rights.may_change(actor, version)
    if version.state != Version.State.DRAFT:
        raise Conflict("Only a draft can be proposed.")
    if text_sha256 not in (None, version.text_sha256):
        raise Conflict(CHANGED)
    numbering.settle(version)
    version.state, version.proposed_at = Version.State.PROPOSED, now()
    version.save(update_fields=["state", "proposed_at", "number"])
    agreement = version.agreement
    if agreement.state == Agreement.State.DRAFT:
        agreement.state = Agreement.State.PROPOSED
        agreement.save(update_fields=["state"])
    for party in version.parties.all():
        activation.show(agreement, party.organization_id)
    audit.record(actor=actor, verb=Verb.AGREEMENT_PROPOSE, subject=version)
    return version


@transaction.atomic
def sign(
    *, actor: Actor, version_id: UUID, text_sha256: str | None = None
) -> Signature:
    """Sign for the actor's organization; the last signature puts the Version in force.

    `text_sha256` is the hash of what the signatory read: another text is a Conflict.
    The actor is one that `orgs.accounts.second_factor.proven` gave: without a second
    factor verified in this request it is Forbidden.
    """
    return _sign(actor, version_id, text_sha256, on_command_line=False)


def _sign(
    actor: Actor, version_id: UUID, text_sha256: str | None, *, on_command_line: bool
) -> Signature:
    version = locking.lock_version(actor, version_id)
    require(actor, Permission.SIGN_AGREEMENT, Agreement, version.agreement_id)
    organization_id, user_id = _signer(actor, version)
    if not (actor.second_factor or on_command_line):
        raise Forbidden(NO_FACTOR, code="second-factor")
    drafting.check_hash(version, text_sha256)
    documents.check(version, organization_id)
    if not version.signatures.exists():
        drafting.freeze(version)
    signature = Signature.objects.create(
        version=version,
        organization_id=organization_id,
        user_id=user_id,
        text_sha256=version.text_sha256,
        signed_at=now(),
        second_factor=actor.second_factor,
    )
    audit.record(
        actor=actor,
        verb=Verb.AGREEMENT_SIGN,
        subject=version,
        text_sha256=version.text_sha256,
        second_factor=actor.second_factor,
        on_command_line=on_command_line,
    )
    if version.state == Version.State.ACTIVE:
        accession.take_in(version, actor=actor)
    elif not due.activate_if_due(version, actor):
        announcing.arrange(version.agreement)
    return signature


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a file did: the Version, and sentences for the one who did it."""

    version: Version
    notes: tuple[str, ...]


@transaction.atomic
def apply_file(path: Path, *, actor: Actor) -> Applied:
    """Draft, propose and sign an agreement from a file: the hub's own command line.

    Each party is signed for by its own signatory, and no second factor is asked for:
    nobody who is signed in can do this, hub staff included. An agreement of the same
    title is amended; the same text again changes nothing. One whose text in force has a
    legal document is not: it would be without.
    """
    if not is_hub(actor):
        raise Forbidden("Files are applied on the hub's command line.")
    raw = drafting.load(path)
    text = canonical_text(raw, drafted_at=now())
    known = Agreement.objects.filter(title=text["title"]).exclude(
        state=Agreement.State.TERMINATED
    )
    agreement = known.order_by("created_at").first()
    active = agreement.active_version if agreement else None
    if agreement and active and _same(agreement, active, text):
        return Applied(active, (f"“{active}” is in force already; nothing to do.",))
    if active and DOCUMENT in active.text:
        raise Conflict(WITH_DOCUMENT)
    version = draft(
        actor=actor, text=raw, agreement_id=agreement.pk if agreement else None
    )
    hidden = version.parties.filter(hidden=True).select_related("organization")
    notes = selectors.cautions(version)
    notes += directory.findable(party.organization for party in hidden)
    propose(actor=actor, version_id=version.pk)
    for party in version.parties.select_related("organization"):
        notes.append(_sign_for(version, party.organization))
    version.refresh_from_db()
    notes.append(_standing(version))
    return Applied(version, tuple(notes))


def _same(agreement: Agreement, active: Version, text: dict[str, Any]) -> bool:
    """Whether a file says what is in force; the legal document is not in any file."""
    said, _ = drafting.resolved(agreement, text, actor=SYSTEM)
    known = {key: part for key, part in active.text.items() if key != DOCUMENT}
    return canonical_hash(said) == canonical_hash(known)


def _sign_for(version: Version, organization: Organization) -> str:
    user = drafting.signatory_of(organization.pk)
    if user is None:
        raise Invalid(
            f"{organization.name} has no signatory: nobody can sign for it.",
            code="no-signatory",
        )
    signatory = actor_for(user, organization.pk)
    _sign(signatory, version.pk, version.text_sha256, on_command_line=True)
    return f"{organization.name}: signed by {user.name} ({user.email})."


def _standing(version: Version) -> str:
    if version.state == Version.State.ACTIVE:
        return f"“{version}” is in force."
    return f"“{version}” is signed and takes effect on {iso(version.effective_from)}."


def _signer(actor: Actor, version: Version) -> tuple[UUID, int]:
    """The organization and the person that sign, if they may and have not yet."""
    if actor.organization_id is None or not locking.is_party(actor, version):
        raise NotFound
    if actor.role != Role.SIGNATORY or actor.user_id is None:
        raise Forbidden("A person with the role signatory signs.")
    if not (version.state == Version.State.PROPOSED or accession.may_accede(version)):
        raise Conflict("Only a proposed version can be signed.")
    if version.signatures.filter(organization=actor.organization_id).exists():
        raise Conflict("Your organization has signed this version already.")
    if activation.continues_closed(version):
        raise Conflict(
            "It goes on with a collection that was closed meanwhile; draft it anew."
        )
    return actor.organization_id, actor.user_id


def _free_slug(title: str) -> str:
    base = slugify(title)[:70]
    taken = set(
        Agreement.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    counted = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *counted) if slug not in taken)
