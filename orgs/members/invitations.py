"""Invitations: a link by e-mail, used once, within a week."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from orgs.accounts import letters
from orgs.accounts.actor import Actor, Role
from orgs.accounts.models import Organization, User
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.members.models import Invitation, Membership
from orgs.members.selectors import actor_for
from orgs.members.services import join, may_appoint, may_let_in, may_manage

VALID_FOR = timedelta(days=7)
OPEN_AT_ONCE = 100  # per organization
SECRET_BYTES = 32  # written in hexadecimal: log lines leave long hexadecimal words out


@transaction.atomic
def invite(
    *, actor: Actor, organization: Organization, email: str, role: Role
) -> tuple[Invitation, str]:
    """Invite somebody and send the link after the commit; an older link ends.

    The link proves that its reader owns the address: show it to nobody else.
    """
    may_manage(actor, organization.pk)
    may_appoint(actor, role)
    may_let_in(actor, role, organization.pk)
    address = _address(email)
    open_ = Invitation.objects.filter(organization=organization, accepted_at=None)
    open_.filter(email=address).delete()
    if open_.filter(expires_at__gt=now()).count() >= OPEN_AT_ONCE:
        raise Conflict("Too many invitations are open.")
    if organization.memberships.filter(user__email=address).exists():
        raise Conflict("This person belongs to the organization already.")
    secret = secrets.token_hex(SECRET_BYTES)
    invitation = Invitation.objects.create(
        organization=organization,
        email=address,
        role=role,
        secret_digest=_digest(secret),
        invited_by_id=actor.user_id,
        created_at=now(),
        expires_at=now() + VALID_FOR,
    )
    audit.record(
        actor=actor,
        verb=Verb.INVITATION_CREATE,
        subject=invitation,
        organization_id=organization.pk,
        role=role,
    )
    link = letters.link(reverse("invitation", args=[invitation.pk, secret]))
    transaction.on_commit(lambda: _send(invitation, link), robust=True)
    return invitation, link


@transaction.atomic
def withdraw_invitation(*, actor: Actor, invitation_id: UUID) -> None:
    found = Invitation.objects.select_for_update().filter(
        pk=invitation_id, accepted_at=None
    )
    invitation = found.first()
    if invitation is None:
        raise NotFound
    try:
        may_manage(actor, invitation.organization_id)
    except Forbidden:
        if invitation.organization_id == actor.organization_id:
            raise
        raise NotFound from None
    audit.record(
        actor=actor,
        verb=Verb.INVITATION_WITHDRAW,
        subject=invitation,
        organization_id=invitation.organization_id,
    )
    invitation.delete()


def open_invitation(invitation_id: UUID, secret: str) -> Invitation:
    """The invitation behind a link, if it can be accepted now."""
    return _checked(Invitation.objects.filter(pk=invitation_id).first(), secret)


def account_of(invitation: Invitation) -> User | None:
    """The account that has the invited address already."""
    return User.objects.filter(email__iexact=invitation.email).first()


@transaction.atomic
def accept_invitation(
    *,
    invitation_id: UUID,
    secret: str,
    user: User | None = None,
    name: str = "",
    password: str = "",
) -> Membership:
    """Join the organization: as `user`, who is signed in, or with a new account.

    An account that never had a password (a hub's first staff) gets its first one here.
    """
    locked = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation_id)
    invitation = _checked(locked.first(), secret)
    person = user or _new_account(invitation, name, password)
    if person.email.lower() != invitation.email.lower():
        raise Forbidden("This invitation was sent to another e-mail address.")
    actor = Actor(organization_id=invitation.organization_id, user_id=person.pk)
    membership = join(
        actor=actor,
        organization=invitation.organization,
        user=person,
        role=Role(invitation.role),
    )
    invitation.accepted_at = now()
    invitation.save(update_fields=["accepted_at"])
    audit.record(actor=actor, verb=Verb.INVITATION_ACCEPT, subject=invitation)
    return membership


def _checked(invitation: Invitation | None, secret: str) -> Invitation:
    if invitation is None or not hmac.compare_digest(
        _digest(secret), bytes(invitation.secret_digest)
    ):
        raise NotFound("This link leads nowhere. Ask for a new invitation.")
    if (
        invitation.accepted_at is not None
        or invitation.expires_at <= now()
        or not invitation.organization.is_active
        or not _still_meant(invitation)
    ):
        raise Gone("This invitation was used or has expired. Ask for a new one.")
    return invitation


def _still_meant(invitation: Invitation) -> bool:
    """Whether whoever invited could do so now: they may have left, or a manager come."""
    inviter = invitation.invited_by
    if inviter is None:  # the hub itself
        return True
    actor = actor_for(inviter, invitation.organization_id)
    try:
        may_let_in(actor, Role(invitation.role), invitation.organization_id)
    except Forbidden:
        return False
    return True


def _new_account(invitation: Invitation, name: str, password: str) -> User:
    known = account_of(invitation)
    if known is not None and (known.has_usable_password() or not known.is_active):
        raise Forbidden("Sign in first: this address has an account.", code="sign-in")
    person = known or User(email=invitation.email, name=name.strip())
    if not person.name:
        raise Invalid("A name is needed.", code="no-name")
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="weak-password") from error
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise Conflict("This address has just got an account.") from error
    return person


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid("Not an e-mail address.", code="bad-email") from error
    return address


def _digest(secret: str) -> bytes:
    return hashlib.sha512(secret.encode()).digest()


def _send(invitation: Invitation, link: str) -> None:
    letters.send(
        invitation.email,
        "orgs/members/mail/invitation.txt",
        invitation=invitation,
        link=link,
    )
