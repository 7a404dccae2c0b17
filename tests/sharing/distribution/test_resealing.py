"""A new vault key: everything is sealed again while all goes on, and the old one can go."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.utils import DatabaseError, ProgrammingError

from hub.lib.errors import Conflict
from orgs.access import scope
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from sharing.agreements.models import Agreement, LegalDocument, Version
from sharing.distribution import resealing
from sharing.feedback import services as feedback
from sharing.inbox import selectors as inbox
from sharing.inbox import watchlists
from sharing.inbox.kinds import Kind
from sharing.indicators.models import Indicator
from sharing.intake.models import Chunk, LineProblem
from sharing.tokens import providers, rewrapping
from sharing.tokens import services as tokens
from sharing.tokens.providers import Purpose
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send, work_off
from tests.sharing.distribution.ahead import FRAUD, POLICE
from tests.sharing.distribution.amending import amended
from tests.walls import APP, OWNER, WORKER, by_worker, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

HOSTS = [f"h{n}.example" for n in range(7)]
NOT_SEALED = {
    "WatchLine.mark",  # under a key derived from the index key
    "Match.release_mark",
    "ReleaseBatch.commitments",
    "ReleaseBatch.nonces",
    "Release.index",
    "Release.token",
    "Release.fingerprint",
    "Indicator.index",
    "Submission.idempotency_key",
    "Submission.fingerprint",
    "ChunkResult.outcomes",
    "ChunkResult.seen",
    "FilterSnapshot.contributors",
    "FilterSnapshot.checksum",
    "FilterSnapshot.prefixes",
    "FilterSnapshot.coded",
    "GenerationRoot.wrapped",  # under the wrapping key, see rewrap_roots
    "GenerationRoot.wrapped_oprf",
}


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings) -> Path:
    settings.KEYS_FILE, settings.LOCAL = tmp_path / "keys" / "hub.json", False
    providers.create(settings.KEYS_FILE)
    return settings.KEYS_FILE


@pytest.fixture
def filled(key_file: Path, coalition: Version, alice: User, bob: User) -> None:
    """Something sealed in every place."""
    watched = {"name": "Ours", "values": [HOSTS[1]], "labels": ["Mrs Smith"]}
    watchlists.change(actor=acting(bob), order=watchlists.read(watched))
    lines = [{"value": host, "confidence": 90, "note": "call me"} for host in HOSTS]
    send(alice, [*lines, {"value": "not an indicator at all"}])
    send(alice, [{"value": "waiting.example", "confidence": 90}], work=False)
    note_on(release_among(pulled(bob, FRAUD)), by=bob)
    draft = amended(Agreement.objects.get().pk, {}, propose=False)
    sealed = tokens.seal_blob("legal-document", draft.pk.bytes, b"%PDF-1.7")
    with working_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_legaldocument DISABLE TRIGGER ALL")
        LegalDocument.objects.create(
            version=draft, sealed=sealed, attached_at=draft.created_at
        )
        cursor.execute("ALTER TABLE sharing_legaldocument ENABLE TRIGGER ALL")


def release_among(records: list[dict[str, Any]]) -> str:
    return next(each["id"] for each in records if each["kind"] == "release")


def note_on(release: str, by: User) -> None:
    line = {"release": release, "kind": "helpful", "note": "as we saw it"}
    feedback.give(actor=acting(by), body={"lines": [line]})


def begin(key_file: Path) -> None:
    providers.renew(key_file, None, Purpose.VAULT)


def drop(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "SETTLES", timedelta(0))
    by_worker(resealing.check_unused, Purpose.VAULT, 1)
    providers.drop(key_file, None, Purpose.VAULT, 1)


def places() -> list[rewrapping.Place]:
    return [*resealing.OWNED, resealing.STREAMED]


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few rows at a time that there are several times."""
    some = tuple(replace(each, at_once=2) for each in resealing.OWNED)
    monkeypatch.setattr(resealing, "OWNED", some)
    monkeypatch.setattr(resealing, "STREAMED", replace(resealing.STREAMED, at_once=2))


