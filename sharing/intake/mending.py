"""Which lines may rest as they came: rejected ones for mending, held ones until decided."""

import contextlib
import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from sharing.indicators.claims import Line
from sharing.indicators.types import hash_only
from sharing.indicators.types.payment_card import may_hold_card
from sharing.intake.fields import Defaults
from sharing.intake.parsing import hashed_instead, parse
from sharing.intake.rawlines import MAY_BE_CARD, RawLine
from sharing.vocabulary import HASH_ONLY

_NAMES = tuple(str(kind) for kind in HASH_ONLY)
_ESCAPE = re.compile(
    r"\\+u([0-9a-f]{4})|\\+x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#([0-9]{1,7});",
    re.IGNORECASE,
)
_ROUNDS = 8  # of escapes in escapes: whoever nests more hides something
_MARKS = str.maketrans("", "", "\"'[]{}(),:;_/|*\\")


def keepable(data: bytes, usual_type: str | None) -> bool:
    """Whether a line holds nothing of a type whose clear value is never kept.

    The line was rejected, so what it meant is not known: whatever may be a card counts,
    in every text, key and number, twice given ones too, and however they are escaped.
    """
    if usual_type is not None and hash_only(usual_type):
        return False
    if any(map(hash_only, _types(data))):  # of what is no type either
        return False
    text = _spelled_out(data.decode("utf-8", "replace"))
    if text is None or any(name in text.lower() for name in _NAMES):
        return False
    return not (may_hold_card(text) or may_hold_card(text.translate(_MARKS)))


def _types(data: bytes) -> list[str]:
    """Every type that a line names, however deep and however often."""
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        found.extend(
            said.strip().lower()
            for key, said in pairs
            if key == "type" and isinstance(said, str)
        )

    with contextlib.suppress(ValueError, RecursionError):
        json.loads(data, object_pairs_hook=look)
    return found


def _spelled_out(text: str) -> str | None:
    """The text with its escapes resolved; None when there is no end to them."""
    for _ in range(_ROUNDS):
        plain = _ESCAPE.sub(_character, text)
        if plain == text:
            # Half a character each, as JSON escapes those beyond the first 65,536.
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = plain
    return None


def _character(found: re.Match[str]) -> str:
    *hexadecimal, decimal = found.groups()
    code = int(decimal) if decimal else int(next(filter(None, hexadecimal)), 16)
    return chr(code) if code < 0x110000 else " "


def to_wait(lines: Iterable[RawLine], defaults: Defaults) -> list[RawLine]:
    """Lines as they may rest while they are held, unread: no card number among them.

    A card becomes its hash; a line that cannot be read and may hold one is not kept.
    """
    return [_to_wait(line, defaults) for line in lines]


def _to_wait(line: RawLine, defaults: Defaults) -> RawLine:
    if keepable(line.data, defaults.type):
        return line
    found = parse(line, defaults, overruled=True)
    if not isinstance(found, Line):
        return RawLine(line.number, _GONE)
    if not hash_only(found.kind):
        return line
    return RawLine(line.number, hashed_instead(line, found))


_GONE = orjson.dumps({MAY_BE_CARD: True})
