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
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

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
        _refuse_shared(path)
        self._roots = _read(path)

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


def provider_for(path: Path) -> FileKeyProvider:
    """The provider of a file, read again only when the file has changed."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise KeyFileError("There is no key file.") from None
    _refuse_mode(found.st_mode)
    return _loaded(path, found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=4)
def _loaded(path: Path, _inode: int, _changed: int) -> FileKeyProvider:
    return FileKeyProvider(path)


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


def _refuse_shared(path: Path) -> None:
    try:
        _refuse_mode(path.stat().st_mode)
    except FileNotFoundError:
        raise KeyFileError("There is no key file.") from None


def _refuse_mode(mode: int) -> None:
    if mode & OTHERS:
        raise KeyFileError(
            "The key file can be read by others than its owner; run chmod 600 on it."
        )


def _read(path: Path) -> dict[tuple[Purpose, int], Root]:
    try:
        content = json.loads(path.read_bytes())
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
