"""Where the hub's own root keys come from: a provider outside database and repository."""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from hub.lib.clock import iso, now

FORMAT = 1
ROOT_BYTES = 32
PRIVATE = 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileError(Exception):
    """The key file is missing, readable by others, or damaged; no key in the message."""


class Purpose(StrEnum):
    """What a root is for; each has epochs of its own."""

    INDEX = "index"  # finding observables
    VAULT = "vault"  # sealing digests, values, notes, waiting lines
    WRAP = "wrap"  # wrapping the roots of generations


@dataclass(frozen=True, slots=True)
class Root:
    purpose: Purpose
    epoch: int
    created_at: datetime
    secret: bytes = field(repr=False)


class KeyProvider(Protocol):
    """A key service: a file here, a hardware module or a cloud's service elsewhere."""

    def current(self, purpose: Purpose) -> Root:
        """The root that new things are sealed or computed under."""

    def root(self, purpose: Purpose, epoch: int) -> Root:
        """The root of a given epoch, for what is stored already."""

    def roots(self) -> list[Root]:
        """All of them, oldest first within a purpose."""

    def __hash__(self) -> int: ...


class FileKeyProvider:
    """Roots from one JSON file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        with _opened(path) as file:
            self.mark = _mark(file)
            self._roots = _read(file)

    def __repr__(self) -> str:
        return "<FileKeyProvider>"

    def current(self, purpose: Purpose) -> Root:
        return max(
            (root for root in self._roots.values() if root.purpose is purpose),
            key=lambda root: root.epoch,
        )

    def root(self, purpose: Purpose, epoch: int) -> Root:
        found = self._roots.get((purpose, epoch))
        if found is None:
            raise KeyFileError(f"The key file has no {purpose} key of epoch {epoch}.")
        return found

    def roots(self) -> list[Root]:
        return sorted(self._roots.values(), key=lambda root: (root.purpose, root.epoch))


_known: dict[Path, FileKeyProvider] = {}


def provider_for(path: Path) -> FileKeyProvider:
    """The provider of a file, checked every time, read again only when it has changed."""
    with _opened(path) as file:
        mark = _mark(file)
    known = _known.get(path)
    if known is None or known.mark != mark:
        known = _known[path] = FileKeyProvider(path)
    return known


def create(path: Path) -> bool:
    """Make the key file with fresh roots; False when it was there. Never overwrites."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path):
        if path.exists():
            return False
        _write(path, json.dumps(_fresh(), indent=2).encode())
        return True


def _fresh() -> dict[str, Any]:
    epoch = {"created_at": iso(now())}
    return {
        "format": FORMAT,
        "roots": {
            purpose.value: {"1": {**epoch, "key": secrets.token_hex(ROOT_BYTES)}}
            for purpose in Purpose
        },
    }


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Several processes of a checkout may need the file in the same moment."""
    descriptor = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, PRIVATE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never sees half a file."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # what is sealed next must not outlive the name of its key
    finally:
        os.close(folder)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file, if nobody else may read or replace it: what is checked is what is read."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise KeyFileError("There is no key file.") from None
    except OSError:
        raise KeyFileError("The key file cannot be read by this account.") from None
    with file:
        _refuse(os.fstat(file.fileno()), path.resolve().parent.stat())
        yield file


def _refuse(found: os.stat_result, folder: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyFileError("The key file is not a file.")
    if found.st_mode & OTHERS:
        raise KeyFileError(
            "The key file can be read by others than its owner; run chmod 600 on it."
        )
    if found.st_uid not in {0, os.geteuid(), folder.st_uid}:
        raise KeyFileError("The key file belongs to somebody else.")
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        raise KeyFileError("Anybody may replace files in the folder of the key file.")


def _mark(file: BinaryIO) -> tuple[int, ...]:
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _read(file: BinaryIO) -> dict[tuple[Purpose, int], Root]:
    try:
        content = json.loads(file.read())
        roots = dict(_parse(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        # `from None`: the message of a parser may quote what it read
        raise KeyFileError("The key file is damaged.") from None
    missing = set(Purpose) - {purpose for purpose, _ in roots}
    if missing:
        raise KeyFileError(f"The key file lacks: {', '.join(sorted(missing))}.")
    return roots


def _parse(content: Mapping[str, Any]) -> Iterator[tuple[tuple[Purpose, int], Root]]:
    if content["format"] != FORMAT:
        raise KeyFileError("The key file has a format this version does not know.")
    for name, epochs in content["roots"].items():
        for number, entry in epochs.items():
            purpose, epoch = Purpose(name), int(number)
            secret = bytes.fromhex(entry["key"])
            if len(secret) != ROOT_BYTES:
                raise KeyFileError("The key file is damaged.")
            created = datetime.fromisoformat(entry["created_at"])
            yield (purpose, epoch), Root(purpose, epoch, created, secret)
