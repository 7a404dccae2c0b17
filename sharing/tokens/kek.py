"""The key-encryption key: from another place than the keys that it wraps."""

import secrets
from pathlib import Path

from hub.lib.sealed import SealBrokenError, seal, unseal
from sharing.tokens import keyfiles
from sharing.tokens.keyfiles import KeyFileError

KEY_BYTES = 32
CALLED = "file of the key-encryption key"


class KeyEncryptionKey:
    """Wraps and unwraps root keys; what it wraps opens in its own place only."""

    __slots__ = ("_key", "mark")

    def __init__(self, path: Path) -> None:
        """Read the 64 hexadecimal digits of a file that only its owner may read."""
        with keyfiles.opened(path, CALLED) as file:
            self.mark = keyfiles.mark(file)
            text = file.read(4 * KEY_BYTES).strip()
        try:
            self._key = bytes.fromhex(text.decode("ascii"))
        except ValueError:
            raise KeyFileError(f"The {CALLED} is damaged.") from None
        if len(self._key) != KEY_BYTES:
            raise KeyFileError(f"The {CALLED} is damaged.")

    def __repr__(self) -> str:
        return "<KeyEncryptionKey>"

    def wrap(self, secret: bytes, place: str) -> str:
        return seal(self._key, secret, aad=_aad(place)).hex()

    def unwrap(self, wrapped: str, place: str) -> bytes:
        """The key, or KeyFileError if it was wrapped by another or for another place."""
        try:
            return unseal(self._key, bytes.fromhex(wrapped), aad=_aad(place))
        except SealBrokenError:
            raise KeyFileError(
                "The key file was wrapped under another key-encryption key."
            ) from None


def create(path: Path) -> bool:
    """Make a fresh key-encryption key; False when the file was there."""
    return keyfiles.create(path, f"{secrets.token_hex(KEY_BYTES)}\n".encode())


def _aad(place: str) -> bytes:
    return b"accord/v1/kek\0" + place.encode()
