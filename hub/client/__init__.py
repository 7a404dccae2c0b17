"""The partner's toolkit: the same normal forms and tokens as the hub, without Django."""

from hub.client.matching import Match, Matcher, match
from hub.client.values import BadValue, Parsed, canonicalise, digest, hashed, token

__all__ = [
    "BadValue",
    "Match",
    "Matcher",
    "Parsed",
    "canonicalise",
    "digest",
    "hashed",
    "match",
    "token",
]
