"""What is said about releases, line by line, and what is wrong with a line. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hub.lib.errors import FieldError, Invalid
from sharing import vocabulary as v

FIELDS = frozenset({"release", "kind", "count", "first_seen", "last_seen", "note"})
Kind = v.SightingKind | v.OutcomeKind | v.VerdictKind
OF_SIGHTINGS = ("count", "first_seen", "last_seen")
AHEAD = timedelta(minutes=5)  # clocks differ
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class BadLineError(Exception):
    """A line that cannot be taken; neither code nor sentence repeats it."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.field = code, sentence, field


@dataclass(frozen=True, slots=True)
class Line:
    """One line: about which release what is said, or why it says nothing."""

    number: int  # from 1
    release: UUID | None = None
    kind: Kind | None = None
    count: int = 1
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    note: str = ""
    fault: BadLineError | None = None

    @property
    def verdict(self) -> v.VerdictKind | None:
        return self.kind if isinstance(self.kind, v.VerdictKind) else None

    @property
    def sighting(self) -> v.SightingKind | v.OutcomeKind | None:
        """Of what was met, or done because of it: both are counted alike."""
        return None if isinstance(self.kind, v.VerdictKind) else self.kind


def read(body: object, moment: datetime) -> list[Line]:
    """The lines of `{"lines": [...]}`, or Invalid; one that is none gets a fault."""
    if not isinstance(body, Mapping) or body.keys() != {"lines"}:
        raise _invalid("missing", "Exactly `lines` is read here.")
    lines = body["lines"]
    if not isinstance(lines, list) or not 1 <= len(lines) <= v.FEEDBACK_LINES:
        raise _invalid("bad-list", f"A list of 1 to {v.FEEDBACK_LINES:,} is needed.")
    return [_read(number, said, moment) for number, said in enumerate(lines, 1)]


def _read(number: int, said: object, moment: datetime) -> Line:
    try:
        return _line(number, said, moment)
    except BadLineError as bad:
        return Line(number, fault=bad)


def _line(number: int, said: object, moment: datetime) -> Line:
    if not isinstance(said, Mapping):
        raise BadLineError("not-an-object", "A line is an object.")
    if unknown := sorted(map(str, said.keys() - FIELDS)):
        only = f"Only {', '.join(sorted(FIELDS))} are read here."
        raise BadLineError("unknown-field", only, unknown[0][:40])
    release, kind = _release(said.get("release")), _kind(said.get("kind"))
    if isinstance(kind, v.VerdictKind):
        for field in OF_SIGHTINGS:
            if said.get(field) is not None:
                raise BadLineError("not-of-verdicts", "A verdict has none.", field)
        return Line(number, release, kind, note=_note(said.get("note")))
    if said.get("note") is not None:
        raise BadLineError("not-of-sightings", "A sighting has none.", "note")
    first, last = _times(said, moment)
    return Line(number, release, kind, _count(said.get("count")), first, last)


def _release(said: object) -> UUID:
    try:
        return UUID(said) if isinstance(said, str) else _no_id()
    except ValueError:
        return _no_id()


def _no_id() -> UUID:
    raise BadLineError("bad-id", "A release is named by its id.", "release")


def _kind(said: object) -> Kind:
    for words in (v.VerdictKind, v.SightingKind, v.OutcomeKind):
        if said in [*words]:
            return words(str(said))
    known = ", ".join([*v.SightingKind, *v.OutcomeKind, *v.VerdictKind])
    raise BadLineError("unknown-word", f"Not one of {known}.", "kind")


def _count(said: object) -> int:
    if said is None:
        return 1
    if type(said) is not int or not 1 <= said <= v.SIGHTINGS_MOST:
        sentence = f"A whole number from 1 to {v.SIGHTINGS_MOST:,}."
        raise BadLineError("bad-number", sentence, "count")
    return said


def _note(said: object) -> str:
    if said is None:
        return ""
    if not isinstance(said, str):
        raise BadLineError("not-a-text", "A note is a text.", "note")
    text = said.replace("\r\n", "\n").strip()
    if len(text) > v.FEEDBACK_NOTE:
        raise BadLineError("too-long", f"At most {v.FEEDBACK_NOTE} characters.", "note")
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in text):
        raise BadLineError("bad-text", "It has control characters.", "note")
    return text


def _times(said: Mapping[str, Any], moment: datetime) -> tuple[datetime, datetime]:
    """First and last; one that is not said is the other, or now."""
    told_first, told_last = _time(said, "first_seen"), _time(said, "last_seen")
    first = told_first or told_last or moment
    last = told_last or first
    if last > moment + AHEAD:
        raise BadLineError("in-the-future", "Nothing was seen yet.", "last_seen")
    if first > last:
        raise BadLineError("bad-order", "It is after the last time.", "first_seen")
    return first, last


def _time(said: Mapping[str, Any], field: str) -> datetime | None:
    text = said.get(field)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        sentence = "A time as RFC 3339 has it, with its offset."
        raise BadLineError("bad-time", sentence, field)
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        found = EARLIEST - AHEAD
    if found < EARLIEST:
        raise BadLineError("bad-time", "It is too long ago.", field)
    return found


def _invalid(code: str, detail: str) -> Invalid:
    fault: FieldError = {"field": "lines", "code": code, "detail": detail}
    return Invalid(f"lines: {detail}", errors=[fault])
