"""Fetching is checking: what an actor may see, and one thing it may do something to."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, QuerySet
from guardian.shortcuts import get_objects_for_group

from hub.lib.clock import now
from hub.lib.errors import Forbidden, NotFound
from orgs.access.permissions import NEEDS, Permission
from orgs.accounts.actor import Actor
from orgs.accounts.rights import need
from orgs.credentials.models import Credential
from orgs.members.models import Membership, RoleGroup

M = TypeVar("M", bound=Model)


def visible(actor: Actor, model: type[M]) -> QuerySet[M]:
    """Everything of `model` that the actor's role in its organization may view."""
    return _allowed(_group(actor), model, _viewing(model))


def require(actor: Actor, permission: Permission, model: type[M], pk: object) -> M:
    """The thing with this id: NotFound if invisible, Forbidden if the right is lacking."""
    group, viewing = _group(actor), _viewing(model)
    try:
        found = _allowed(group, model, viewing).filter(pk=pk).first()
    except (ValueError, ValidationError):  # not an id of this model at all
        found = None
    if found is None:
        raise NotFound
    if permission != viewing and not (
        _allowed(group, model, permission).filter(pk=found.pk).exists()
    ):
        raise Forbidden
    if permission in NEEDS:
        need(actor, NEEDS[permission])
    return found


def _viewing(model: type[Model]) -> Permission:
    name = model._meta.model_name  # noqa: SLF001 - Django's documented way
    return Permission(f"view_{name}")


def _allowed(
    group: RoleGroup | None, model: type[M], permission: Permission
) -> QuerySet[M]:
    if group is None:
        return model._default_manager.none()  # noqa: SLF001 - Django's documented way
    # "Any" of this one: guardian then joins, instead of fetching the ids of them all.
    allowed: QuerySet[M] = get_objects_for_group(
        group.group,
        str(permission),
        klass=model,
        any_perm=True,
        accept_global_perms=False,
    )
    return allowed


def _group(actor: Actor) -> RoleGroup | None:
    """The Group of the actor's role, as long as everybody involved is still active.

    guardian would list things for inactive people too.
    """
    if actor.organization_id is None or actor.role is None:
        return None
    groups = RoleGroup.objects.filter(
        organization_id=actor.organization_id,
        role=actor.role,
        organization__is_active=True,
    )
    if actor.user_id is not None:
        member = Membership.objects.filter(
            organization_id=OuterRef("organization_id"),
            role=OuterRef("role"),
            user_id=actor.user_id,
            user__is_active=True,
        )
        groups = groups.filter(Exists(member))
    if actor.credential_id is not None:
        key = Credential.objects.filter(
            organization_id=OuterRef("organization_id"),
            role=OuterRef("role"),
            pk=actor.credential_id,
            revoked_at__isnull=True,
        ).exclude(expires_at__lte=now())
        groups = groups.filter(Exists(key))
    return groups.select_related("group").first()
