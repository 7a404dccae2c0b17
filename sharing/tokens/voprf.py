"""RFC 9497, mode VOPRF, suite ristretto255-SHA512: answers to questions that stay unread.

A client blinds an input, the hub multiplies what it gets by its secret key and proves it,
the client checks the proof and unblinds. The hub learns how many inputs there were.
Elements and scalars are 32 bytes, outputs 64. All arithmetic with secrets is libsodium's.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import NamedTuple

import rbcl

ELEMENT_BYTES = 32
SCALAR_BYTES = 32
PROOF_BYTES = 2 * SCALAR_BYTES
OUTPUT_BYTES = 64
BATCH_MAX = 0xFFFF  # a proof counts its elements in 16 bits

_CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"
_TO_GROUP = b"HashToGroup-" + _CONTEXT
_TO_SCALAR = b"HashToScalar-" + _CONTEXT
_DERIVE = b"DeriveKeyPair" + _CONTEXT
_SEED = b"Seed-" + _CONTEXT
_SHA512_BLOCK = 128
_IDENTITY = bytes(ELEMENT_BYTES)


class VoprfError(ValueError):
    """What another party sent cannot be taken."""


class BadElementError(VoprfError):
    """No element of the group, or the identity."""


class BadProofError(VoprfError):
    """The answer was not made with the key that was promised."""


class Key(NamedTuple):
    """A key pair: 32 bytes of secret scalar, 32 bytes of public element."""

    secret: bytes
    public: bytes


class Blinded(NamedTuple):
    """What hides an input, for the client alone, and what it sends."""

    blind: bytes
    element: bytes


class Evaluation(NamedTuple):
    """The hub's answer to a batch, in its order, with one proof (64 bytes) for all."""

    elements: tuple[bytes, ...]
    proof: bytes


def is_element(text: bytes) -> bool:
    """Whether these bytes are an element as it is written here, the identity not."""
    return (
        len(text) == ELEMENT_BYTES
        and text != _IDENTITY
        and bool(rbcl.crypto_core_ristretto255_is_valid_point(text))
    )


def derive_key(seed: bytes, info: bytes) -> Key:
    """The key pair that belongs to 32 bytes of seed (section 3.2.1)."""
    given = seed + _lp(info)
    for counter in range(256):
        secret = _scalar(given + bytes([counter]), _DERIVE)
        if secret != bytes(SCALAR_BYTES):
            return Key(secret, _times_base(secret))
    raise VoprfError("No key can be derived from this seed.")


def blind(value: bytes, scalar: bytes | None = None) -> Blinded:
    """Hide an input. The scalar is random; only tests give one."""
    secret = scalar or bytes(rbcl.crypto_core_ristretto255_scalar_random())
    return Blinded(secret, _times(secret, _element(value)))


def evaluate(
    key: Key, elements: Sequence[bytes], scalar: bytes | None = None
) -> Evaluation:
    """Answer a batch of blinded elements, or BadElementError; nothing is kept.

    The scalar of the proof is random; only tests give one.
    """
    if not 1 <= len(elements) <= BATCH_MAX:
        raise VoprfError(f"A batch has 1 to {BATCH_MAX} elements.")
    for each in elements:
        _check(each)
    answers = tuple(_times(key.secret, each) for each in elements)
    return Evaluation(answers, _prove(key, elements, answers, scalar))


def finalize(
    values: Sequence[bytes],
    blinded: Sequence[Blinded],
    answer: Evaluation,
    public: bytes,
) -> list[bytes]:
    """The outputs (64 bytes each) for a batch of inputs, or an error: then none of them.

    `public` is the key that the client knows from elsewhere, not from this answer.
    """
    if not len(values) == len(blinded) == len(answer.elements):
        raise BadProofError("There are not as many answers as questions.")
    _check(public)
    for each in answer.elements:
        _check(each)
    _verify(public, [each.element for each in blinded], answer)
    return [
        _output(value, _times(_inverse(hidden.blind), element))
        for value, hidden, element in zip(values, blinded, answer.elements, strict=True)
    ]


def output(secret: bytes, value: bytes) -> bytes:
    """What `finalize` ends with, computed by whoever holds the secret key."""
    return _output(value, _times(secret, _element(value)))


def _output(value: bytes, element: bytes) -> bytes:
    return hashlib.sha512(_lp(value) + _lp(element) + b"Finalize").digest()


