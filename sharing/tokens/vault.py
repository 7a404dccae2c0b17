"""Sealing under the hub's vault root, with the ciphers kept ready for bulk work."""

import hmac
import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.lib.sealed import FORMAT, NONCE, SealBrokenError
from sharing.tokens import scheme
from sharing.tokens.providers import KeyProvider, Purpose

EPOCH_BYTES = 4
_START = len(FORMAT) + NONCE


class Sealer:
    """hub.lib.sealed with one key: the same bytes, the cipher made once."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, FORMAT + aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        if sealed[:1] != FORMAT or len(sealed) < _START:
            raise SealBrokenError("unknown seal format")
        nonce = bytes(sealed[len(FORMAT) : _START])
        try:
            return self._cipher.decrypt(nonce, bytes(sealed[_START:]), FORMAT + aad)
        except InvalidTag:
            raise SealBrokenError("the seal is broken") from None


class Vault:
    """Seals and opens digests and blobs; keeps what it derived, reads no key twice."""

    def __init__(self, provider: KeyProvider) -> None:
        self._provider = provider
        self.epoch = provider.current(Purpose.VAULT).epoch
        self._digests: dict[int, Sealer] = {}
        self._blobs: dict[tuple[str, int], Sealer] = {}
        self._fingerprints: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"<Vault epoch {self.epoch}>"

    def seal_digest(self, indicator_id: UUID, kind: str, d: bytes) -> tuple[bytes, int]:
        """Seal d for one indicator; returns it and the epoch to store beside it."""
        aad = _digest_aad(indicator_id, kind, self.epoch)
        return self._digest_sealer(self.epoch).seal(d, aad), self.epoch

    def open_digest(
        self, indicator_id: UUID, kind: str, sealed: bytes, epoch: int
    ) -> bytes:
        """Return d, or raise SealBrokenError when the row was changed or moved to another id."""
        aad = _digest_aad(indicator_id, kind, epoch)
        return self._digest_sealer(epoch).open(sealed, aad)

    def seal_blob(self, purpose: str, aad: bytes, plain: bytes) -> bytes:
        """Sealed bytes that carry their epoch; `aad` says where they belong."""
        epoch = scheme.uint32(self.epoch)
        return epoch + self._blob_sealer(purpose, self.epoch).seal(plain, epoch + aad)

    def open_blob(self, purpose: str, aad: bytes, sealed: bytes) -> bytes:
        """The plain bytes, or SealBrokenError."""
        sealed = bytes(sealed)
        epoch = sealed[:EPOCH_BYTES]
        sealer = self._blob_sealer(purpose, int.from_bytes(epoch, "big"))
        return sealer.open(sealed[EPOCH_BYTES:], epoch + aad)

    def fingerprint(self, purpose: str, data: bytes) -> bytes:
        """32 bytes that say "the same as before" to the hub and nothing to others.

        Under the current vault epoch: after a rotation nothing looks the same any more,
        which costs one harmless revision or repeat.
        """
        key = self._fingerprints.get(purpose)
        if key is None:
            key = self._fingerprints[purpose] = self._derive(
                b"accord/v1/fingerprint-key", self.epoch, purpose.encode()
            )
        return hmac.digest(key, data, "sha256")

    def _digest_sealer(self, epoch: int) -> Sealer:
        sealer = self._digests.get(epoch)
        if sealer is None:
            key = self._derive(b"accord/v1/vault-key", epoch)
            sealer = self._digests[epoch] = Sealer(key)
        return sealer

    def _blob_sealer(self, purpose: str, epoch: int) -> Sealer:
        sealer = self._blobs.get((purpose, epoch))
        if sealer is None:
            key = self._derive(b"accord/v1/blob-key", epoch, purpose.encode())
            sealer = self._blobs[purpose, epoch] = Sealer(key)
        return sealer

    def _derive(self, label: bytes, epoch: int, *parts: bytes) -> bytes:
        root = self._provider.root(Purpose.VAULT, epoch)
        return scheme.derive(root.secret, label, *parts, scheme.uint32(epoch))


@lru_cache(maxsize=4)
def vault_of(provider: KeyProvider) -> Vault:
    return Vault(provider)


def _digest_aad(indicator_id: UUID, kind: str, epoch: int) -> bytes:
    return indicator_id.bytes + scheme.uint32(epoch) + kind.encode("ascii")
