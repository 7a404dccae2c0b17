"""Backup and restore: a second database and its keys serve what the first one served."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from hub.lib.errors import Gone
from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import rotation
from sharing.agreements.models import Generation, Version
from sharing.indicators.models import Indicator
from sharing.tokens import providers
from sharing.tokens import services as tokens
from tests.coalition import collection, pulled, send
from tests.sharing.distribution.ahead import FRAUD, POLICE, claims, states
from tests.sharing.distribution.turning import its_second, planned, stored_as_due
from tests.walls import OWNER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings) -> Path:
    settings.KEYS_FILE, settings.LOCAL = tmp_path / "keys" / "hub.json", False
    providers.create(settings.KEYS_FILE)
    return settings.KEYS_FILE


@pytest.fixture
def lived(key_file: Path, coalition: Version, alice: User) -> None:
    """A hub with a stream in its second generation, whose first root is destroyed."""
    send(alice, claims("one.example", "two.example"))
    its_second(planned())
    stored_as_due()
    rotation.destroy(actor=SYSTEM, collection_id=collection(FRAUD), number=1)
    send(alice, [{"op": "withdraw", "value": "two.example"}])


@pytest.fixture
def elsewhere(tmp_path: Path, settings) -> Iterator[Callable[[], None]]:
    """Another machine: an empty database, and no key file."""
    first, other = connection.settings_dict["NAME"], f"restored_{uuid4().hex[:12]}"
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{other}"')

    def go() -> None:
        connection.close()
        connections["default"].settings_dict["NAME"] = other
        settings.KEYS_FILE = tmp_path / "elsewhere" / "hub.json"
        settings.KEYS_FILE.parent.mkdir(mode=0o700)

    yield go
    connection.close()
    connections["default"].settings_dict["NAME"] = first
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{other}" WITH (FORCE)')


def as_owner(*words: str) -> None:
    with working_as(OWNER):
        call_command(*words)


def test_restored_hub_serves_the_same_stream_at_the_same_cursors(
    lived: None, elsewhere, tmp_path: Path, alice: User, bob: User, dana: User
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "safe"
    served = {
        (person.name, title): pulled(person, title)
        for person, title in ((bob, FRAUD), (dana, POLICE))
    }
    key = tokens.token_key_hex(collection(FRAUD), 2)
    as_owner("backup", str(folder), "--keys", str(keys))
    elsewhere()
    as_owner("restore", str(folder), "--keys", str(keys))
    assert pulled(bob, FRAUD) == served[bob.name, FRAUD]
    assert pulled(dana, POLICE) == served[dana.name, POLICE]
    assert pulled(bob, FRAUD, Cursor(2, 3)) == [
        each for each in served[bob.name, FRAUD] if each["seq"] > 3
    ]
    assert states() == [(1, "closed"), (2, "live")]
    row = stored(Indicator).order_by("pk")[0]
    assert tokens.open_digest(
        row.id, row.type, bytes(row.digest_sealed), row.vault_epoch
    )
    assert tokens.token_key_hex(collection(FRAUD), 2) == key
    with pytest.raises(Gone):
        tokens.token_key_hex(collection(FRAUD), 1)
    send(alice, claims("three.example"))
    assert len(pulled(bob, FRAUD)) == len(served[bob.name, FRAUD]) + 1


def test_reader_who_is_further_than_the_backup_reads_again(
    lived: None, elsewhere, tmp_path: Path, alice: User, bob: User
) -> None:
    """Also when the hub has long been further than the reader again."""
    as_owner("backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "safe"))
    kept = last(bob)
    send(alice, claims("later.example", "latest.example"))
    further = last(bob)
    elsewhere()
    as_owner("restore", str(tmp_path / "backup"), "--keys", str(tmp_path / "safe"))
    send(alice, claims(*(f"new{n}.example" for n in range(9))))
    with pytest.raises(Gone, match="before this cursor"):
        pulled(bob, FRAUD, further)
    new = pulled(bob, FRAUD, kept)
    assert len(new) == 9
    assert pulled(bob, FRAUD, last(bob)) == []
    assert min(each["seq"] for each in new) > further.seq
    its_second(planned())
    stored_as_due()
    with pytest.raises(Gone):
        pulled(bob, FRAUD, Cursor(further.generation, further.seq))
    assert len(pulled(bob, FRAUD, kept)) >= 10


def test_generation_after_a_restore_has_a_number_that_none_had_before(
    lived: None, elsewhere, tmp_path: Path, alice: User, bob: User
) -> None:
    as_owner("backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "safe"))
    its_second(planned())
    stored_as_due()
    send(alice, claims("later.example"))
    further = last(bob)
    assert further.generation == 3
    elsewhere()
    as_owner("restore", str(tmp_path / "backup"), "--keys", str(tmp_path / "safe"))
    its_second(planned())
    stored_as_due()
    send(alice, claims(*(f"new{n}.example" for n in range(9))))
    assert [number for number, _ in states()] == [1, 2, 1002]
    with pytest.raises(Gone):
        pulled(bob, FRAUD, further)
    its_second(planned())
    assert [number for number, _ in states()] == [1, 2, 1002, 1003]


def last(reader: User) -> Cursor:
    record = pulled(reader, FRAUD)[-1]
    return Cursor(int(record["token"].partition(":")[0]), record["seq"])


def test_backup_that_somebody_wrote_anew_is_refused(
    lived: None, elsewhere, tmp_path: Path, settings
) -> None:
    """A dump is statements that the owner of the database runs: whose is it?"""
    folder, keys = tmp_path / "backup", tmp_path / "safe"
    as_owner("backup", str(folder), "--keys", str(keys))
    dump, manifest = folder / "database.dump", folder / "manifest.json"
    told = json.loads(manifest.read_text())
    content = dump.read_bytes() + b"more"
    dump.write_bytes(content)
    said = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    elsewhere()
    for more in ({}, {"mac": None}, {"mac": "00" * 32}):
        manifest.write_text(json.dumps(told | {"files": {dump.name: said}} | more))
        with pytest.raises(CommandError, match="not written with these keys"):
            as_owner("restore", str(folder), "--keys", str(keys))
    manifest.write_text(json.dumps(told | {"files": {}}))
    with pytest.raises(CommandError, match="no backup"):
        as_owner("restore", str(folder), "--keys", str(keys))
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)


def test_restore_writes_nothing_into_the_backup_and_goes_on_after_wrong_keys(
    lived: None, key_file: Path, elsewhere, tmp_path: Path, settings
) -> None:
    """Refused before the database is filled, so that the right key is all it takes."""
    right, wrong = tmp_path / "kek" / "key", tmp_path / "wrong" / "key"
    for kek in (right, wrong):
        call_command("keys", "kek", "--kek", str(kek))
    call_command("keys", "wrap", "--kek", str(right))
    settings.KEK_FILE = right
    folder = tmp_path / "backup"
    as_owner("backup", str(folder))
    (folder / "database.list").write_text("of a restore that was killed")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    elsewhere()
    settings.KEK_FILE = wrong
    with pytest.raises(CommandError, match="another key-encryption key"):
        as_owner("restore", str(folder))
    settings.KEK_FILE = right
    as_owner("restore", str(folder))
    assert Generation.objects.exists()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("fails", ["pg_dump", "manifest"])
def test_backup_that_fails_leaves_no_copy_of_the_keys(
    key_file: Path, tmp_path: Path, monkeypatch, fails: str
) -> None:
    def full(*_: object, **__: object) -> bytes:
        raise OSError(28, "No space left on device")

    where = {"pg_dump": "hub.backup._run", "manifest": "hub.backup._migrations"}
    monkeypatch.setattr(where[fails], full)
    folder, keys = tmp_path / "backup", tmp_path / "safe"
    with pytest.raises(CommandError, match="No space left"):
        as_owner("backup", str(folder), "--keys", str(keys))
    assert not [*folder.iterdir(), *keys.iterdir()]
    monkeypatch.undo()


def test_walls_stand_after_a_restore(lived: None, elsewhere, tmp_path: Path) -> None:
    def walls() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tablename, policyname, roles::text, cmd, qual, with_check"
                " FROM pg_policies ORDER BY 1, 2"
            )
            policies = cursor.fetchall()
            cursor.execute(
                "SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text"
                " FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relkind IN ('r', 'S') ORDER BY 1"
            )
            tables = cursor.fetchall()
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
            )
            triggers = cursor.fetchall()
            cursor.execute(
                "SELECT defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1"
            )
            return [*policies, *tables, *triggers, *cursor.fetchall()]

    before = walls()
    as_owner("backup", str(tmp_path / "backup"), "--keys", str(tmp_path / "safe"))
    elsewhere()
    as_owner("restore", str(tmp_path / "backup"), "--keys", str(tmp_path / "safe"))
    assert walls() == before
    assert not Indicator.objects.exists(), "no scope, no rows"


def test_restore_is_refused_over_anything_that_is_there(
    lived: None, elsewhere, tmp_path: Path, settings
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "safe"
    as_owner("backup", str(folder), "--keys", str(keys))
    with pytest.raises(CommandError, match="not empty"):
        as_owner("restore", str(folder), "--keys", str(keys))
    elsewhere()
    providers.create(settings.KEYS_FILE)
    with pytest.raises(CommandError, match="another key file"):
        as_owner("restore", str(folder), "--keys", str(keys))
    settings.KEYS_FILE.unlink()
    with pytest.raises(CommandError, match="--keys"):
        as_owner("restore", str(folder))
    other = tmp_path / "other" / "keys.json"
    providers.create(other)
    with pytest.raises(CommandError, match="not the one"):
        as_owner("restore", str(folder), "--keys", str(other))
    dump = folder / "database.dump"
    content = dump.read_bytes()
    dump.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CommandError, match="manifest"):
        as_owner("restore", str(folder), "--keys", str(keys))
    with pytest.raises(CommandError, match="no backup"):
        as_owner("restore", str(keys))
    dump.write_bytes(content)
    as_owner("restore", str(folder), "--keys", str(keys / "keys.json"))
    assert Generation.objects.exists()


def test_keys_and_database_are_kept_apart(key_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with pytest.raises(CommandError, match="not wrapped"):
        as_owner("backup", str(folder))
    for place in (folder, folder / "keys", tmp_path):
        with pytest.raises(CommandError, match="apart"):
            as_owner("backup", str(folder), "--keys", str(place))
    assert not folder.exists()
    as_owner("backup", str(folder), "--keys", str(tmp_path / "safe"))
    with pytest.raises(CommandError, match="not empty"):
        as_owner("backup", str(folder), "--keys", str(tmp_path / "safer"))
    secrets = [root.secret for root in providers.provider_for(key_file).roots()]
    for path in folder.iterdir():
        content = path.read_bytes()
        assert not [s for s in secrets if s in content or s.hex().encode() in content]
        assert path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "safe" / "keys.json").stat().st_mode & 0o077 == 0


def test_wrapped_keys_lie_beside_the_dump_without_what_opens_them(
    lived: None, key_file: Path, elsewhere, tmp_path: Path, settings, bob: User
) -> None:
    before = pulled(bob, FRAUD)
    kek = tmp_path / "kek" / "key"
    call_command("keys", "kek", "--kek", str(kek))
    call_command("keys", "wrap", "--kek", str(kek))
    settings.KEK_FILE = kek
    folder = tmp_path / "backup"
    as_owner("backup", str(folder))
    told = json.loads((folder / "manifest.json").read_text())
    assert told["keys"]["here"]
    for path in folder.iterdir():
        assert kek.read_bytes().strip() not in path.read_bytes()
    elsewhere()
    as_owner("restore", str(folder))
    assert pulled(bob, FRAUD) == before
