"""`./run manage bootstrap`: how a real hub begins."""

import re
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from orgs.accounts.actor import Role
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.members.invitations import accept_invitation
from tests.cast import PASSWORD, acting


def bootstrap(*more: str, email: str = "erin@accord.example") -> str:
    out = StringIO()
    call_command(
        "bootstrap",
        f"--email={email}",
        "--name=Erin",
        "--organization=Meadow Social",
        "--kind=platform",
        "--jurisdiction=us",
        *more,
        stdout=out,
    )
    return out.getvalue()


def test_bootstrap_makes_staff_who_join_the_first_organization(db: None) -> None:
    printed = bootstrap()
    found = re.search(r"/invitations/([0-9a-f-]{36})/([0-9a-f]{64})", printed)
    assert found
    erin = User.objects.get()
    assert erin.is_staff
    assert not erin.is_superuser
    assert not erin.has_usable_password()
    accept_invitation(invitation_id=UUID(found[1]), secret=found[2], password=PASSWORD)
    erin.refresh_from_db()
    assert (erin.name, erin.check_password(PASSWORD)) == ("Erin", True)
    assert acting(erin).role == Role.MANAGER
    assert Organization.objects.get().slug == "meadow-social"
    assert AuditEvent.objects.filter(verb="onboarding:hub:bootstrap").exists()


def test_bootstrap_keeps_staff_and_manager_apart_when_asked(db: None) -> None:
    printed = bootstrap("--manager=alice@meadow.example", "--government")
    assert "/invitations/" in printed
    assert "/password-reset/" in printed
    assert Organization.objects.get().is_government


def test_bootstrap_is_refused_when_the_hub_has_staff(db: None) -> None:
    bootstrap()
    with pytest.raises(CommandError, match="another"):
        bootstrap(email="second@accord.example")
    assert User.objects.count() == 1
    bootstrap("--another", email="second@accord.example")
    assert User.objects.filter(is_staff=True).count() == 2
    assert Organization.objects.count() == 1


def test_bootstrap_leaves_nothing_when_it_fails(db: None) -> None:
    with pytest.raises(CommandError):
        bootstrap("--jurisdiction=nowhere")
    assert not User.objects.exists()
    assert not Organization.objects.exists()