def test_everything_opens_when_the_old_key_is_gone(
    filled: None, key_file: Path, dana: User, alice: User, bob: User, monkeypatch
) -> None:
    small(monkeypatch)
    before = pulled(dana, POLICE)
    assert {each["value"] for each in before} == {*HOSTS}
    begin(key_file)
    assert set(by_worker(resealing.uses, 1)) == {
        f"{each.table.removeprefix('sharing_')}.{each.column}" for each in places()
    }
    found = by_worker(resealing.run)
    assert found.complete
    assert found.done == 4 * len(HOSTS) + 7
    assert by_worker(resealing.run).done == 0
    drop(key_file, monkeypatch)
    assert pulled(dana, POLICE) == before
    [match] = inbox.page(acting(bob), Kind.MATCH, limit=9).rows
    assert "Mrs Smith" in f"{match.entry}"
    work_off()
    assert "waiting.example" in {each["value"] for each in pulled(dana, POLICE)}
    send(alice, [{"value": HOSTS[0], "confidence": 95}])
    assert len(pulled(dana, POLICE)) == len(HOSTS) + 1
    (problem,) = stored(LineProblem).all()
    assert bytes(problem.sealed_line or b"")[:4] == b"\0\0\0\2"
    (document,) = stored(LegalDocument).all()
    where = document.version_id.bytes
    assert (
        tokens.open_blob("legal-document", where, bytes(document.sealed)) == b"%PDF-1.7"
    )


def test_every_column_of_sealed_bytes_is_known() -> None:
    """A new column of bytes is a place to seal again, or not sealed at all: say which."""
    columns = {
        f"{model.__name__}.{field.name}": (model._meta.db_table, field.column)
        for model in apps.get_app_config("sharing").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    known = {(each.table, each.column) for each in places()}
    assert {name for name, place in columns.items() if place not in known} == NOT_SEALED


def test_crash_in_the_middle_loses_nothing(
    filled: None, key_file: Path, dana: User, monkeypatch
) -> None:
    small(monkeypatch)
    before = pulled(dana, POLICE)
    begin(key_file)
    write, done = rewrapping._write, []

    def crashing(*given):
        place, sealed, _ = given
        write(*given)
        done.extend([1] * (place.column == "digest_sealed" and bool(sealed)))
        if len(done) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(rewrapping, "_write", crashing)
    with pytest.raises(KeyboardInterrupt), working_as(WORKER):
        resealing.run()
    epochs = set(stored(Indicator).values_list("vault_epoch", flat=True))
    assert epochs == {1, 2}
    assert pulled(dana, POLICE) == before, "half and half opens too"
    monkeypatch.setattr(rewrapping, "_write", write)
    assert by_worker(resealing.run).complete
    assert by_worker(resealing.uses, 1) == []
    drop(key_file, monkeypatch)
    assert pulled(dana, POLICE) == before


def test_submissions_meanwhile_lose_nothing(
    filled: None, key_file: Path, alice: User, dana: User, monkeypatch
) -> None:
    small(monkeypatch)
    begin(key_file)
    failed: list[BaseException] = []

    def submit() -> None:
        try:
            with working_as(APP):
                for n in range(8):
                    line = {"confidence": 91 + n, "note": "again"}
                    send(
                        alice, [{"value": v, **line} for v in (*HOSTS, f"n{n}.example")]
                    )
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=submit)
    thread.start()
    while thread.is_alive():
        by_worker(resealing.run)
    thread.join()
    assert not failed, failed
    work_off()
    assert by_worker(resealing.run).complete
    drop(key_file, monkeypatch)
    last = {each["value"]: each["confidence"] for each in pulled(dana, POLICE)}
    assert last == {
        **dict.fromkeys(HOSTS, 98),
        **{f"n{n}.example": 91 + n for n in range(8)},
        "waiting.example": 90,
    }


def test_row_that_is_being_changed_is_left_and_found_again(
    filled: None, key_file: Path, alice: User, monkeypatch
) -> None:
    monkeypatch.setattr(rewrapping, "ROUNDS", 2)
    begin(key_file)
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with working_as(WORKER), scope(home_of(alice).pk):
                list(Indicator.objects.select_for_update().order_by("pk")[:1])
                held.set()
                go.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    found = by_worker(resealing.run)
    go.set()
    thread.join()
    assert set(found.waits) == {
        "indicator.digest_sealed",
        "indicator.value_sealed",
        "indicator.note_sealed",
    }
    assert by_worker(resealing.run).complete


def test_broken_seal_is_told_and_holds_up_nothing(filled: None, key_file: Path) -> None:
    row = stored(Indicator).order_by("pk")[0]
    with working_as(OWNER):
        broken = bytes(row.digest_sealed)[:-1] + bytes(
            [bytes(row.digest_sealed)[-1] ^ 1]
        )
        Indicator.objects.filter(pk=row.pk).update(digest_sealed=broken)
    begin(key_file)
    found = by_worker(resealing.run)
    assert (found.broken, found.waits) == (["indicator.digest_sealed"], [])
    assert by_worker(resealing.uses, 1) == ["indicator.digest_sealed"]


