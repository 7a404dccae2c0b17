"""What the other rooms may do with keys: index, seal, and the roots of generations."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.tokens import providers, roots, scheme
from sharing.tokens.keyfiles import KeyFileError
from sharing.tokens.models import PinnedSigningKey
from sharing.tokens.oprf import Oprf
from sharing.tokens.providers import KeyProvider, Purpose
from sharing.tokens.roots import Rewrapped
from sharing.tokens.signing import Signer
from sharing.tokens.vault import Vault, vault_of

INIT = "./run manage keys init"


class PinnedKey(NamedTuple):
    """An OPRF public key, and the audit event that has told it since it was made."""

    public: bytes
    otag_scheme: int
    event: int
    at: datetime


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


def pin(signer: Signer) -> bytes:
    """The public key (32 bytes); the audit log names it from its first use on."""
    public, moment = signer.public, now()
    _, new = PinnedSigningKey.objects.get_or_create(
        public=public.hex(), defaults={"epoch": signer.epoch, "pinned_at": moment}
    )
    if new:
        audit.record(
            actor=SYSTEM,
            verb=Verb.SIGNING_KEY_PIN,
            subject=f"{Purpose.SIGN} {signer.epoch}",
            public_key=public.hex(),
        )
    return public


def signers() -> list[tuple[Signer, datetime]]:
    """Every signing key there is with its age, oldest first; the last one is current."""
    roots = [each for each in key_provider().roots() if each.purpose is Purpose.SIGN]
    return [(Signer(each.secret, each.epoch), each.created_at) for each in roots]


def create_generation_root(collection: UUID, number: int) -> None:
    """Fresh random roots for a new generation, stored wrapped; its public key is pinned.

    In the transaction that makes the generation.
    """
    roots.create(key_provider(), collection, number)


def token_maker(collection: UUID, number: int) -> Callable[[str, bytes], bytes]:
    """Makes tokens of (type, digest) for one generation, many at a time."""
    return scheme.token_maker(_token_key(collection, number))


def token_key_hex(collection: UUID, number: int) -> str:
    """The token key as a granted recipient gets it; for the keys API and nothing else."""
    return _token_key(collection, number).hex()


def otag_maker(collection: UUID, number: int) -> Callable[[str, bytes], bytes]:
    """Makes otags (16 bytes) of (type, digest) for one generation, many at a time.

    What a recipient ends with who asks obliviously. About 46 s for a million, where
    tokens take 1.3 s: it belongs in the background.
    """
    return oprf(collection, number).otag


def oprf(collection: UUID, number: int) -> Oprf:
    """What answers obliviously in one generation; NotFound, or Gone once destroyed."""
    root = roots.oprf_root(key_provider(), collection, number)
    return Oprf(root, collection, number)


def oprf_pinned(collection: UUID, number: int) -> PinnedKey:
    """The public key with its place in the audit log; PinBrokenError if they differ."""
    found = oprf(collection, number)
    event, at = roots.pin_of(key_provider(), collection, number, found.public)
    return PinnedKey(found.public, found.otag_scheme, event, at)


def destroy_root(collection: UUID, number: int) -> bool:
    """Make tokens and otags of a closed generation unmakeable; False if they were."""
    return roots.destroy(collection, number)


def rewrap_roots() -> Rewrapped:
    """Wrap the roots of all generations under the newest key; which do not open."""
    return roots.rewrap(key_provider())


def roots_wrapped_under(epoch: int) -> list[str]:
    """What still needs an epoch of the wrapping key, in words; empty when nothing does."""
    count = roots.wrapped_under(epoch)
    return [f"roots of {count} generations"] if count else []


def _token_key(collection: UUID, number: int) -> bytes:
    root = roots.token_root(key_provider(), collection, number)
    return scheme.token_key(root, collection, number)
