"""What people do with their second factor, on record; the codes are in orgs.accounts."""

from django.db import transaction

from hub.lib.errors import Forbidden, NotFound
from orgs.accounts import attempts, second_factor
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.accounts.rights import is_hub
from orgs.accounts.second_factor import Enrolment
from orgs.audit import services as audit
from orgs.audit.verbs import Verb

PASSWORD_AGAIN = "password-again"  # noqa: S105 - the name of what is counted


def begin(*, actor: Actor, password: str) -> Enrolment:
    """A secret for the actor's authenticator; it counts once `confirm` had a code of it."""
    user = _self(actor)
    _check_password(user, password)
    return second_factor.begin(user)


@transaction.atomic
def confirm(*, actor: Actor, code: str) -> list[str]:
    """Put the begun factor in force; returns the recovery codes, which nobody sees again."""
    user = _self(actor)
    codes = second_factor.confirm(user, code)
    audit.record(actor=actor, verb=Verb.SECOND_FACTOR_ADD, subject=user)
    return codes


@transaction.atomic
def renew_recovery_codes(*, actor: Actor, code: str) -> list[str]:
    """Ten new recovery codes for a code of the authenticator; the old ones end."""
    user = _self(actor)
    second_factor.verify(user, code)
    codes = second_factor.renew_recovery_codes(user)
    audit.record(actor=actor, verb=Verb.RECOVERY_CODES_RENEW, subject=user)
    return codes


@transaction.atomic
def remove(*, actor: Actor, password: str, code: str) -> None:
    """Go back to the password alone: takes the password and a code, also a recovery one."""
    user = _self(actor)
    _check_password(user, password)
    second_factor.verify_any(user, code)
    second_factor.remove(user)
    audit.record(actor=actor, verb=Verb.SECOND_FACTOR_REMOVE, subject=user)


@transaction.atomic
def pass_sign_in(*, user: User, code: str) -> None:
    """The second step of signing in: a code, or a recovery code, which is put on record."""
    if second_factor.verify_any(user, code):
        actor = Actor(user_id=user.pk, is_staff=user.is_staff)
        audit.record(actor=actor, verb=Verb.RECOVERY_CODE_USE, subject=user)


@transaction.atomic
def reset(*, actor: Actor, email: str) -> User:
    """Drop the factor of somebody who lost everything: on the hub's command line only."""
    if not is_hub(actor):
        raise Forbidden("Second factors are reset on the hub's command line.")
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None or not second_factor.remove(user):
        raise NotFound("Nobody with this address has a second factor.")
    audit.record(actor=actor, verb=Verb.SECOND_FACTOR_RESET, subject=user)
    return user


def _self(actor: Actor) -> User:
    """The person who acts; nobody changes the factor of somebody else."""
    pk = actor.user_id
    user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    if user is None:
        raise Forbidden("Only people have a second factor.")
    return user


def _check_password(user: User, password: str) -> None:
    attempts.count_person(PASSWORD_AGAIN, user.email)
    if not user.check_password(password):
        raise Forbidden("This is not your password.", code="password")
    attempts.forget(PASSWORD_AGAIN, None, user.email)