def _prove(
    key: Key, asked: Sequence[bytes], answers: Sequence[bytes], scalar: bytes | None
) -> bytes:
    """That one key made all answers: r - c * k, and c (section 2.2.1)."""
    weights = _weights(key.public, asked, answers)
    m = _sum(weights, asked)
    z = _times(key.secret, m)
    r = scalar or bytes(rbcl.crypto_core_ristretto255_scalar_random())
    c = _challenge(key.public, m, z, _times_base(r), _times(r, m))
    product = rbcl.crypto_core_ristretto255_scalar_mul(c, key.secret)
    return c + bytes(rbcl.crypto_core_ristretto255_scalar_sub(r, product))


def _verify(public: bytes, asked: Sequence[bytes], answer: Evaluation) -> None:
    if len(answer.proof) != PROOF_BYTES:
        raise BadProofError("A proof has 64 bytes.")
    c, s = answer.proof[:SCALAR_BYTES], answer.proof[SCALAR_BYTES:]
    if c != _reduced(c) or s != _reduced(s):
        raise BadProofError("The proof holds no scalars.")
    weights = _weights(public, asked, answer.elements)
    m, z = _sum(weights, asked), _sum(weights, answer.elements)
    t2 = _plus(_times_base(s), _times(c, public))
    t3 = _plus(_times(s, m), _times(c, z))
    if not hmac.compare_digest(c, _challenge(public, m, z, t2, t3)):
        raise BadProofError("The answer was not made with the promised key.")


def _weights(
    public: bytes, asked: Sequence[bytes], answers: Sequence[bytes]
) -> list[bytes]:
    """A scalar for each pair, which nobody can choose: so one proof stands for all."""
    seed = _lp(hashlib.sha512(_lp(public) + _lp(_SEED)).digest())
    return [
        _scalar(
            seed + number.to_bytes(2, "big") + _lp(one) + _lp(other) + b"Composite",
            _TO_SCALAR,
        )
        for number, (one, other) in enumerate(zip(asked, answers, strict=True))
    ]


def _challenge(*elements: bytes) -> bytes:
    return _scalar(b"".join(map(_lp, elements)) + b"Challenge", _TO_SCALAR)


def _sum(weights: Sequence[bytes], elements: Sequence[bytes]) -> bytes:
    total = _IDENTITY
    for weight, element in zip(weights, elements, strict=True):
        total = _plus(total, _times(weight, element))
    return total


def _element(value: bytes) -> bytes:
    found = bytes(
        rbcl.crypto_core_ristretto255_from_hash(
            _expanded(value, _TO_GROUP, rbcl.crypto_core_ristretto255_HASHBYTES)
        )
    )
    return _check(found)


def _scalar(message: bytes, tag: bytes) -> bytes:
    wide = rbcl.crypto_core_ristretto255_NONREDUCEDSCALARBYTES
    found = _expanded(message, tag, wide)
    return bytes(rbcl.crypto_core_ristretto255_scalar_reduce(found))


def _expanded(message: bytes, tag: bytes, length: int) -> bytes:
    """expand_message_xmd of RFC 9380 with SHA-512, for at most its 64 bytes."""
    tagged = tag + bytes([len(tag)])
    asked = length.to_bytes(2, "big")
    first = hashlib.sha512(bytes(_SHA512_BLOCK) + message + asked + b"\0" + tagged)
    return hashlib.sha512(first.digest() + b"\x01" + tagged).digest()[:length]


def _check(element: bytes) -> bytes:
    if not is_element(element):
        raise BadElementError("This is no element of the group.")
    return element


def _reduced(scalar: bytes) -> bytes:
    return bytes(
        rbcl.crypto_core_ristretto255_scalar_reduce(scalar + bytes(SCALAR_BYTES))
    )


def _inverse(scalar: bytes) -> bytes:
    return bytes(rbcl.crypto_core_ristretto255_scalar_invert(scalar))


def _times(scalar: bytes, element: bytes) -> bytes:
    return bytes(rbcl.crypto_scalarmult_ristretto255_allow_scalar_zero(scalar, element))


def _times_base(scalar: bytes) -> bytes:
    return bytes(rbcl.crypto_scalarmult_ristretto255_base_allow_scalar_zero(scalar))


def _plus(one: bytes, other: bytes) -> bytes:
    return bytes(rbcl.crypto_core_ristretto255_add(one, other))


def _lp(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big") + part
