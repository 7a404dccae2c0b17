"""Digests of a value that was read: in its normal form, and in earlier ones. Pure."""

from sharing.indicators.types.base import Parsed
from sharing.tokens import scheme


def digest_of(parsed: Parsed) -> bytes:
    return scheme.digest(parsed.kind, parsed.nv, parsed.canonical)


def older_digests(parsed: Parsed) -> tuple[bytes, ...]:
    """What the same value was known by under earlier versions, the newest first."""
    return tuple(scheme.digest(parsed.kind, nv, text) for nv, text in parsed.older)


def digests_of(parsed: Parsed) -> tuple[bytes, ...]:
    return (digest_of(parsed), *older_digests(parsed))
