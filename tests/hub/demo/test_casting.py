"""The cast comes to be once, through the services, with keys that work."""

from pathlib import Path

import pytest

from hub.demo import cast, casting
from hub.demo.keychain import Keychain
from orgs.accounts.models import Organization, User
from orgs.audit.models import AuditEvent
from orgs.credentials import services as credentials
from orgs.credentials.models import Credential
from sharing.agreements.models import Agreement, Clause, Collection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_HOME", str(tmp_path))


def test_create_makes_the_whole_cast_when_there_is_nothing():
    keys = Keychain()
    casting.create(keys)
    assert Organization.objects.count() == 5
    assert Agreement.objects.get().state == Agreement.State.ACTIVE
    assert Clause.objects.count() == Collection.objects.count() == 3
    assert User.objects.get(email=cast.STAFF).is_staff
    for member in cast.CAST:
        found = credentials.verify(keys.keys[member.slug], address=None)
        assert found is not None
        assert found[0].organization.slug == member.slug
        user = User.objects.get(email=member.email)
        assert user.check_password(keys.passwords[member.email])
    government = Organization.objects.filter(is_government=True)
    assert [each.slug for each in government] == ["liaison"]


def test_create_changes_nothing_when_called_again():
    keys = Keychain()
    casting.create(keys)
    before = (dict(keys.keys), dict(keys.passwords), AuditEvent.objects.count())
    casting.create(keys)
    assert (keys.keys, keys.passwords, AuditEvent.objects.count()) == before


def test_create_makes_new_keys_and_passwords_when_the_file_was_lost():
    casting.create(Keychain())
    keys = Keychain()
    casting.create(keys)
    assert Credential.objects.count() == 2 * len(cast.CAST)
    assert User.objects.get(email=cast.STAFF).check_password(keys.passwords[cast.STAFF])
    assert credentials.verify(keys.keys["harbour"], address=None) is not None
