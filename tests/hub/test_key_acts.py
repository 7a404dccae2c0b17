"""What `manage.py keys` leaves behind when something is broken, or when it is killed."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from hub.management import key_records
from orgs.audit import services as audit
from orgs.audit.models import AuditEvent
from sharing.tokens import keyfiles, providers
from sharing.tokens import services as tokens
from sharing.tokens.models import GenerationRoot
from sharing.tokens.providers import Purpose
from tests.walls import OWNER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

ACTS = [("new-vault", Purpose.VAULT), ("new-wrap", Purpose.WRAP)]


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings) -> Path:
    settings.KEYS_FILE, settings.LOCAL = tmp_path / "keys" / "hub.json", False
    providers.create(settings.KEYS_FILE)
    return settings.KEYS_FILE


@pytest.fixture
def places() -> list[UUID]:
    """Collections with the roots of a generation each, in the order of their rows."""
    found = [uuid4() for _ in range(3)]
    for each in found:
        with working_as(OWNER), transaction.atomic():
            tokens.create_generation_root(each, 1)
    return found


def spoil(collection: UUID, **values: object) -> None:
    with working_as(OWNER):
        GenerationRoot.objects.filter(collection=collection).update(**values)


def epochs(key_file: Path, purpose: Purpose) -> list[int]:
    roots = providers.provider_for(key_file).roots()
    return [each.epoch for each in roots if each.purpose is purpose]


def told(purpose: Purpose) -> list[tuple[str, int]]:
    """What the audit log says of the keys of a purpose: the act, and the epoch."""
    found = AuditEvent.objects.filter(
        verb__startswith="tokens:key:", subject=purpose
    ).order_by("pk")
    return [(each.verb.rpartition(":")[2], each.detail["epoch"]) for each in found]


@pytest.mark.parametrize(
    "spoiled",
    [
        {"wrapped": b"\x01" + b"x" * 60},
        {"wrapped_oprf": b"\x01" + b"x" * 60},
        {"wrapped": b"?"},
        {"wrap_epoch": 7},
    ],
)
def test_rewrap_goes_on_behind_a_broken_root_and_names_it(places, spoiled, capsys):
    spoil(places[1], **spoiled)
    with pytest.raises(CommandError) as caught:
        call_command("keys", "new-wrap")
    assert str(caught.value) == (
        f"Broken roots, left as they are: collection {places[1]} generation 1"
    )
    rows = stored(GenerationRoot).order_by("pk").values_list("wrap_epoch", flat=True)
    assert [*rows] == [2, spoiled.get("wrap_epoch", 1), 2]
    assert "2 roots of generations" in capsys.readouterr().out
    event = AuditEvent.objects.get(verb="tokens:key:rewrap")
    assert event.detail["broken_roots"] == [f"collection {places[1]} generation 1"]
    assert (event.detail["roots"], event.detail["complete"]) == (2, False)


def test_several_broken_roots_are_all_named_and_no_key_is_shown(
    places, key_file, capsys
):
    for each in places[:2]:
        spoil(each, wrapped=b"\x01" + b"x" * 60)
    with pytest.raises(CommandError) as caught:
        call_command("keys", "new-wrap")
    shown = f"{caught.value}{capsys.readouterr()}"
    assert all(str(each) in shown for each in places[:2])
    assert str(places[2]) not in shown
    roots = providers.provider_for(key_file).roots()
    assert not [each for each in roots if each.secret.hex() in shown]


@pytest.mark.parametrize(("act", "purpose"), ACTS)
def test_no_key_begins_when_it_cannot_be_put_on_record(
    act, purpose, key_file, monkeypatch
):
    def refuses(**_: object) -> int:
        raise DatabaseError

    before = key_file.read_bytes()
    monkeypatch.setattr(audit, "record", refuses)
    with pytest.raises(DatabaseError):
        call_command("keys", act)
    assert key_file.read_bytes() == before


@pytest.mark.parametrize(("act", "purpose"), ACTS)
def test_key_is_on_record_when_a_crash_comes_right_behind_the_file(
    act, purpose, key_file, monkeypatch
):
    write = keyfiles.write

    def then_dies(path: Path, content: bytes) -> None:
        write(path, content)
        raise KeyboardInterrupt

    monkeypatch.setattr(keyfiles, "write", then_dies)
    with pytest.raises(KeyboardInterrupt):
        call_command("keys", act)
    monkeypatch.setattr(keyfiles, "write", write)
    assert epochs(key_file, purpose) == [1, 2]
    assert told(purpose) == [("prepare", 2)]
    call_command("keys", "rewrap")
    assert told(purpose) == [("prepare", 2), ("renew", 2)]
    call_command("keys", "rewrap")
    assert told(purpose) == [("prepare", 2), ("renew", 2)], "once"


@pytest.mark.parametrize(("act", "purpose"), ACTS)
def test_nothing_is_said_to_have_begun_when_a_crash_comes_before_the_file(
    act, purpose, key_file, monkeypatch
):
    write = keyfiles.write

    def dies(path: Path, content: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(keyfiles, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        call_command("keys", act)
    monkeypatch.setattr(keyfiles, "write", write)
    call_command("keys", "rewrap")
    assert epochs(key_file, purpose) == [1]
    assert told(purpose) == [("prepare", 2)]
    call_command("keys", act)
    assert epochs(key_file, purpose) == [1, 2]
    assert told(purpose) == [("prepare", 2), ("prepare", 2), ("renew", 2)]


@pytest.mark.parametrize("before_the_file", [True, False])
def test_dropped_key_is_said_to_be_gone_only_when_it_is(
    before_the_file, key_file, monkeypatch
):
    monkeypatch.setattr("sharing.distribution.resealing.check_unused", lambda *_: None)
    call_command("keys", "new-wrap")
    write = keyfiles.write

    def dies(path: Path, content: bytes) -> None:
        if not before_the_file:
            write(path, content)
        raise KeyboardInterrupt

    monkeypatch.setattr(keyfiles, "write", dies)
    drop = ("keys", "drop", "--purpose", "wrap", "--epoch", "1")
    with pytest.raises(KeyboardInterrupt):
        call_command(*drop)
    monkeypatch.setattr(keyfiles, "write", write)
    begun = [("prepare", 2), ("renew", 2), ("prepare", 1)]
    assert told(Purpose.WRAP) == begun
    call_command("keys", "rewrap")
    assert epochs(key_file, Purpose.WRAP) == ([1, 2] if before_the_file else [2])
    assert told(Purpose.WRAP) == begun + [("drop", 1)] * (not before_the_file)


def test_key_that_the_log_never_heard_of_is_recorded_once(key_file):
    """As after a database was restored beside a newer key file."""
    providers.renew(key_file, None, Purpose.VAULT)
    key_records.settle(key_file)
    key_records.settle(key_file)
    (event,) = AuditEvent.objects.filter(verb="tokens:key:renew")
    assert event.detail == {"epoch": 2, "late": True}
