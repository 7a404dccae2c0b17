"""Accounts as hub staff see them."""

from django.db import transaction

from hub.lib.errors import Conflict
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.accounts.rights import need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb


@transaction.atomic
def create_staff(*, actor: Actor, email: str, name: str) -> User:
    """An account of hub staff, without a password until a link has set one."""
    need_staff(actor)
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise Conflict("This address has an account already.")
    user = User.objects.create_user(email.strip(), name=name.strip(), is_staff=True)
    audit.record(actor=actor, verb=Verb.ACCOUNT_CREATE, subject=user, is_staff=True)
    return user


@transaction.atomic
def change_person(
    *, actor: Actor, user_id: int, name: str, is_active: bool, is_staff: bool
) -> User:
    """Inactive people are signed out and see nothing from the next request on."""
    need_staff(actor)
    user = User.objects.select_for_update().get(pk=user_id)
    if user.pk == actor.user_id and not (is_active and is_staff):
        raise Conflict("You cannot take your own access away.")
    user.name, user.is_active, user.is_staff = name.strip(), is_active, is_staff
    user.save(update_fields=["name", "is_active", "is_staff"])
    audit.record(
        actor=actor,
        verb=Verb.ACCOUNT_CHANGE,
        subject=user,
        is_active=is_active,
        is_staff=is_staff,
    )
    return user
