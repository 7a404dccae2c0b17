"""Where the hub's own root keys come from: a provider outside database and repository."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from hub.lib.clock import iso, now
from sharing.tokens import keyfiles
from sharing.tokens.kek import KeyEncryptionKey
from sharing.tokens.keyfiles import KeyFileError

CLEAR, WRAPPED = 1, 2  # formats of a key file
ADD = "run `./run manage keys init`: it adds what is missing."
ROOT_BYTES = 32


class Purpose(StrEnum):
    """What a root is for; each has epochs of its own."""

    INDEX = "index"  # finding observables
    VAULT = "vault"  # sealing digests, values, notes, waiting lines
    WRAP = "wrap"  # wrapping the roots of generations
    SIGN = "sign"  # signing what partners download


# Files of earlier versions lack these, and serve everything else without them.
LATER = frozenset({Purpose.SIGN})


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

    def lacks(self) -> set[Purpose]:
        """Purposes that came with a later version and have no root yet."""

    def __hash__(self) -> int: ...


class _Roots:
    """Roots that were read at once, by purpose and epoch."""

    def __init__(self, roots: list[Root]) -> None:
        self._roots = {(root.purpose, root.epoch): root for root in roots}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def current(self, purpose: Purpose) -> Root:
        found = [root for root in self._roots.values() if root.purpose is purpose]
        if not found:
            raise KeyFileError(f"The key file has no {purpose} key yet; {ADD}")
        return max(found, key=lambda root: root.epoch)

    def root(self, purpose: Purpose, epoch: int) -> Root:
        found = self._roots.get((purpose, epoch))
        if found is None:
            raise KeyFileError(f"The key file has no {purpose} key of epoch {epoch}.")
        return found

    def lacks(self) -> set[Purpose]:
        return {*LATER} - {purpose for purpose, _ in self._roots}

    def roots(self) -> list[Root]:
        return sorted(self._roots.values(), key=lambda root: (root.purpose, root.epoch))


class FileKeyProvider(_Roots):
    """Roots from one JSON file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        with keyfiles.opened(path) as file:
            super().__init__(_read(file, CLEAR, lambda entry, _: _hex(entry["key"])))


class WrappedKeyProvider(_Roots):
    """Roots from a file that holds them wrapped: without its other half it opens nothing."""

    def __init__(self, path: Path, kek: KeyEncryptionKey) -> None:
        with keyfiles.opened(path) as file:
            roots = _read(
                file, WRAPPED, lambda entry, place: kek.unwrap(entry["wrapped"], place)
            )
        super().__init__(roots)


Around = Callable[[int], AbstractContextManager[None]]


def _nothing(_: int) -> AbstractContextManager[None]:
    return nullcontext()


_known: dict[tuple[Path, Path | None], tuple[object, KeyProvider]] = {}


def provider_for(path: Path, kek_path: Path | None = None) -> KeyProvider:
    """The provider of a file, checked every time, read again only when it has changed."""
    mark: object = (_mark(path), kek_path and _mark_of_kek(kek_path))
    known = _known.get((path, kek_path))
    if known is None or known[0] != mark:
        known = _known[path, kek_path] = (mark, _provider(path, kek_path))
    return known[1]


def create(path: Path, kek_path: Path | None = None) -> bool:
    """Make the key file with fresh roots; False when it was there. Never overwrites."""
    kek = _kek(path, kek_path)
    return keyfiles.create(path, _content([_fresh(each) for each in Purpose], kek))


def complete(path: Path, kek_path: Path | None = None) -> list[Purpose]:
    """Add roots for purposes that a file of an earlier version lacks; returns which.

    Not done by itself where several machines have copies of the file: each would make
    another root.
    """
    kek = _kek(path, kek_path)
    with keyfiles.locked(path):
        roots = _provider(path, kek_path).roots()
        missing = sorted({*Purpose} - {root.purpose for root in roots})
        if missing:
            added = [_fresh(each) for each in missing]
            keyfiles.write(path, _content([*roots, *added], kek))
    return missing


def renew(
    path: Path, kek_path: Path | None, purpose: Purpose, around: Around = _nothing
) -> Root:
    """Add the next epoch of a purpose: what is sealed from now on is sealed under it.

    `around` is entered with the epoch before the file changes, and left once it has.
    """
    kek = _kek(path, kek_path)
    with keyfiles.locked(path):
        provider = _provider(path, kek_path)
        added = _fresh(purpose, provider.current(purpose).epoch + 1)
        with around(added.epoch):
            keyfiles.write(path, _content([*provider.roots(), added], kek))
    return added


