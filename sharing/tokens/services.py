"""What the other rooms may do with keys: index, seal, and the roots of generations."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hub.lib.clock import now
from hub.lib.errors import Gone, NotFound
from hub.lib.sealed import seal, unseal
from sharing.tokens import providers, scheme
from sharing.tokens.keyfiles import KeyFileError
from sharing.tokens.models import GenerationRoot
from sharing.tokens.providers import KeyProvider, Purpose
from sharing.tokens.signing import Signer
from sharing.tokens.vault import Vault, vault_of

INIT = "./run manage keys init"


class Indexer:
    """Computes the index of digests under one epoch of the index key."""

    __slots__ = ("_key", "epoch")

    def __init__(self, provider: KeyProvider) -> None:
        root = provider.current(Purpose.INDEX)
        self.epoch = root.epoch
        self._key = scheme.index_key(root.secret, root.epoch)

    def __repr__(self) -> str:
        return f"<Indexer epoch {self.epoch}>"

    def index(self, d: bytes) -> bytes:
        return scheme.index(self._key, d)


def key_provider() -> KeyProvider:
    """The configured provider, or ImproperlyConfigured with the command that helps."""
    if settings.KEYS_FILE is None:
        raise ImproperlyConfigured(
            f"Set ACCORD_KEYS_FILE to a file outside the checkout, then run `{INIT}`."
        )
    path, kek = Path(settings.KEYS_FILE), settings.KEK_FILE
    try:
        return _provider(path, kek)
    except KeyFileError as error:
        help_ = "" if path.exists() else f" Create it with `{INIT}`."
        raise ImproperlyConfigured(f"{error}{help_}") from None


def _provider(path: Path, kek: Path | None) -> KeyProvider:
    """That of the file; a checkout of its own makes and completes it by itself."""
    if settings.LOCAL and not path.exists():
        providers.create(path, kek)
    found = providers.provider_for(path, kek)
    if settings.LOCAL and found.lacks():
        providers.complete(path, kek)
        return providers.provider_for(path, kek)
    return found


def indexer() -> Indexer:
    return Indexer(key_provider())


def vault() -> Vault:
    """The vault of the configured keys; take it once for a batch."""
    return vault_of(key_provider())


def seal_digest(indicator_id: UUID, kind: str, d: bytes) -> tuple[bytes, int]:
    return vault().seal_digest(indicator_id, kind, d)


def open_digest(indicator_id: UUID, kind: str, sealed: bytes, epoch: int) -> bytes:
    return vault().open_digest(indicator_id, kind, sealed, epoch)


def seal_blob(purpose: str, aad: bytes, plain: bytes) -> bytes:
    return vault().seal_blob(purpose, aad, plain)


def open_blob(purpose: str, aad: bytes, sealed: bytes) -> bytes:
    return vault().open_blob(purpose, aad, sealed)


def fingerprint(purpose: str, data: bytes) -> bytes:
    return vault().fingerprint(purpose, data)


def signer() -> Signer:
    """Signs under the current epoch, or ImproperlyConfigured if the file has no such key."""
    try:
        root = key_provider().current(Purpose.SIGN)
    except KeyFileError as error:
        raise ImproperlyConfigured(str(error)) from None
    return Signer(root.secret, root.epoch)


def signers() -> list[tuple[Signer, datetime]]:
    """Every signing key there is with its age, oldest first; the last one is current."""
    roots = [each for each in key_provider().roots() if each.purpose is Purpose.SIGN]
    return [(Signer(each.secret, each.epoch), each.created_at) for each in roots]


def create_generation_root(collection: UUID, number: int) -> None:
    """A fresh random root for a new generation, stored wrapped."""
    wrap = key_provider().current(Purpose.WRAP)
    sealed = seal(
        _wrap_key(wrap), os.urandom(scheme.KEY_BYTES), aad=_place(collection, number)
    )
    GenerationRoot.objects.create(
        collection=collection,
        number=number,
        wrapped=sealed,
        wrap_epoch=wrap.epoch,
        created_at=now(),
    )


def token_maker(collection: UUID, number: int) -> Callable[[str, bytes], bytes]:
    """Makes tokens of (type, digest) for one generation, many at a time."""
    return scheme.token_maker(_token_key(collection, number))


def token_key_hex(collection: UUID, number: int) -> str:
    """The token key as a granted recipient gets it; for the keys API and nothing else."""
    return _token_key(collection, number).hex()


def destroy_root(collection: UUID, number: int) -> None:
    """Make the tokens of a closed generation unmakeable; repeating it changes nothing."""
    GenerationRoot.objects.filter(
        collection=collection, number=number, destroyed_at=None
    ).update(wrapped=None, destroyed_at=now())


def _token_key(collection: UUID, number: int) -> bytes:
    row = GenerationRoot.objects.filter(collection=collection, number=number).first()
    if row is None:
        raise NotFound("This collection has no such generation.")
    if row.wrapped is None:
        raise Gone("The key of this generation was destroyed.", code="key-destroyed")
    wrap = key_provider().root(Purpose.WRAP, row.wrap_epoch)
    root = unseal(_wrap_key(wrap), bytes(row.wrapped), aad=_place(collection, number))
    return scheme.token_key(root, collection, number)


def _wrap_key(root: providers.Root) -> bytes:
    return scheme.derive(root.secret, b"accord/v1/wrap-key", scheme.uint32(root.epoch))


def _place(collection: UUID, number: int) -> bytes:
    """A wrapped root belongs to one generation: moved elsewhere, it does not open."""
    return collection.bytes + scheme.uint32(number) + b"generation-root"
