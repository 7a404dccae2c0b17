"""One raw line -> one Line, or the reason why not. No database, no secrets in errors."""

import contextlib
import json
import re
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from sharing import vocabulary as v
from sharing.indicators import warninglists
from sharing.indicators.claims import Line, Op, Outcome
from sharing.indicators.types import BadValue, Parsed, read_value
from sharing.intake.fields import (
    BadFieldError,
    Defaults,
    read_fields,
    read_kind,
    read_region,
)
from sharing.intake.rawlines import UNREADABLE, RawLine
from sharing.tokens import scheme

log = structlog.get_logger(__name__)

_NARROWING = frozenset({"op", "value", "type", "region", "audience"})
_KEY = re.compile(rb'"\s*:')


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line that makes no claim: rejected (mend it) or stopped (overrule it)."""

    number: int
    outcome: Outcome
    field: str
    code: str
    detail: str


def parse(raw: RawLine, defaults: Defaults, *, overruled: bool) -> Line | Trouble:
    """Read, type, normalise and check one line."""
    try:
        record = _record(raw.data)
        op = _op(record.pop("op", Op.SUBMIT))
        parsed = _value(record, defaults)
        given = read_fields(record)
    except BadFieldError as bad:
        return Trouble(raw.number, Outcome.REJECTED, bad.field, bad.code, bad.detail)
    except BadValue as bad:
        return Trouble(raw.number, Outcome.REJECTED, "value", bad.code, bad.sentence)
    except Exception as error:  # noqa: BLE001 - a line must never take its chunk along
        log.warning("line_unreadable", line=raw.number, error=type(error).__name__)
        return Trouble(
            raw.number,
            Outcome.REJECTED,
            "line",
            "unreadable",
            "The hub cannot read this line; its operators have been told.",
        )
    if op is Op.SUBMIT:
        verdict = warninglists.check(parsed)
        if verdict.stop is not None and not overruled:
            return Trouble(
                raw.number, Outcome.STOPPED, "value", "warninglist", verdict.stop
            )
        given = defaults.fields | given
        annotations = verdict.annotations
    else:
        annotations = ()
    if op is Op.WITHDRAW and given:
        return Trouble(
            raw.number,
            Outcome.REJECTED,
            next(iter(given)),
            "not-here",
            "A withdrawal names a value and nothing else.",
        )
    digest = scheme.digest(parsed.kind, parsed.nv, parsed.canonical)
    return Line(
        raw.number,
        op,
        parsed.kind,
        parsed.nv,
        parsed.canonical,
        digest,
        given,
        annotations,
    )


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


def _value(record: dict[str, Any], defaults: Defaults) -> Parsed:
    text = record.pop("value", None)
    kind = read_kind(record.pop("type", defaults.type))
    region = read_region(record.pop("region", defaults.region))
    if not isinstance(text, str) or not text.strip():
        raise BadFieldError("value", "missing", "A line needs a value.")
    return read_value(text, kind=kind, region=region)
