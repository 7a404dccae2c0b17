"""What the hub signs with Ed25519, and what partners check it with. Pure.

Ed25519 (RFC 8032): 32 bytes of public key, 64 of signature. A partner knows the public
keys from elsewhere than the answer that it checks.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from sharing.tokens.scheme import derive, lp16, uint32

SIGNATURE_BYTES = 64
PUBLIC_BYTES = 32

_KEY = b"accord/v1/signing-key"
_FILTER = b"accord/v1/filter\0"


class BadSignatureError(ValueError):
    """It was not signed with this key, or changed since."""


@dataclass(frozen=True, slots=True)
class FilterStatement:
    """What the hub says of a set of prefixes: whose, which, from when, and its hash.

    The hash is that of the whole set, so that it holds for a set that was brought up to
    date as well as for one that came whole.
    """

    collection: UUID
    generation: int
    number: int  # of the set in its generation; rises
    of: str  # what the prefixes are of: token or otag
    taken_at: datetime
    count: int
    checksum: bytes  # SHA-256 of the prefixes in order, 6 bytes each

    def message(self) -> bytes:
        """The bytes that are signed; times as microseconds since 1970."""
        since = self.taken_at - datetime(1970, 1, 1, tzinfo=self.taken_at.tzinfo)
        micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        return (
            _FILTER
            + self.collection.bytes
            + uint32(self.generation)
            + self.number.to_bytes(8, "big")
            + lp16(self.of.encode("ascii"))
            + micros.to_bytes(8, "big")
            + uint32(self.count)
            + self.checksum
        )


class Signer:
    """The signing key of one epoch."""

    __slots__ = ("_key", "epoch")

    def __init__(self, root: bytes, epoch: int) -> None:
        self.epoch = epoch
        self._key = Ed25519PrivateKey.from_private_bytes(
            derive(root, _KEY, uint32(epoch))
        )

    def __repr__(self) -> str:
        return f"<Signer epoch {self.epoch}>"

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> None:
    """BadSignatureError unless the message was signed with the key of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignatureError("The signature does not fit.") from None
