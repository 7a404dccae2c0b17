"""API keys: shown once, narrow, and ended at once."""

import hashlib
import ipaddress
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Invalid, NotFound
from orgs.accounts.actor import RIGHTS, SYSTEM, Right, Role
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.credentials.models import Credential
from orgs.credentials.services import create_credential, revoke_credential, verify
from orgs.members.services import change_organization
from tests.cast import acting, home_of, key_of, person_in

HERE = ipaddress.ip_address("192.0.2.7")


def test_key_is_stored_as_a_digest_only(alice: User) -> None:
    key = key_of(alice)
    credential = Credential.objects.get()
    mark, prefix, secret = key.split("_", 2)
    assert (mark, len(prefix), len(secret)) == ("accord", 12, 43)
    assert bytes(credential.digest) == hashlib.sha512(key.encode()).digest()
    row = Credential.objects.values().get()
    assert secret not in str(row)
    assert secret not in str(list(AuditEvent.objects.values()))


def test_key_acts_for_its_organization_with_its_scopes_only(alice: User) -> None:
    found = verify(key_of(alice, scopes=["read"]), address=HERE)
    assert found
    credential, actor = found
    assert actor.organization_id == home_of(alice).pk
    assert actor.credential_id == credential.pk
    assert actor.user_id is None
    assert actor.rights == {Right.READ}


def test_scopes_never_widen_when_the_row_says_more(alice: User) -> None:
    key = key_of(alice, scopes=["read"], role=Role.ANALYST)
    Credential.objects.update(scopes=["read", "keys", "members", "sign"])
    found = verify(key, address=None)
    assert found
    assert found[1].rights == {Right.READ}


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Role.ANALYST, ["keys"]),
        (Role.MANAGER, ["members"]),
        (Role.MANAGER, ["sign"]),
        (Role.MANAGER, ["everything"]),
        (Role.MANAGER, []),
    ],
)
def test_key_is_refused_when_a_scope_goes_beyond_the_role(
    alice: User, role: Role, scopes: list[str]
) -> None:
    with pytest.raises(Invalid):
        key_of(alice, role=role, scopes=scopes)


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.AUDITOR])
def test_key_is_refused_when_its_role_has_rights_its_maker_lacks(
    alice: User, role: Role
) -> None:
    if not RIGHTS[role] <= RIGHTS[Role.MANAGER]:
        with pytest.raises(Forbidden):
            key_of(alice, role=role, scopes=["read"])
    else:
        with pytest.raises(Invalid):
            key_of(alice, role=role, scopes=["read"])


def test_key_is_refused_to_analysts_strangers_and_staff(
    meadow: Organization, alice: User, bob: User, erin: User
) -> None:
    analyst = person_in(meadow, "ann", Role.ANALYST)
    for person in (analyst, bob, erin):
        with pytest.raises(Forbidden):
            create_credential(
                actor=acting(person), organization=meadow, name="x", scopes=["read"]
            )
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "accord",
        "accord__",
        "accord_\0_x",
        "accord_aaaaaaaaaaaa_" + "a" * 43,
        "bearer",
        "é_é_é",
    ],
)
def test_key_is_refused_when_nobody_has_it(db: None, key: str) -> None:
    assert verify(key, address=HERE) is None


def test_key_is_refused_when_one_letter_differs(alice: User) -> None:
    key = key_of(alice)
    changed = key[:-1] + ("a" if key[-1] != "a" else "b")
    assert verify(changed, address=HERE) is None
    assert verify(key + " ", address=HERE) is None
    assert verify(key, address=HERE)


def test_key_ends_at_its_expiry(alice: User) -> None:
    key = key_of(alice, expires_at=now() + timedelta(hours=1))
    assert verify(key, address=HERE)
    with time_machine.travel(now() + timedelta(hours=1, seconds=1)):
        assert verify(key, address=HERE) is None


def test_key_is_refused_when_it_would_expire_in_the_past(alice: User) -> None:
    with pytest.raises(Invalid):
        key_of(alice, expires_at=now())


def test_key_ends_when_revoked_and_only_by_its_own_people(
    alice: User, bob: User
) -> None:
    key = key_of(alice)
    credential = Credential.objects.get()
    with pytest.raises(NotFound):
        revoke_credential(actor=acting(bob), credential_id=credential.pk)
    assert verify(key, address=HERE)
    revoke_credential(actor=acting(alice), credential_id=credential.pk)
    assert verify(key, address=HERE) is None
    first = Credential.objects.get().revoked_at
    revoke_credential(actor=acting(alice), credential_id=credential.pk)
    assert Credential.objects.get().revoked_at == first


def test_key_ends_when_its_organization_is_made_inactive(
    alice: User, meadow: Organization
) -> None:
    key = key_of(alice)
    change_organization(
        actor=SYSTEM,
        organization_id=meadow.pk,
        name=meadow.name,
        kind=meadow.kind,
        jurisdiction=meadow.jurisdiction,
        is_government=False,
        is_active=False,
    )
    assert verify(key, address=HERE) is None


@pytest.mark.parametrize(
    ("allowed", "address", "accepted"),
    [
        ([], None, True),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.0/24"], "192.0.2.200", True),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::5", True),
        (["192.0.2.0/24"], "192.0.3.1", False),
        (["192.0.2.0/24"], "2001:db8::5", False),
        (["192.0.2.0/24"], None, False),
    ],
)
def test_key_works_only_from_its_addresses(
    alice: User, allowed: list[str], address: str | None, accepted: bool
) -> None:
    key = key_of(alice, addresses=allowed)
    where = ipaddress.ip_address(address) if address else None
    assert bool(verify(key, address=where)) is accepted


@pytest.mark.parametrize("address", ["192.0.2.1/24", "nowhere", "192.0.2.0/33"])
def test_key_is_refused_when_an_address_is_unreadable(
    alice: User, address: str
) -> None:
    with pytest.raises(Invalid):
        key_of(alice, addresses=[address])


def test_last_use_is_written_once_a_minute(alice: User) -> None:
    key = key_of(alice)
    with time_machine.travel(now() + timedelta(minutes=5), tick=False) as clock:
        verify(key, address=HERE)
        first = Credential.objects.get().last_used_at
        assert first == now()
        clock.shift(timedelta(seconds=30))
        with CaptureQueriesContext(connection) as queries:
            verify(key, address=HERE)
        assert len(queries) == 1  # the look-up, no write
        assert Credential.objects.get().last_used_at == first
        clock.shift(timedelta(seconds=31))
        verify(key, address=HERE)
        assert Credential.objects.get().last_used_at == now()
