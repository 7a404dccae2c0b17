"""Who belongs where, and for whom a person acts now."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from hub.lib.clock import now
from hub.lib.errors import Forbidden
from orgs.accounts.actor import RIGHTS, Actor, Role
from orgs.accounts.models import Organization, User
from orgs.members.models import Invitation, Membership, RoleGroup

ACTING = "acting"  # the session's word for the chosen organization


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The memberships of an active person in active organizations."""
    if not isinstance(user, User) or not user.is_active:
        return Membership.objects.none()
    own = Membership.objects.filter(user=user, organization__is_active=True)
    return own.select_related("organization").order_by("organization__name")


def actor_for(user: User | AnonymousUser, organization_id: UUID | None) -> Actor:
    """The person acting for the chosen organization; a single one needs no choice."""
    if not isinstance(user, User) or not user.is_active:
        return Actor()
    own = list(memberships_of(user))
    chosen = [each for each in own if each.organization_id == organization_id]
    if not chosen and len(own) == 1:
        chosen = own
    if not chosen:
        return Actor(user_id=user.pk, is_staff=user.is_staff)
    role = Role(chosen[0].role)
    return Actor(
        organization_id=chosen[0].organization_id,
        role=role,
        rights=RIGHTS[role],
        user_id=user.pk,
        is_staff=user.is_staff,
    )


def belongs(user_id: int | None, organization_id: UUID) -> bool:
    """Whether the person is a member there, whoever they act for just now."""
    if user_id is None:
        return False
    own = Membership.objects.filter(organization_id=organization_id, user_id=user_id)
    return own.exists()


def groups(organization_ids: Iterable[UUID]) -> dict[tuple[UUID, Role], int]:
    """The Groups of the roles in these organizations."""
    found = RoleGroup.objects.filter(organization__in=list(organization_ids))
    rows = found.values_list("organization_id", "role", "group_id")
    return {(pk, Role(role)): group for pk, role, group in rows}


def organization_ids() -> list[UUID]:
    """Everybody, for work that goes from one organization's rows to the next one's."""
    return list(Organization.objects.order_by("pk").values_list("pk", flat=True))


def organization_of(actor: Actor) -> Organization:
    """The organization the actor acts for."""
    if actor.organization_id is None:
        raise Forbidden("Choose the organization you act for first.")
    return Organization.objects.get(pk=actor.organization_id)


def people_of(organization_id: UUID) -> QuerySet[Membership]:
    """Everybody in one organization, by name."""
    people = Membership.objects.filter(organization_id=organization_id)
    return people.select_related("user").order_by("user__name", "pk")


def invitations_of(organization_id: UUID) -> QuerySet[Invitation]:
    """Invitations that can still be accepted."""
    open_ = Invitation.objects.filter(
        organization_id=organization_id,
        accepted_at__isnull=True,
        expires_at__gt=now(),
    )
    return open_.order_by("created_at")


def names_of(organization_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these organizations."""
    found = Organization.objects.filter(pk__in=list(organization_ids))
    return dict(found.values_list("pk", "name"))
