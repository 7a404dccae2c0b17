"""Lines that give a hash in place of their value: the hub never sees what it is of.

`digest` is that of the token scheme, bound to type and version of the normal form;
`sha256` is the plain one of the normal form, as much of the industry keeps it.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from sharing.indicators.types import TYPES
from sharing.intake.fields import BadFieldError
from sharing.tokens import scheme

FIELDS = ("digest", "sha256", "nv")
_HEX = re.compile(r"[0-9A-Fa-f]{64}")
_OF_NOTHING = scheme.content_hash("")


class Hashed(NamedTuple):
    kind: str
    nv: int
    digest: bytes


def gives_hash(record: Mapping[str, Any]) -> bool:
    return any(field in record for field in FIELDS)


def read_hash(record: dict[str, Any], usual_kind: str | None) -> Hashed:
    """Take the hash, its type and its version out of a line, or BadFieldError."""
    field = _only_one(record)
    kind = _kind(record.pop("type", usual_kind))
    nv = _version(record.pop("nv", None), kind)
    h = _bytes(field, record.pop(field))
    if field == "digest":
        return Hashed(kind, nv, h)
    if h == _OF_NOTHING:
        raise BadFieldError(field, "nothing", "This is the hash of no value at all.")
    return Hashed(kind, nv, scheme.digest_of_hash(kind, nv, h))


def _only_one(record: Mapping[str, Any]) -> str:
    given = [field for field in ("value", "digest", "sha256") if field in record]
    if len(given) > 1:
        raise BadFieldError(
            given[-1], "both", "A line gives a value or one hash of it, not both."
        )
    if given in ([], ["value"]):
        raise BadFieldError("nv", "not-here", "Only a digest or sha256 has an nv.")
    if "region" in record:
        raise BadFieldError("region", "not-here", "A hash is read without a region.")
    return given[0]


def _kind(said: Any) -> str:
    if said is None:
        raise BadFieldError(
            "type", "missing", "A hash does not tell its type: name it."
        )
    if not isinstance(said, str) or said not in TYPES:
        raise BadFieldError("type", "unknown-word", "One of: " + ", ".join(TYPES) + ".")
    return said


def _version(said: Any, kind: str) -> int:
    if said is None:
        raise BadFieldError(
            "nv", "missing", "A hash needs nv, the version of its type's normal form."
        )
    if isinstance(said, str) and re.fullmatch(r"[0-9]{1,5}", said):
        said = int(said)
    known = TYPES[kind].versions()
    if isinstance(said, bool) or not isinstance(said, int) or said not in known:
        word = " or ".join(map(str, known))
        raise BadFieldError("nv", "bad-nv", f"The normal form of {kind} has nv {word}.")
    return said


def _bytes(field: str, said: Any) -> bytes:
    if not isinstance(said, str) or _HEX.fullmatch(said) is None:
        raise BadFieldError(
            field, "bad-digest", "A hash is 64 hexadecimal digits (SHA-256)."
        )
    return bytes.fromhex(said)