def test_key_is_not_dropped_when_it_is_needed(
    filled: None, key_file: Path, monkeypatch
) -> None:
    with pytest.raises(Conflict, match="used now"):
        by_worker(resealing.check_unused, Purpose.VAULT, 1)
    begin(key_file)
    with pytest.raises(Conflict, match="try again in 60 minutes"):
        by_worker(resealing.check_unused, Purpose.VAULT, 1)
    monkeypatch.setattr(resealing, "SETTLES", timedelta(0))
    with pytest.raises(Conflict, match=r"still needed for: chunk\.sealed"):
        by_worker(resealing.check_unused, Purpose.VAULT, 1)
    by_worker(resealing.run)
    with working_as(OWNER):
        old = int.from_bytes(b"\0\0\0\1", "big").to_bytes(4, "big")
        chunk = Chunk.objects.get()
        Chunk.objects.filter(pk=chunk.pk).update(sealed=old + bytes(chunk.sealed)[4:])
    with pytest.raises(Conflict, match=r"chunk\.sealed"):
        by_worker(resealing.check_unused, Purpose.VAULT, 1)


def test_commands_renew_and_drop_both_keys(
    filled: None, key_file: Path, dana: User, capsys, monkeypatch
) -> None:
    before, keys = pulled(dana, POLICE), tokens.token_key_hex(collection(POLICE), 1)
    public = tokens.oprf(collection(POLICE), 1).public
    call_command("keys", "new-vault")
    call_command("keys", "new-wrap")
    call_command("keys", "rewrap")
    with pytest.raises(CommandError, match="minutes"):
        call_command("keys", "drop", "--purpose", "wrap", "--epoch", "1")
    monkeypatch.setattr(resealing, "SETTLES", timedelta(0))
    for purpose in ("wrap", "vault"):
        with pytest.raises(CommandError, match="used now"):
            call_command("keys", "drop", "--purpose", purpose, "--epoch", "2")
        call_command("keys", "drop", "--purpose", purpose, "--epoch", "1")
        with pytest.raises(CommandError, match="epoch 1"):
            call_command("keys", "drop", "--purpose", purpose, "--epoch", "1")
    assert pulled(dana, POLICE) == before
    assert tokens.token_key_hex(collection(POLICE), 1) == keys
    assert tokens.oprf(collection(POLICE), 1).public == public
    roots = tokens.key_provider().roots()
    assert {(each.purpose, each.epoch) for each in roots} >= {
        (Purpose.VAULT, 2),
        (Purpose.WRAP, 2),
    }
    shown = capsys.readouterr().out
    assert not [each for each in roots if each.secret.hex() in shown]
    assert "indicator.digest_sealed: 7" in shown
    verbs = AuditEvent.objects.filter(verb__startswith="tokens:key").order_by("pk")
    assert [
        each.rpartition(":")[2] for each in verbs.values_list("verb", flat=True)
    ] == [
        *("prepare", "renew", "rewrap") * 2,
        "rewrap",
        *("prepare", "drop") * 2,
    ]


def test_command_rotates_cancels_and_destroys(filled: None, capsys) -> None:
    stream = str(collection(FRAUD))
    call_command("keys", "rotate", "--collection", stream, "--at", "2990-01-01T00:00Z")
    call_command("keys", "cancel-rotation", "--collection", stream)
    with pytest.raises(CommandError, match="No rotation"):
        call_command("keys", "cancel-rotation", "--collection", stream)
    with pytest.raises(CommandError, match="--generation"):
        call_command("keys", "destroy", "--collection", stream)
    with pytest.raises(CommandError, match="is served"):
        call_command("keys", "destroy", "--collection", stream, "--generation", "1")
    call_command("keys", "destroy", "--collection", stream, "--generation", "2")
    call_command("keys")
    lines = [each.split() for each in capsys.readouterr().out.splitlines()]
    shown = [each[1:] for each in lines if each and each[0] == stream]
    assert [(each[0], each[2], each[3]) for each in shown] == [
        ("1", "0", "live"),
        ("2", "destroyed", "withdrawn"),
    ]
    assert shown[1][4] == "2990-01-01T00:00:00Z"


@pytest.mark.parametrize("role", [APP, OWNER])
def test_document_is_sealed_again_by_the_worker_alone(
    filled: None, alice: User, role: str
) -> None:
    row = stored(LegalDocument).get()
    with (
        pytest.raises((DatabaseError, ProgrammingError)),
        working_as(role),
        scope(home_of(alice).pk),
    ):
        LegalDocument.objects.filter(pk=row.pk).update(sealed=b"other")
    assert bytes(stored(LegalDocument).get().sealed) == bytes(row.sealed)


def test_worker_moves_no_document(filled: None, alice: User) -> None:
    row = stored(LegalDocument).get()
    with (
        pytest.raises(DatabaseError),
        working_as(WORKER),
        scope(home_of(alice).pk),
    ):
        LegalDocument.objects.filter(pk=row.pk).update(attached_at=row.attached_at)
