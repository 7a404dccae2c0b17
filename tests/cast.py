"""The cast, made through the services: five organizations, their people, hub staff.

alice (Meadow, platform, contributes), frank (Sentry, vendor, covered), bob (Harbour,
bank, covered), dana (Liaison, government, a clause of its own), carol (Northline,
telecom, no agreement), erin (hub staff). Each organization also has a signatory.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pyotp
import pytest
from django.test import Client

from hub.lib.clock import now
from orgs.accounts import second_factor
from orgs.accounts.actor import SCOPES, SYSTEM, Actor, Role
from orgs.accounts.models import Organization, SecondFactor, User
from orgs.credentials.services import create_credential
from orgs.members import selectors
from orgs.members.services import add_member, create_organization

PASSWORD = "correct horse battery staple"

MEMBERS = {
    "meadow": ("Meadow Social", "platform", "US"),
    "sentry": ("Sentry Security", "security_vendor", "GB"),
    "harbour": ("Harbour Bank", "bank", "GB"),
    "liaison": ("Liaison Office", "law_enforcement", "DE"),
    "northline": ("Northline Telecom", "telecom", "FR"),
}


def organization(slug: str) -> Organization:
    """The organization of the cast with this slug, made when first asked for."""
    found = Organization.objects.filter(slug=slug).first()
    if found:
        return found
    name, kind, jurisdiction = MEMBERS[slug]
    return create_organization(
        actor=SYSTEM,
        slug=slug,
        name=name,
        kind=kind,
        jurisdiction=jurisdiction,
        is_government=kind == "law_enforcement",
        vouched=True,
    )


def person_in(
    member: Organization, name: str, role: Role = Role.MANAGER, *, email: str = ""
) -> User:
    """Somebody new in an organization."""
    user = User.objects.create_user(
        email or f"{name.lower()}@{member.slug}.example", PASSWORD, name=name.title()
    )
    add_member(actor=SYSTEM, organization=member, user=user, role=role)
    return user


def signatory_of(member: Organization, name: str) -> User:
    """Who signs for an organization, made when first asked for."""
    found = User.objects.filter(email=f"{name}@{member.slug}.example").first()
    return found or person_in(member, name, Role.SIGNATORY)


def acting(person: User, *, second_factor: bool = True) -> Actor:
    """The person, acting for their only organization; who signs gave a code just now."""
    actor = selectors.actor_for(person, None)
    signs = actor.is_staff or actor.role == Role.SIGNATORY
    return replace(actor, second_factor=signs and second_factor)


def home_of(person: User) -> Organization:
    return selectors.memberships_of(person).get().organization


def key_of(
    person: User,
    *,
    scopes: Iterable[str] = SCOPES,
    role: Role = Role.MANAGER,
    expires_at: datetime | None = None,
    addresses: Iterable[str] = (),
) -> str:
    """A new API key of the person's organization, in the clear."""
    _, key = create_credential(
        actor=acting(person),
        organization=home_of(person),
        name="test",
        role=role,
        scopes=scopes,
        expires_at=expires_at,
        addresses=addresses,
    )
    return key


def browser_of(person: User) -> Client:
    """A test client, signed in."""
    client = Client()
    client.force_login(person)
    return client


def authenticator_of(person: User) -> pyotp.TOTP:
    """A second factor in force for the person; `.now()` is a code that is good once."""
    secret = second_factor.begin(person).secret
    SecondFactor.objects.filter(user=person).update(confirmed_at=now())
    return pyotp.TOTP(secret)


@pytest.fixture
def meadow(founded: None) -> Organization:
    return organization("meadow")


@pytest.fixture
def sentry(founded: None) -> Organization:
    return organization("sentry")


@pytest.fixture
def harbour(founded: None) -> Organization:
    return organization("harbour")


@pytest.fixture
def liaison(founded: None) -> Organization:
    return organization("liaison")


@pytest.fixture
def northline(founded: None) -> Organization:
    return organization("northline")


@pytest.fixture
def alice(meadow: Organization) -> User:
    return person_in(meadow, "alice")


@pytest.fixture
def frank(sentry: Organization) -> User:
    return person_in(sentry, "frank")


@pytest.fixture
def bob(harbour: Organization) -> User:
    return person_in(harbour, "bob")


@pytest.fixture
def dana(liaison: Organization) -> User:
    return person_in(liaison, "dana")


@pytest.fixture
def carol(northline: Organization) -> User:
    return person_in(northline, "carol")


@pytest.fixture
def erin(db: None) -> User:
    return User.objects.create_user(
        "erin@accord.example", PASSWORD, name="Erin", is_staff=True
    )


@pytest.fixture
def alice_signs(meadow: Organization) -> User:
    return signatory_of(meadow, "alice-signs")


@pytest.fixture
def frank_signs(sentry: Organization) -> User:
    return signatory_of(sentry, "frank-signs")


@pytest.fixture
def bob_signs(harbour: Organization) -> User:
    return signatory_of(harbour, "bob-signs")


@pytest.fixture
def dana_signs(liaison: Organization) -> User:
    return signatory_of(liaison, "dana-signs")


@pytest.fixture
def carol_signs(northline: Organization) -> User:
    return signatory_of(northline, "carol-signs")
