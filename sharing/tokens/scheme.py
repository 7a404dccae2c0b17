"""The token scheme: digest, index and token of an observable, as bytes and nothing else.

A seam (docs/decisions.md): partners compute the same on their side, so a change here is
a new scheme with a new label, never an edit. LP16 is a big-endian 16-bit length prefix.
"""

import hashlib
import hmac
from collections.abc import Callable
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sharing.tokens import voprf

KEY_BYTES = 32
TOKEN_BYTES = 32
OTAG_BYTES = 16

# What an otag is made of, told for each generation: the digest alone, or with its type.
BARE, TYPED = 1, 2
OTAG_SCHEMES = (BARE, TYPED)
OTAG_SCHEME = TYPED  # of generations that begin now

_SALT = hashlib.sha256(b"accord/v1/salt").digest()
_DIGEST = b"accord/v1/indicator\0"
_INDEX = b"accord/v1/index\0"
_TOKEN = b"accord/v1/token\0"
_OTAG = b"accord/v1/otag\0"
_OTAG_INPUT = b"accord/v2/otag-input\0"


class BadWireError(ValueError):
    """The text is no `generation:token`."""


class UnknownSchemeError(ValueError):
    """Otags of a scheme that is not known here."""


def lp16(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big") + part


def uint32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def derive(root: bytes, label: bytes, *parts: bytes) -> bytes:
    """A 32-byte key for one use: HKDF-SHA256 with the label and parts as info."""
    info = label + b"\0" + b"".join(map(lp16, parts))
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=_SALT, info=info).derive(root)


def content_hash(canonical: str) -> bytes:
    """h, the plain SHA-256 of the canonical value: what much of the industry stores."""
    return hashlib.sha256(canonical.encode()).digest()


def digest_of_hash(kind: str, nv: int, h: bytes) -> bytes:
    """Compute d from h: bound to the type and to the version of its normal form."""
    nv16 = nv.to_bytes(2, "big")
    return hashlib.sha256(_DIGEST + lp16(kind.encode("ascii")) + nv16 + h).digest()


def digest(kind: str, nv: int, canonical: str) -> bytes:
    """Compute d of a canonical value; it never leaves the hub and its partners' own machines."""
    return digest_of_hash(kind, nv, content_hash(canonical))


def index_key(root: bytes, epoch: int) -> bytes:
    return derive(root, b"accord/v1/index-key", uint32(epoch))


def index(key: bytes, d: bytes) -> bytes:
    """What the hub finds an observable by; only the hub can compute it."""
    return hmac.digest(key, _INDEX + d, "sha256")


def token_key(root: bytes, collection: UUID, number: int) -> bytes:
    """The key of one generation: what granted recipients fetch."""
    return derive(root, b"accord/v1/token-key", collection.bytes, uint32(number))


def token(key: bytes, kind: str, d: bytes) -> bytes:
    """What stands in the stream of the generation that `key` belongs to."""
    return hmac.digest(key, _TOKEN + lp16(kind.encode("ascii")) + d, "sha256")


def token_maker(key: bytes) -> Callable[[str, bytes], bytes]:
    """`token` for many values under one key: the keyed start is computed once per type."""
    starts: dict[str, hmac.HMAC] = {}

    def make(kind: str, d: bytes) -> bytes:
        start = starts.get(kind)
        if start is None:
            prefix = _TOKEN + lp16(kind.encode("ascii"))
            start = starts[kind] = hmac.new(key, prefix, hashlib.sha256)
        mac = start.copy()
        mac.update(d)
        return mac.digest()

    return make


def oprf_key(root: bytes, collection: UUID, number: int) -> voprf.Key:
    """The key pair of one generation: the secret stays in the hub, the public one is pinned."""
    part = uint32(number)
    seed = derive(root, b"accord/v1/oprf-seed", collection.bytes, part)
    return voprf.derive_key(seed, b"accord/v1/voprf")


def otag_input(number: int, kind: str, d: bytes) -> bytes:
    """What an otag is made of: blinded by who asks, taken as it is by the hub.

    With the type in it (scheme 2) what is said to be of one type never answers for
    another, whatever digest it bears. Of 32 bytes only in scheme 1: the two never meet.
    """
    if number == BARE:
        return d
    if number == TYPED:
        return _OTAG_INPUT + lp16(kind.encode("ascii")) + d
    raise UnknownSchemeError(f"Scheme {number} of otags is not known here.")


def otag(output: bytes) -> bytes:
    """What a filter holds of an observable: from the 64 bytes that only asking gives."""
    return hashlib.sha256(_OTAG + output).digest()[:OTAG_BYTES]


def wire(number: int, token: bytes) -> str:
    """A token as it is written everywhere: the generation it belongs to, and hex."""
    return f"{number}:{token.hex()}"


def parse_wire(text: str, size: int = TOKEN_BYTES) -> tuple[int, bytes]:
    """Generation number and token (or what has another size) of a wire form, or BadWireError."""
    number, colon, digits = text.partition(":")
    plain = number.isascii() and number.isdigit() and len(number) <= 10
    if not (colon and plain and len(digits) == 2 * size):
        raise BadWireError("A token is written generation:hex.")
    try:
        return int(number), bytes.fromhex(digits)
    except ValueError:
        raise BadWireError("A token is written generation:hex.") from None
