"""Files of keys: private, whole, and silent about their content in every error."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileError(Exception):
    """A key file is missing, readable by others, or damaged; no key in the message."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Several processes of a checkout may need the file in the same moment."""
    lock = path.resolve().with_suffix(".lock")
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR, PRIVATE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def create(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet; False when it was. Never overwrites."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(path):
        if path.exists():
            return False
        write(path, content)
        return True


def write(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never sees half a file.

    A link is followed: what it leads to would keep keys that were wrapped or dropped.
    """
    path = path.resolve()
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
def opened(path: Path, called: str = "key file") -> Iterator[BinaryIO]:
    """The file, if nobody else may read or replace it: what is checked is what is read."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise KeyFileError(f"There is no {called}.") from None
    except OSError:
        raise KeyFileError(f"The {called} cannot be read by this account.") from None
    with file:
        refusal = _refusal(os.fstat(file.fileno()), path.resolve().parent.stat())
        if refusal:
            raise KeyFileError(refusal.format(called))
        yield file


def _refusal(found: os.stat_result, folder: os.stat_result) -> str:
    if not stat.S_ISREG(found.st_mode):
        return "The {} is not a file."
    if found.st_mode & OTHERS:
        return "The {} can be read by others than its owner; run chmod 600 on it."
    if found.st_uid not in {0, os.geteuid(), folder.st_uid}:
        return "The {} belongs to somebody else."
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        return "Anybody may replace files in the folder of the {}."
    return ""


def mark(file: BinaryIO) -> tuple[int, ...]:
    """Something that is different once a file was changed or replaced."""
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
