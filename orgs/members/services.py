"""Organizations and the people in them."""

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.accounts.actor import RIGHTS, Actor, Right, Role
from orgs.accounts.models import Organization, User
from orgs.accounts.rights import is_hub, need_at, need_code, need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.members.models import Membership, RoleGroup
from orgs.members.selectors import belongs

# A manager may appoint these; who signs for an organization is for hub staff to know.
APPOINTED = frozenset({Role.ANALYST, Role.MANAGER, Role.AUDITOR})


@transaction.atomic
def create_organization(
    *,
    actor: Actor,
    slug: str,
    name: str,
    kind: str,
    jurisdiction: str,
    is_government: bool = False,
    listed: bool = True,
    vouched: bool = False,
) -> Organization:
    """A new member of the hub, with the Group of each role.

    Of a member that is not vouched for, the first lines wait for hub staff.
    """
    need_staff(actor)
    organization = Organization(
        slug=slug,
        name=name.strip(),
        jurisdiction=jurisdiction.upper(),
        is_government=is_government,
        listed=listed,
    )
    _describe(organization, kind=kind, jurisdiction=jurisdiction)
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("An organization has this name already.") from error
    for role in Role:
        group = Group.objects.create(name=f"{organization.pk}:{role}")
        RoleGroup.objects.create(organization=organization, role=role, group=group)
    audit.record(
        actor=actor,
        verb=Verb.ORGANIZATION_CREATE,
        subject=organization,
        organization_id=organization.pk,
        is_government=is_government,
    )
    if vouched:
        _vouch(actor, organization, vouched=True)
    return organization


@transaction.atomic
def change_organization(
    *,
    actor: Actor,
    organization_id: UUID,
    name: str,
    kind: str,
    jurisdiction: str,
    is_government: bool,
    is_active: bool,
    listed: bool | None = None,
) -> Organization:
    """Change what hub staff know about a member; inactive ones see nothing at once."""
    need_staff(actor)
    organization = Organization.objects.select_for_update().get(pk=organization_id)
    organization.name = name.strip()
    organization.is_government = is_government
    organization.is_active = is_active
    organization.listed = organization.listed if listed is None else listed
    _describe(organization, kind=kind, jurisdiction=jurisdiction)
    try:
        with transaction.atomic():
            organization.save()
    except IntegrityError as error:
        raise Conflict("An organization has this name already.") from error
    audit.record(
        actor=actor,
        verb=Verb.ORGANIZATION_CHANGE,
        subject=organization,
        organization_id=organization.pk,
        kind=organization.kind,
        is_government=is_government,
        is_active=is_active,
        listed=organization.listed,
    )
    return organization


@transaction.atomic
def vouch(*, actor: Actor, slug: str, vouched: bool = True) -> Organization:
    """Hub staff stand for a member, or no longer: its first lines wait, or do not."""
    need_staff(actor)
    organization = Organization.objects.select_for_update().filter(slug=slug).first()
    if organization is None:
        raise NotFound("No organization is called so.")
    _vouch(actor, organization, vouched=vouched)
    return organization


def _vouch(actor: Actor, organization: Organization, *, vouched: bool) -> None:
    """Nobody vouches for an organization of their own, or without a code.

    Taking back is open to all staff.
    """
    if organization.vouched == vouched:
        return
    if vouched and belongs(actor.user_id, organization.pk):
        raise Forbidden(
            "You belong to this organization: somebody else vouches for it."
        )
    if vouched:
        need_code(actor)
    organization.vouched = vouched
    organization.save(update_fields=["vouched"])
    audit.record(
        actor=actor,
        verb=Verb.ORGANIZATION_VOUCH if vouched else Verb.ORGANIZATION_UNVOUCH,
        subject=organization,
        organization_id=organization.pk,
    )


@transaction.atomic
def add_member(
    *, actor: Actor, organization: Organization, user: User, role: Role
) -> Membership:
    """Put a person into an organization without an invitation: staff only."""
    need_staff(actor)
    return join(actor=actor, organization=organization, user=user, role=role)


def join(
    *, actor: Actor, organization: Organization, user: User, role: Role
) -> Membership:
    """The membership itself; the caller has checked that it may come to be."""
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                organization=organization, user=user, role=role, created_at=now()
            )
    except IntegrityError as error:
        raise Conflict("This person belongs to the organization already.") from error
    audit.record(
        actor=actor,
        verb=Verb.MEMBER_ADD,
        subject=user,
        organization_id=organization.pk,
        role=role,
    )
    return membership


@transaction.atomic
def change_role(*, actor: Actor, membership_id: int, role: Role) -> Membership:
    membership = _lock(actor, membership_id)
    before = Role(membership.role)
    may_appoint(actor, before)
    may_appoint(actor, role)
    if not RIGHTS[role] <= RIGHTS[before]:
        may_let_in(actor, role, membership.organization_id)
    if role != Role.MANAGER:
        _keep_a_manager(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    audit.record(
        actor=actor,
        verb=Verb.MEMBER_CHANGE,
        subject=membership.user_id,
        organization_id=membership.organization_id,
        role=role,
    )
    return membership


@transaction.atomic
def remove_member(*, actor: Actor, membership_id: int) -> None:
    membership = _lock(actor, membership_id)
    may_appoint(actor, Role(membership.role))
    _keep_a_manager(membership)
    audit.record(
        actor=actor,
        verb=Verb.MEMBER_REMOVE,
        subject=membership.user_id,
        organization_id=membership.organization_id,
        role=membership.role,
    )
    membership.delete()


def may_appoint(actor: Actor, role: Role) -> None:
    if role not in APPOINTED:
        try:
            need_staff(actor)
        except Forbidden:
            message = "Hub staff name the signatories of an organization."
            raise Forbidden(message) from None


def may_let_in(actor: Actor, role: Role, organization_id: UUID) -> None:
    """Who reads for an organization is for its managers to say, as soon as it has one.

    Hub staff bring in the first; otherwise they could let themselves read everything.
    """
    if is_hub(actor) or Right.READ not in RIGHTS[role]:
        return
    try:
        need_at(actor, Right.MEMBERS, organization_id)
    except Forbidden:
        if _managers(organization_id).exists():
            message = "The organization's own managers decide who reads for it."
            raise Forbidden(message) from None


def may_manage(actor: Actor, organization_id: UUID) -> None:
    """Staff, or a person with the right over people in just this organization."""
    try:
        need_staff(actor)
    except Forbidden:
        need_at(actor, Right.MEMBERS, organization_id)


def _lock(actor: Actor, membership_id: int) -> Membership:
    """The membership, locked with its whole organization: the last manager stays."""
    membership = Membership.objects.filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    try:
        may_manage(actor, membership.organization_id)
    except Forbidden:
        if membership.organization_id == actor.organization_id:
            raise
        raise NotFound from None
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    membership.refresh_from_db()
    return membership


def _managers(organization_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(
        organization_id=organization_id, role=Role.MANAGER, user__is_active=True
    )


def _keep_a_manager(membership: Membership) -> None:
    others = _managers(membership.organization_id).exclude(pk=membership.pk)
    if membership.role == Role.MANAGER and not others.exists():
        raise Conflict("An organization keeps at least one manager.")


def _describe(organization: Organization, *, kind: str, jurisdiction: str) -> None:
    if kind not in Organization.Kind.values:
        raise Invalid("Not a kind of organization the hub knows.", code="bad-kind")
    code = jurisdiction.strip().upper()
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise Invalid(
            "A jurisdiction is a two-letter country code.", code="bad-jurisdiction"
        )
    organization.kind = kind
    organization.jurisdiction = code
