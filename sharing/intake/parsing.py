"""One raw line -> one Line, or the reason why not. No database, no secrets in errors."""

import contextlib
import json
import re
from dataclasses import dataclass, replace
from typing import Any

import orjson
import structlog

from sharing import vocabulary as v
from sharing.indicators import warninglists
from sharing.indicators.claims import How, Line, Op, Outcome
from sharing.indicators.digests import digest_of, older_digests
from sharing.indicators.types import TYPES, BadValue, Parsed, read_value
from sharing.indicators.warninglists import Verdict
from sharing.intake import hashed
from sharing.intake.fields import (
    BadFieldError,
    Defaults,
    read_fields,
    read_kind,
    read_region,
)
from sharing.intake.hashed import Hashed
from sharing.intake.legend import Seen
from sharing.intake.rawlines import UNREADABLE, RawLine

log = structlog.get_logger(__name__)

_NARROWING = frozenset({"op", "value", "type", "region", "audience", *hashed.FIELDS})
_KEY = re.compile(rb'"\s*:')


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line that makes no claim: rejected (mend it) or stopped (overrule it)."""

    number: int
    outcome: Outcome
    field: str
    code: str
    detail: str
    seen: Seen | None = None  # what it was read as, as far as it was


def parse(raw: RawLine, defaults: Defaults, *, overruled: bool) -> Line | Trouble:
    """Read, type, normalise and check one line."""
    found: Parsed | Hashed | None = None
    try:
        record = _record(raw.data)
        op = _op(record.pop("op", Op.SUBMIT))
        found = _observable(record, defaults)
        given = _given(record, op)
    except BadFieldError as bad:
        return _trouble(raw.number, bad.field, bad.code, bad.detail, found)
    except BadValue as bad:
        trouble = _trouble(raw.number, "value", bad.code, bad.sentence)
        return replace(trouble, seen=_guess(bad))
    except Exception as error:  # noqa: BLE001 - a line must never take its chunk along
        log.warning("line_unreadable", line=raw.number, error=type(error).__name__)
        return _trouble(raw.number, "line", "unreadable", _OURS)
    if op is not Op.SUBMIT:
        return _line(raw.number, op, found, given)
    verdict = _verdict(found)
    if verdict.stop is not None and not overruled:
        trouble = _trouble(raw.number, "value", "warninglist", verdict.stop, found)
        return replace(trouble, outcome=Outcome.STOPPED)
    line = _line(raw.number, op, found, defaults.fields | given)
    line.annotations = verdict.annotations
    return line


_ALONE = "A withdrawal names a value and nothing else."
_OURS = "The hub cannot read this line; its operators have been told."


def seen_in(found: Line | Parsed | Hashed) -> Seen:
    if isinstance(found, Line):
        return Seen(found.kind, found.nv, found.how)
    return Seen(found.kind, found.nv, _how(found))


def _how(found: Parsed | Hashed) -> How:
    if isinstance(found, Hashed):
        return How.HASHED
    return How.GUESSED if found.guessed else How.NAMED


def _guess(bad: BadValue) -> Seen | None:
    if bad.kind is None:
        return None
    how = How.GUESSED if bad.guessed else How.NAMED
    return Seen(bad.kind, TYPES[bad.kind].nv, how)


def _line(number: int, op: Op, found: Parsed | Hashed, given: dict[str, Any]) -> Line:
    kind, nv = found.kind, found.nv
    if isinstance(found, Hashed):
        return Line(number, op, kind, nv, None, found.digest, given, how=How.HASHED)
    digest, older = digest_of(found), older_digests(found)
    line = Line(number, op, kind, nv, found.canonical, digest, given, older=older)
    line.how = _how(found)
    return line


def _trouble(
    number: int,
    field: str,
    code: str,
    detail: str,
    found: Parsed | Hashed | None = None,
) -> Trouble:
    seen = seen_in(found) if found else None
    return Trouble(number, Outcome.REJECTED, field, code, detail, seen)


def _verdict(found: Parsed | Hashed) -> Verdict:
    if isinstance(found, Hashed):
        return warninglists.check_digest(*found)
    return warninglists.check(found)


def _given(record: dict[str, Any], op: Op) -> dict[str, Any]:
    given = read_fields(record)
    if op is Op.WITHDRAW and given:
        raise BadFieldError(next(iter(given)), "not-here", _ALONE)
    return given


def may_name_audience(raw: RawLine) -> bool:
    """Whether a line may say who is to receive it; one too many does no harm."""
    return b'"audience"' in raw.data or b"\\u" in raw.data


def hashed_instead(raw: RawLine, line: Line) -> bytes:
    """The same line with the hash of its value alone: no value, and no note about it."""
    record = _record(raw.data)
    for field in ("value", "region", "note", *hashed.FIELDS):
        record.pop(field, None)
    told = {"type": line.kind, "nv": line.nv, "digest": line.digest.hex()}
    return orjson.dumps(record | told)


def takes_back(raw: RawLine) -> bool:
    """Whether a line can do nothing but take back: withdraw, or narrow the audience.

    Read as `parse` reads it, so that nothing passes here and becomes a claim there.
    """
    if b'"op"' not in raw.data and b"\\" not in raw.data:
        return False
    try:
        record = _record(raw.data)
    except (BadFieldError, ValueError, RecursionError):
        return False
    if record.get("op") == Op.CORRECT:
        return "audience" in record and record.keys() <= _NARROWING
    return record.get("op") == Op.WITHDRAW


def _record(data: bytes) -> dict[str, Any]:
    if len(data) > v.LINE_BYTES:
        raise BadFieldError("line", "too-long", f"At most {v.LINE_BYTES} bytes a line.")
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise BadFieldError("line", "bad-json", "The line is not JSON.") from None
    if isinstance(found, str):
        return {"value": found}
    if not isinstance(found, dict):
        raise BadFieldError("line", "bad-json", "A line is an object or a string.")
    for why, detail in UNREADABLE.items():
        if why in found:
            raise BadFieldError("line", why, detail)
    if len(_KEY.findall(data)) > len(found) and _says_twice(data):
        raise BadFieldError("line", "double-key", "The line gives a key twice.")
    return {key: value for key, value in found.items() if value is not None}


def _says_twice(data: bytes) -> bool:
    """Whether an object of the line, however deep, has a key twice."""
    doubled: list[bool] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        doubled.append(len(dict(pairs)) < len(pairs))

    # What is deeper than this reads has another fault: no field of ours is so deep.
    with contextlib.suppress(ValueError, RecursionError):
        json.loads(data, object_pairs_hook=look)
    return any(doubled)


def _op(value: Any) -> Op:
    try:
        return Op(value)
    except ValueError:
        raise BadFieldError(
            "op", "unknown-word", "submit, withdraw or correct."
        ) from None


def _observable(record: dict[str, Any], defaults: Defaults) -> Parsed | Hashed:
    if hashed.gives_hash(record):
        return hashed.read_hash(record, defaults.type)
    text = record.pop("value", None)
    kind = read_kind(record.pop("type", defaults.type))
    region = read_region(record.pop("region", defaults.region))
    if not isinstance(text, str) or not text.strip():
        raise BadFieldError("value", "missing", "A line needs a value, or its hash.")
    return read_value(text, kind=kind, region=region)
