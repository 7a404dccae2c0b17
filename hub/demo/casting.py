"""How the cast comes to be: through the same services as anybody."""

from hub.demo.cast import AGREEMENT, CAST, STAFF, Member
from hub.demo.keychain import Keychain
from orgs.accounts.actor import SCOPES, SYSTEM, Actor, Role
from orgs.accounts.models import Organization, User
from orgs.credentials import services as credentials
from orgs.members import selectors as membership
from orgs.members import services as members
from sharing.agreements import services as agreements
from sharing.agreements.models import Agreement

KEY_NAME = "demo"


def create(keychain: Keychain) -> None:
    """Make what is missing; a second call changes nothing."""
    staff = Actor(user_id=_person(keychain, STAFF, is_staff=True).pk, is_staff=True)
    for member in CAST:
        organization = _organization(member)
        person = _person(keychain, member.email)
        signatory = _person(keychain, member.signatory)
        _join(staff, organization, person, Role.MANAGER)
        _join(staff, organization, signatory, Role.SIGNATORY)
        _key(keychain, organization, person)
    keychain.save()
    if not Agreement.objects.exists():
        agreements.apply_file(AGREEMENT, actor=SYSTEM)


def _organization(member: Member) -> Organization:
    """Made and vouched for by the hub itself: the demo's staff have no second factor."""
    found = Organization.objects.filter(slug=member.slug).first()
    return found or members.create_organization(
        actor=SYSTEM,
        slug=member.slug,
        name=member.name,
        kind=member.kind,
        jurisdiction=member.jurisdiction,
        is_government=member.is_government,
        vouched=True,
    )


def _person(keychain: Keychain, email: str, *, is_staff: bool = False) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        name = email.partition("@")[0].replace("-", " ").title()
        password = keychain.new_password(email)
        return User.objects.create_user(email, password, name=name, is_staff=is_staff)
    if email not in keychain.passwords:  # the file was lost
        user.set_password(keychain.new_password(email))
        user.save(update_fields=["password"])
    return user


def _join(staff: Actor, organization: Organization, user: User, role: Role) -> None:
    if not organization.memberships.filter(user=user).exists():
        members.add_member(actor=staff, organization=organization, user=user, role=role)


def _key(keychain: Keychain, organization: Organization, person: User) -> None:
    """A key that works, made by the organization's own manager."""
    known = keychain.keys.get(organization.slug)
    if known and credentials.verify(known, address=None) is not None:
        return
    actor = membership.actor_for(person, organization.pk)
    _, keychain.keys[organization.slug] = credentials.create_credential(
        actor=actor, organization=organization, name=KEY_NAME, scopes=SCOPES
    )
