"""Sealed bytes: AES-256-GCM with associated data that says where they belong."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"  # the first byte of everything sealed
NONCE = 12


class SealBrokenError(Exception):
    """The bytes were changed, moved to another place, or sealed under another key."""


def seal(key: bytes, plain: bytes, *, aad: bytes) -> bytes:
    """Seal `plain` under a 32-byte `key`: format byte, 96-bit nonce, ciphertext, tag."""
    nonce = os.urandom(NONCE)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, FORMAT + aad)


def unseal(key: bytes, sealed: bytes, *, aad: bytes) -> bytes:
    """The plain bytes, or SealBrokenError."""
    if sealed[:1] != FORMAT or len(sealed) < len(FORMAT) + NONCE:
        message = "unknown seal format"
        raise SealBrokenError(message)
    try:
        return AESGCM(key).decrypt(
            bytes(sealed[1 : 1 + NONCE]), bytes(sealed[1 + NONCE :]), FORMAT + aad
        )
    except InvalidTag as error:
        message = "the seal is broken"
        raise SealBrokenError(message) from error
