"""How far an organization is on its way in, as far as people and keys tell: for hub staff."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.accounts.actor import Actor, Role
from orgs.accounts.models import Organization
from orgs.accounts.rights import need_staff
from orgs.credentials.selectors import credentials_of
from orgs.members.models import Invitation
from orgs.members.selectors import invitations_of, people_of

LISTED = 100


@dataclass(frozen=True, slots=True)
class Post:
    """A role that somebody must have: who has it, and who is asked to take it."""

    joined: tuple[str, ...] = ()  # e-mail addresses
    invited: tuple[str, ...] = ()
    ready: bool = (
        False  # of a signatory: with a second factor, without which nobody signs
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    organization: Organization
    manager: Post
    signatory: Post
    keys: int  # API keys in force


def arrival(actor: Actor, organization_id: UUID) -> Arrival:
    """One organization, for staff; nobody else finds it here."""
    need_staff(actor)
    found = Organization.objects.filter(pk=organization_id).first()
    if found is None:
        raise NotFound("There is no such organization.")
    in_force = Q(expires_at=None) | Q(expires_at__gt=now())
    keys = credentials_of(found.pk).filter(in_force, revoked_at=None)
    return Arrival(
        found, _post(found, Role.MANAGER), _post(found, Role.SIGNATORY), keys.count()
    )


def organizations(
    actor: Actor, *, after: str = "", search: str = ""
) -> list[Organization]:
    """By name, LISTED at a time, from the name on that was seen last."""
    need_staff(actor)
    rows = Organization.objects.filter(name__gt=after).order_by("name")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(slug__icontains=search))
    return list(rows[:LISTED])


def invitations(organization_id: UUID) -> list[Invitation]:
    """Of managers and signatories, who are invited by staff."""
    roles = (Role.MANAGER, Role.SIGNATORY)
    return list(invitations_of(organization_id).filter(role__in=roles))


def _post(organization: Organization, role: Role) -> Post:
    people = people_of(organization.pk).filter(role=role, user__is_active=True)
    waiting = invitations_of(organization.pk).filter(role=role)
    return Post(
        tuple(people.values_list("user__email", flat=True)),
        tuple(waiting.values_list("email", flat=True)),
        people.filter(user__second_factor__confirmed_at__isnull=False).exists(),
    )
