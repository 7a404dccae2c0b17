"""The beginning of a real hub: its first staff account and its first organization."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.text import slugify

from hub.lib.errors import Conflict
from orgs.accounts.actor import SYSTEM, Actor, Role
from orgs.accounts.models import Organization, User
from orgs.accounts.passwords import link_for
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.members.invitations import invite
from orgs.members.people import create_staff
from orgs.members.services import create_organization

_LOCK = 0x6163636F  # any number, the same for all: two bootstraps at once are one


@dataclass(frozen=True, slots=True)
class Beginning:
    staff: User
    organization: Organization
    invitation_link: str  # for the organization's first manager
    password_link: str | None  # for the staff, where the manager is somebody else


@transaction.atomic
def bootstrap(
    *,
    email: str,
    name: str,
    organization: str,
    kind: str,
    jurisdiction: str,
    is_government: bool = False,
    manager: str = "",
    another: bool = False,
) -> Beginning:
    """Make the hub's first staff account and organization, and invite its manager.

    Whoever runs this has the server already; `another` is for staff who lost access.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if not another and User.objects.filter(is_staff=True).exists():
        raise Conflict("This hub has staff already; --another makes one more account.")
    staff = create_staff(actor=SYSTEM, email=email, name=name)
    actor = Actor(user_id=staff.pk, is_staff=True)
    member = Organization.objects.filter(name=organization.strip()).first()
    if member is None:
        member = create_organization(
            actor=actor,
            slug=slugify(organization)[:60],
            name=organization,
            kind=kind,
            jurisdiction=jurisdiction,
            is_government=is_government,
        )
    invited = manager or staff.email
    # As the hub itself: of an organization that has managers, staff may not invite more.
    _, link = invite(
        actor=SYSTEM, organization=member, email=invited, role=Role.MANAGER
    )
    audit.record(actor=actor, verb=Verb.HUB_BOOTSTRAP, subject=staff, another=another)
    own = invited.strip().lower() == staff.email
    return Beginning(staff, member, link, None if own else link_for(staff))
