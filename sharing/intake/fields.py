"""What a line or a query may say of a claim: each field with its rule and its error."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sharing import vocabulary as v

LABEL = re.compile(r"[a-z][a-z0-9:_-]{0,23}")
LABEL_DIGITS = 6
AUDIENCES = 100
REGION = re.compile(r"[A-Za-z]{2}")


class BadFieldError(Exception):
    """A field that breaks its rule; the sentence never quotes what was sent."""

    def __init__(self, field: str, code: str, detail: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code, self.detail = field, code, detail


def _word(words: type[StrEnum]) -> Callable[[str, Any], str]:
    allowed = {str(word): str(word) for word in words}

    def read(field: str, value: Any) -> str:
        found = allowed.get(value.strip().lower()) if isinstance(value, str) else None
        if found is None:
            raise BadFieldError(
                field, "unknown-word", "One of: " + ", ".join(allowed) + "."
            )
        return found

    return read


def _confidence(field: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise BadFieldError(field, "out-of-range", "A whole number from 0 to 100.")
    return value


def _moment(field: str, value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadFieldError(
            field, "bad-time", "A time as RFC 3339, for example 2026-01-31T09:00:00Z."
        ) from None


def _labels(field: str, value: Any) -> list[str]:
    """Free words, but too narrow to spell out a phone number, an address or a host."""
    items = re.split(r"[;,\s]+", value.strip()) if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > v.LABELS:
        raise BadFieldError(field, "too-many", f"At most {v.LABELS} labels.")
    for item in items:
        good = isinstance(item, str) and LABEL.fullmatch(item)
        if not good or sum(map(str.isdigit, item)) > LABEL_DIGITS:
            raise BadFieldError(
                field,
                "bad-label",
                "Labels are a-z, 0-9, colon, dash and underscore, start with a letter,"
                f" and have at most 24 characters and {LABEL_DIGITS} digits.",
            )
    return sorted(set(items))


def _note(field: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > v.NOTE_CHARACTERS or "\0" in value:
        raise BadFieldError(
            field, "too-long", f"Text of at most {v.NOTE_CHARACTERS} characters."
        )
    return value.strip() or None


def _audience(field: str, value: Any) -> list[UUID]:
    items = re.split(r"[;,\s]+", value.strip()) if isinstance(value, str) else value
    bad = BadFieldError(field, "bad-audience", "A list of agreement or collection ids.")
    if not isinstance(items, list) or not 0 < len(items) <= AUDIENCES:
        raise bad
    try:
        return sorted({UUID(item) for item in items})
    except (ValueError, TypeError, AttributeError):
        raise bad from None


READ: dict[str, Callable[[str, Any], Any]] = {
    "scam_type": _word(v.ScamType),
    "role": _word(v.Role),
    "status": _word(v.Status),
    "review_status": _word(v.ReviewStatus),
    "confidence": _confidence,
    "severity": _word(v.Severity),
    "tlp": _word(v.Tlp),
    "labels": _labels,
    "first_seen": _moment,
    "last_seen": _moment,
    "valid_until": _moment,
    "note": _note,
    "audience": _audience,
}
# What the whole submission may say for its lines.
SUBMISSION = frozenset(
    "scam_type role status review_status confidence severity tlp labels audience".split()
)


def read_fields(given: dict[str, Any]) -> dict[str, Any]:
    """Typed fields, or BadFieldError for the first that breaks its rule."""
    found = {}
    for field, value in given.items():
        reader = READ.get(field)
        if reader is None:
            raise BadFieldError(
                "line",
                "unknown-field",
                "A field is not known; see the API description.",
            )
        found[field] = reader(field, value)
    first, last = found.get("first_seen"), found.get("last_seen")
    if first is not None and last is not None and last < first:
        raise BadFieldError("last_seen", "order", "last_seen lies before first_seen.")
    return found


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the submission says for lines that say nothing."""

    fields: dict[str, Any]
    type: str | None = None
    region: str | None = None


def defaults_of(said: dict[str, Any]) -> Defaults:
    """Defaults from a submission's query, or BadFieldError."""
    fields = dict(said)
    kind, region = fields.pop("type", None), fields.pop("region", None)
    for name in fields:
        if name not in SUBMISSION:
            raise BadFieldError(name, "unknown-field", "Not a default of a submission.")
    return Defaults(read_fields(fields), read_kind(kind), read_region(region))


def read_kind(value: Any) -> str | None:
    """A type of indicator, or None to guess it."""
    if value is None or (isinstance(value, str) and value in set(v.IndicatorKind)):
        return value
    raise BadFieldError(
        "type", "unknown-word", "One of: " + ", ".join(v.IndicatorKind) + "."
    )


def read_region(value: Any) -> str | None:
    """The country of local phone numbers and bank accounts: ISO 3166-1, two letters."""
    if value is None or (isinstance(value, str) and REGION.fullmatch(value)):
        return value
    raise BadFieldError("region", "unknown-word", "Two letters, for example GB.")
