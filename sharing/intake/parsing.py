"""One raw line -> one Line, or the reason why not. No database, no secrets in errors."""

from dataclasses import dataclass
from typing import Any

import orjson

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
from sharing.intake.reading import RawLine
from sharing.tokens import scheme


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
    if "columns" in found:
        raise BadFieldError("line", "columns", "The row has another number of cells.")
    return {key: value for key, value in found.items() if value is not None}


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
