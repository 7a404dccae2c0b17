"""The demo never empties, and never adds to, a database that may be somebody's."""

import pytest
from django.db import connection

from hub import embedded
from hub.demo import ground, keychain
from hub.demo.errors import DemoError
from orgs.credentials import services as credentials
from tests.walls import OWNER, working_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(settings, tmp_path, monkeypatch):
    """DATABASE_URL is set: the test database, which is full of tables."""
    settings.EMBEDDED = False
    monkeypatch.setenv("ACCORD_HOME", str(tmp_path))
    monkeypatch.setattr(embedded, "empty", lambda: pytest.fail("emptied"))


@pytest.mark.parametrize("fresh", [True, False])
def test_given_database_is_refused_when_it_has_contents(given, fresh):
    with pytest.raises(DemoError, match="name an empty one"):
        ground.take(fresh=fresh)


def test_given_database_is_refused_when_the_keys_are_of_another(given):
    keychain.Keychain(keys={"meadow": "accord_abcdefghijkl_" + "x" * 43}).save()
    with pytest.raises(DemoError):
        ground.take(fresh=False)
    assert keychain.place().exists()


def test_given_database_is_taken_again_when_the_demos_keys_work(given, monkeypatch):
    keychain.Keychain(keys={"meadow": "known"}).save()
    monkeypatch.setattr(credentials, "verify", lambda key, address: object())
    ground.take(fresh=False)
    with pytest.raises(DemoError):
        ground.take(fresh=True)


def test_given_database_is_taken_when_it_is_empty(given):
    keychain.Keychain(keys={"meadow": "old"}).save()
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
    ground.take(fresh=True)
    assert not keychain.place().exists()


def test_own_servers_are_emptied_only_when_fresh(given, settings, monkeypatch):
    settings.EMBEDDED = True
    ground.take(fresh=False)
    emptied = []
    monkeypatch.setattr(embedded, "empty", lambda: emptied.append(True))
    ground.take(fresh=True)
    assert emptied
