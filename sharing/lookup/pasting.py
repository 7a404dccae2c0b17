"""What a person pastes or drops: a list, CSV, NDJSON or plain prose, value by value. Pure.

Bad lines get a fault of their own; whatever is said twice is asked once.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import orjson

from hub.lib.errors import Invalid
from sharing.indicators.types.base import BadValue
from sharing.indicators.types.refang import refang
from sharing.indicators.types.registry import TYPES, hash_only, read_value
from sharing.intake import reading
from sharing.intake.forms import pasted_type
from sharing.intake.rawlines import UNREADABLE, RawLine
from sharing.lookup import asking
from sharing.lookup.asking import Asked, Question
from sharing.vocabulary import LOOKUP_LINES, IndicatorKind

TOO_MANY = f"At most {LOOKUP_LINES:,} lines at once: look up the rest in a second go."
WORDS = 3 * LOOKUP_LINES  # beside other words, tried in all
SHOWN = 300  # characters of a line that cannot be read
LAST = 4  # digits by which one knows a card again
_BETWEEN = re.compile(r"[\s,;|\"'<>]+")
_ALONE = (None, IndicatorKind.DOMAIN, IndicatorKind.URL, IndicatorKind.EMAIL)
_SCHEMES = ("http:", "https:", "ftp:")
_MARKS, _SHORT, _LONG = frozenset(".:@"), 4, 20  # t.co; hashes and wallets have no mark
_AROUND = ".:!?()"  # of a sentence about a value


@dataclass(slots=True)
class Pasted:
    """One value, or a line that holds none."""

    asked: Asked
    lines: list[int]  # where it was said, from 1 as people count
    text: str  # in its normal form, or as it was written
    field: str = "value"  # that is at fault, if one is

    @property
    def fault(self) -> str:
        return self.asked.fault[1] if self.asked.fault else ""


@dataclass(frozen=True, slots=True)
class Paste:
    values: list[Pasted]  # by their number in the question, less one
    lines: int

    @property
    def question(self) -> Question:
        return Question("values", tuple(each.asked for each in self.values), None)


def read(text: str, kind: str | None, region: str | None) -> Paste:
    """Every value once, or Invalid or Malformed if it cannot be read as a whole."""
    form = reading.format_of(pasted_type(text))
    raw = list(islice(reading.lines([text.encode()], form), LOOKUP_LINES + 1))
    if len(raw) > LOOKUP_LINES:
        raise Invalid(TOO_MANY)
    found: list[Pasted] = []
    known: dict[tuple[str, bytes], Pasted] = {}
    reader = _Reader(kind, region)
    for line in raw:
        for each in reader.read(line):
            place = each.asked.kind, each.asked.digest or b""
            before = known.setdefault(place, each) if each.asked.digest else each
            if before is not each:
                before.lines += each.lines
                continue
            each.asked = replace(each.asked, line=len(found) + 1)
            found.append(each)
    if len(found) > LOOKUP_LINES:
        raise Invalid(TOO_MANY)
    return Paste(found, len(raw))


class _FaultError(Exception):
    """What is wrong with a line, and with which field of it."""

    def __init__(self, name: str, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.why = name, (code, sentence)


@dataclass(slots=True)
class _Reader:
    """Reads lines of which nothing else says the type or the region."""

    kind: str | None
    region: str | None
    words: int = WORDS  # that may still be tried

    def read(self, line: RawLine) -> Iterator[Pasted]:
        said = _json(line)
        try:
            if isinstance(said, str):
                yield from self._bare(line.number, said)
            else:
                yield self._record(line.number, said)
        except _FaultError as fault:
            asked = Asked(0, fault=fault.why)
            yield Pasted(asked, [line.number], _shown(said), fault.field)
        except BadValue as bad:
            why = bad.code, bad.sentence
            asked = Asked(0, bad.kind or "", bad.guessed, fault=why)
            yield Pasted(asked, [line.number], _shown(said))

    def _bare(self, number: int, text: str) -> Iterator[Pasted]:
        """The value that a line is; or those that it names beside other words."""
        try:
            yield _value(number, text, self.kind, self.region)
        except BadValue as bad:
            apart = not self.kind and _is_prose(text, bad)
            found = [*self._among(number, text)] if apart else []
            if not found:
                raise bad from None
            yield from found

    def _among(self, number: int, text: str) -> Iterator[Pasted]:
        """No region: a date beside a value is no telephone number."""
        words = [word.strip(_AROUND) for word in _BETWEEN.split(text)]
        if len(words) < 2:
            return
        for word in filter(_may_be_value, words):
            if not self.words:
                return
            self.words -= 1
            with suppress(BadValue):
                yield _value(number, word, None, None)

    def _record(self, number: int, said: Any) -> Pasted:
        if not isinstance(said, dict):
            sentence = "The line is neither text nor an object."
            raise _FaultError("line", "bad-json", sentence)
        for why, sentence in UNREADABLE.items():
            if why in said:
                raise _FaultError("line", why, sentence)
        if "nv" in said or "digest" in said:
            return _hash(number, {"type": self.kind, **said})
        named = said.get("type", self.kind)
        if not (named is None or (isinstance(named, str) and named in TYPES)):
            sentence = "There is no such type of indicator."
            raise _FaultError("type", "unknown-type", sentence)
        return _value(number, said.get("value"), named, said.get("region", self.region))


def _json(line: RawLine) -> Any:
    try:
        return orjson.loads(line.data)
    except orjson.JSONDecodeError:
        return None


def _shown(said: Any) -> str:
    """So much of a bad line that its sender knows it again."""
    if isinstance(said, dict):
        if said.keys() & UNREADABLE.keys():
            return ""
        said = said.get("value", "")
    return said[:SHOWN] if isinstance(said, str) else ""


def _is_prose(text: str, bad: BadValue) -> bool:
    """Whether a value may stand beside others; a broken URL has no parts that are some."""
    return bad.kind in _ALONE and not refang(text).startswith(_SCHEMES)


def _may_be_value(word: str) -> bool:
    """Whether a word beside others is worth a try: most are just words."""
    return len(word) >= _LONG or (len(word) >= _SHORT and not _MARKS.isdisjoint(word))


def _hash(number: int, said: dict[str, Any]) -> Pasted:
    names = ("type", "nv", "digest", "sha256")
    digest = {name: _number(name, said[name]) for name in names if name in said}
    asked = asking.of_digest(0, digest)
    return Pasted(asked, [number], str(said.get("digest") or said.get("sha256")))


def _number(name: str, said: Any) -> Any:
    """The cell of a CSV that holds a version."""
    digits = (
        name == "nv" and isinstance(said, str) and said.isascii() and said.isdigit()
    )
    return int(said) if digits and len(said) < 6 else said


def _value(number: int, text: Any, kind: str | None, region: Any) -> Pasted:
    if not isinstance(text, str):
        raise BadValue("not-a-text", "There is no value in this line.")
    if region is not None and not isinstance(region, str):
        raise _FaultError("region", "not-a-text", "A region has two letters.")
    found = read_value(text, kind=kind, region=region or None)
    said = found.canonical
    if hash_only(found.kind):
        said = f"…{said[-LAST:]}"
    return Pasted(asking.of_parsed(0, found), [number], said)
