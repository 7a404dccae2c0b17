"""The partner's toolkit: the same normal forms and tokens as the hub, without Django."""

from hub.client.matching import Match, Matcher, match
from hub.client.oblivious import (
    AnswerRefusedError,
    Batch,
    KeyChangedError,
    Oblivious,
    pinned_keys,
    schemes_of,
)
from hub.client.values import (
    BadValue,
    Parsed,
    Typed,
    canonicalise,
    digest,
    hashed,
    token,
    typed,
)

__all__ = [
    "AnswerRefusedError",
    "BadValue",
    "Batch",
    "KeyChangedError",
    "Match",
    "Matcher",
    "Oblivious",
    "Parsed",
    "Typed",
    "canonicalise",
    "digest",
    "hashed",
    "match",
    "pinned_keys",
    "schemes_of",
    "token",
    "typed",
]
