"""What becomes of an agreement in force: suspended, resumed, left, terminated, expired.

Every one of these locks the agreement, then the heads of its streams: no batch that was
decided before is written after. Reading asks at every use, so all of it acts at once.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.lib.clock import iso, now
from hub.lib.errors import Conflict, FieldError, Forbidden, Invalid
from orgs.access import Permission, require, revoke_all
from orgs.accounts.actor import SYSTEM, Actor
from orgs.accounts.rights import need_code, need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import announcing, facts, granting, locking
from sharing.agreements.models import Agreement, Collection, Party, Version
from sharing.agreements.selectors import RUNNING
from sharing.events.kinds import Kind
from sharing.events.services import publish

OPEN = (Version.State.DRAFT, Version.State.PROPOSED)
PARTIES_LEAST = 2


@transaction.atomic
def suspend(*, actor: Actor, agreement_id: UUID, reason: str) -> Agreement:
    """Nobody reads anything under the agreement until it is resumed.

    For staff and for the signatories of a party. Its streams are kept up to date
    meanwhile: what is withdrawn now is gone when somebody reads again.
    """
    agreement = locking.lock_agreement(actor, agreement_id)
    _check_party(actor, agreement)
    said = _reason(reason)
    if agreement.state != Agreement.State.ACTIVE:
        raise Conflict("Only an agreement in force can be suspended.")
    moment = now()
    granting.begin(agreement, moment)
    agreement.suspended_by_id = None if actor.is_staff else actor.organization_id
    _move(agreement, Agreement.State.SUSPENDED, said, moment)
    audit.record(actor=actor, verb=Verb.AGREEMENT_SUSPEND, subject=agreement)
    _tell(Kind.AGREEMENT_SUSPENDED, agreement, at=iso(moment))
    return agreement


@transaction.atomic
def resume(*, actor: Actor, agreement_id: UUID) -> Agreement:
    """Let the agreement go on: staff, or the party that had it suspended."""
    agreement = locking.lock_agreement(actor, agreement_id)
    _check_party(actor, agreement)
    if agreement.state != Agreement.State.SUSPENDED:
        raise Conflict("Only a suspended agreement can be resumed.")
    if not (
        locking.by_hub(actor) or agreement.suspended_by_id == actor.organization_id
    ):
        raise Forbidden("Whoever had it suspended, or hub staff, can resume it.")
    moment = now()
    granting.begin(agreement, moment)
    agreement.suspended_by = None
    _move(agreement, Agreement.State.ACTIVE, "", None)
    audit.record(actor=actor, verb=Verb.AGREEMENT_RESUME, subject=agreement)
    _tell(Kind.AGREEMENT_RESUMED, agreement, at=iso(moment))
    return agreement


@transaction.atomic
def terminate(*, actor: Actor, agreement_id: UUID, reason: str) -> Agreement:
    """End an agreement for everybody and for good; only hub staff do (a party leaves)."""
    agreement = locking.lock_agreement(actor, agreement_id)
    need_staff(actor)
    need_code(actor)
    said = _reason(reason)
    if agreement.state == Agreement.State.TERMINATED:
        raise Conflict("This agreement is over already.")
    _end(agreement, Agreement.State.TERMINATED, said, now())
    audit.record(actor=actor, verb=Verb.AGREEMENT_TERMINATE, subject=agreement)
    return agreement


@transaction.atomic
def leave(*, actor: Actor, agreement_id: UUID, reason: str) -> None:
    """A signatory takes its organization out; the agreement goes on among the others.

    Its Grants end with the reason, and what it contributed is no longer released. An
    agreement that fewer than two are left in ends.
    """
    agreement = locking.lock_agreement(actor, agreement_id)
    organization_id = _check_signatory(actor, agreement)
    version, said, moment = _in_force(agreement), _reason(reason), now()
    turn = granting.begin(agreement, moment)
    Party.objects.filter(
        organization=organization_id,
        version__agreement=agreement,
        version__state__in=(*OPEN, Version.State.ACTIVE),
    ).update(left_at=moment)
    parties = facts.signatories([version.pk])[version.pk]
    for clause in version.clauses.select_related("collection__agreement"):
        terms = facts.terms_of(clause, agreement, version.number, parties)
        granting.regrant(clause, terms, parties, turn, gone=said)
    for collection in Collection.objects.filter(agreement=agreement):
        revoke_all(collection, organization_id)
    revoke_all(agreement, organization_id)
    audit.record(actor=actor, verb=Verb.PARTY_LEAVE, subject=agreement)
    _tell(Kind.PARTY_LEFT, agreement, organization=str(organization_id))
    announcing.arrange(agreement)
    if len(parties) < PARTIES_LEAST:
        _end(
            agreement,
            Agreement.State.TERMINATED,
            "Fewer than two parties are left.",
            moment,
        )
        audit.record(actor=SYSTEM, verb=Verb.AGREEMENT_TERMINATE, subject=agreement)


def expire_due(*, actor: Actor) -> int:
    """End agreements whose time is over; returns how many. Nobody reads them since."""
    over = Agreement.objects.filter(
        state__in=RUNNING, active_version__effective_until__lte=now()
    )
    return sum(_expire(pk, actor) for pk in list(over.values_list("pk", flat=True)))


@transaction.atomic
def _expire(agreement_id: UUID, actor: Actor) -> bool:
    agreement = locking.lock_agreement(SYSTEM, agreement_id)
    version = agreement.active_version
    until = version.effective_until if version else None
    if agreement.state not in RUNNING or until is None or until > now():
        return False  # an amendment took over meanwhile
    _end(agreement, Agreement.State.EXPIRED, f"“{version}” ended by its text.", until)
    audit.record(actor=actor, verb=Verb.AGREEMENT_EXPIRE, subject=agreement)
    return True


def _end(
    agreement: Agreement, state: Agreement.State, reason: str, moment: datetime
) -> None:
    """Close every stream. What expired can still be taken up again by an amendment."""
    final = state == Agreement.State.TERMINATED
    turn = granting.begin(agreement, moment)
    announcing.withdraw(agreement)
    agreement.suspended_by = None
    _move(agreement, state, reason, moment)
    over = (*OPEN, Version.State.ACTIVE) if final else (Version.State.ACTIVE,)
    agreement.versions.filter(state__in=over).update(state=Version.State.ENDED)
    streams = Collection.objects.filter(agreement=agreement)
    for collection in streams.exclude(state=Collection.State.CLOSED):
        granting.close(collection, reason, turn, final=final)
    _tell(Kind.AGREEMENT_ENDED, agreement)


def _move(
    agreement: Agreement,
    state: Agreement.State,
    reason: str,
    since: datetime | None,
) -> None:
    agreement.state = state
    agreement.state_reason = granting.shortened(reason)
    agreement.state_since = since
    agreement.save(
        update_fields=["state", "state_reason", "state_since", "suspended_by"]
    )


def _tell(kind: Kind, agreement: Agreement, **ids: Any) -> None:
    publish(kind, shard=agreement.pk.int, agreement=str(agreement.pk), **ids)


def _check_party(actor: Actor, agreement: Agreement) -> None:
    """Refuse all but staff and signatories of those who signed the text in force."""
    if locking.by_hub(actor):
        need_code(actor)
    else:
        _check_signatory(actor, agreement)


def _check_signatory(actor: Actor, agreement: Agreement) -> UUID:
    require(actor, Permission.SUSPEND_AGREEMENT, Agreement, agreement.pk)
    version = agreement.active_version
    signed = facts.signatories([version.pk])[version.pk] if version else ()
    own = actor.organization_id
    if own is None or own not in {party.organization_id for party in signed}:
        raise Forbidden("Only those who signed the text in force can do this.")
    need_code(actor)
    return own


def _in_force(agreement: Agreement) -> Version:
    version = agreement.active_version
    if version is None or agreement.state not in RUNNING:
        raise Conflict("Only an agreement in force can be left.")
    return version


def _reason(text: str) -> str:
    """One line that others will read."""
    line = " ".join(text.split())
    if not line or len(line) > granting.REASON_MAX:
        detail = f"A reason of 1 to {granting.REASON_MAX} characters is needed."
        fault: FieldError = {"field": "reason", "code": "bad-reason", "detail": detail}
        raise Invalid(detail, errors=[fault])
    return line
