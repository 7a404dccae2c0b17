"""A value's normal form, its digest, and its token under a collection's key."""

from typing import NamedTuple

from sharing.indicators.types import BadValue, Parsed, read_value
from sharing.tokens import scheme

__all__ = [
    "BadValue",
    "Parsed",
    "Typed",
    "canonicalise",
    "digest",
    "hashed",
    "token",
    "typed",
]


class Typed(NamedTuple):
    """What one asks obliviously with: the digest of a value, and the type it is of."""

    kind: str
    digest: bytes


def canonicalise(
    text: str, kind: str | None = None, region: str | None = None
) -> Parsed:
    """The type and normal form of a value as people write it, or BadValue.

    Without `kind` the type is guessed, `guessed` says so, and what may be of several
    types is refused. `region` (ISO 3166, such as "GB") is needed only for telephone
    numbers and bank accounts without their country.
    """
    return read_value(text, kind=kind, region=region)


def digest(text: str, kind: str | None = None, region: str | None = None) -> bytes:
    """The 32-byte digest of a value. Whoever has it can test guesses: keep it inside."""
    found = canonicalise(text, kind, region)
    return scheme.digest(found.kind, found.nv, found.canonical)


def typed(text: str, kind: str | None = None, region: str | None = None) -> Typed:
    """Type and digest of a value, for `Oblivious`; kept inside as the digest alone is."""
    found = canonicalise(text, kind, region)
    return Typed(found.kind, scheme.digest(found.kind, found.nv, found.canonical))


def hashed(
    text: str, kind: str | None = None, region: str | None = None
) -> dict[str, str | int]:
    """A value as a line for a submission that does not show it: type, nv and digest."""
    found = canonicalise(text, kind, region)
    d = scheme.digest(found.kind, found.nv, found.canonical)
    return {"type": found.kind, "nv": found.nv, "digest": d.hex()}


def token(
    text: str,
    key: str,
    generation: int,
    kind: str | None = None,
    region: str | None = None,
) -> str:
    """The value's token as it stands in the stream, `generation:hex`.

    `key` is the hexadecimal key that the hub's keys page gives for that generation.
    """
    found = canonicalise(text, kind, region)
    d = scheme.digest(found.kind, found.nv, found.canonical)
    return scheme.wire(generation, scheme.token(bytes.fromhex(key), found.kind, d))