def drop(
    path: Path,
    kek_path: Path | None,
    purpose: Purpose,
    epoch: int,
    around: Around = _nothing,
) -> None:
    """Forget an epoch that is not the newest; the caller knows that nothing needs it."""
    kek = _kek(path, kek_path)
    with keyfiles.locked(path):
        provider = _provider(path, kek_path)
        gone = provider.root(purpose, epoch)
        if gone == provider.current(purpose):
            raise KeyFileError(f"The newest {purpose} key cannot be dropped.")
        kept = [root for root in provider.roots() if root != gone]
        with around(epoch):
            keyfiles.write(path, _content(kept, kek))


@contextmanager
def still(path: Path, kek_path: Path | None) -> Iterator[KeyProvider]:
    """What the file holds, while nobody changes it."""
    with keyfiles.locked(path):
        yield _provider(path, kek_path)


def _fresh(purpose: Purpose, epoch: int = 1) -> Root:
    return Root(purpose, epoch, now(), secrets.token_bytes(ROOT_BYTES))


def rewrap(path: Path, kek_path: Path | None, new_kek_path: Path) -> None:
    """Wrap the roots of a file anew, or for the first time; the roots stay the same.

    Under a lock and whole or not at all: a crash leaves the file as it was or as it is.
    """
    kek = _kek(path, new_kek_path)
    with keyfiles.locked(path):
        roots = _provider(path, kek_path).roots()
        keyfiles.write(path, _content(roots, kek))


def _provider(path: Path, kek_path: Path | None) -> KeyProvider:
    kek = _kek(path, kek_path)
    return FileKeyProvider(path) if kek is None else WrappedKeyProvider(path, kek)


def _kek(path: Path, kek_path: Path | None) -> KeyEncryptionKey | None:
    if kek_path is None:
        return None
    if kek_path.resolve().parent == path.resolve().parent:
        raise KeyFileError(
            "The key-encryption key must come from another place than the key file."
        )
    return KeyEncryptionKey(kek_path)


def _mark(path: Path) -> tuple[int, ...]:
    with keyfiles.opened(path) as file:
        return keyfiles.mark(file)


def _mark_of_kek(path: Path) -> tuple[int, ...]:
    return KeyEncryptionKey(path).mark


def _content(roots: list[Root], kek: KeyEncryptionKey | None) -> bytes:
    told: dict[str, dict[str, dict[str, str]]] = {each.value: {} for each in Purpose}
    for root in roots:
        key = (
            {"key": root.secret.hex()}
            if kek is None
            else {"wrapped": kek.wrap(root.secret, _place(root.purpose, root.epoch))}
        )
        entry = {"created_at": iso(root.created_at), **key}
        told[root.purpose.value][str(root.epoch)] = entry
    form = CLEAR if kek is None else WRAPPED
    return json.dumps({"format": form, "roots": told}, indent=2).encode()


Opener = Callable[[Mapping[str, str], str], bytes]
OTHER_FORMAT = {
    CLEAR: "The key file holds clear keys although there is a key-encryption key; run "
    "`./run manage keys wrap`.",
    WRAPPED: "The key file is wrapped; name its key-encryption key in ACCORD_KEK_FILE.",
}


def _read(file: BinaryIO, form: int, open_: Opener) -> list[Root]:
    try:
        content = json.loads(file.read())
        roots = list(_parse(content, form, open_))
    except (ValueError, KeyError, TypeError, AttributeError):
        # `from None`: the message of a parser may quote what it read
        raise KeyFileError("The key file is damaged.") from None
    missing = {*Purpose} - LATER - {root.purpose for root in roots}
    if missing:
        raise KeyFileError(f"The key file lacks: {', '.join(sorted(missing))}.")
    return roots


def _parse(content: Mapping[str, Any], form: int, open_: Opener) -> Iterator[Root]:
    if content["format"] != form:
        unknown = "The key file has a format this version does not know."
        raise KeyFileError(OTHER_FORMAT.get(content["format"], unknown))
    for name, epochs in content["roots"].items():
        for number, entry in epochs.items():
            purpose, epoch = Purpose(name), int(number)
            secret = open_(entry, _place(purpose, epoch))
            if len(secret) != ROOT_BYTES:
                raise KeyFileError("The key file is damaged.")
            created = datetime.fromisoformat(entry["created_at"])
            yield Root(purpose, epoch, created, secret)


def _hex(text: str) -> bytes:
    return bytes.fromhex(text)


def _place(purpose: Purpose, epoch: int) -> str:
    return f"{purpose.value} {epoch}"
