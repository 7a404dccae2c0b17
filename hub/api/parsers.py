"""Strict JSON for small bodies, and none at all where the body is streamed."""

import json
import re
from collections.abc import Collection, Mapping
from typing import IO, Any, ClassVar, NoReturn

from rest_framework.parsers import BaseParser

from hub.lib.errors import FieldError, Invalid, Malformed, TooLarge

BODY_BYTES = 1024 * 1024
DEPTH = 32
# An open string runs to the end of the body, so that no start is tried twice.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_NAME = re.compile(r"[a-z_]{1,40}")


class StrictJSONParser(BaseParser):
    """RFC 8259 read narrowly: what two readers could take differently is refused.

    So is U+0000, which the database cannot store, but where lines are judged one by one.
    """

    media_type = "application/json"
    body_bytes = BODY_BYTES
    by_line: ClassVar[frozenset[str]] = frozenset()  # fields whose reader refuses it

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(self.body_bytes + 1)
        if len(body) > self.body_bytes:
            raise TooLarge(f"A body here has at most {self.body_bytes} bytes.")
        found = read(body)
        if b"\\u0000" in body:  # as such JSON cannot have it
            refuse_nul(found, but=self.by_line)
        return found


class RawParser(BaseParser):
    """Claims every media type and reads nothing: the view takes the stream itself."""

    media_type = "*/*"


def read(body: bytes) -> Any:
    """The value in a JSON text, or Malformed."""
    if _depth(body) > DEPTH:
        raise _bad(f"The JSON is nested more than {DEPTH} levels deep.")
    try:
        found = json.loads(
            body.decode(), object_pairs_hook=_pairs, parse_constant=_constant
        )
        # Neither half a surrogate pair nor 1e999 could be written out again.
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise _bad("The body is not JSON in UTF-8.") from None
    return found


def refuse_nul(found: Any, *, but: Collection[str] = ()) -> None:
    """Invalid, with the field of the body if one knows it."""
    fields = found.items() if isinstance(found, dict) else [("body", found)]
    for name, said in fields:
        if "\0" in name or (name not in but and _has_nul(said)):
            field = name if _NAME.fullmatch(name) else "body"
            detail = "No text has the character U+0000."
            error: FieldError = {"field": field, "code": "invalid", "detail": detail}
            raise Invalid(f"{field}: {detail}", errors=[error])


def _has_nul(said: Any) -> bool:
    if isinstance(said, str):
        return "\0" in said
    if isinstance(said, dict):
        return any(map(_has_nul, said)) or any(map(_has_nul, said.values()))
    return isinstance(said, list) and any(map(_has_nul, said))


def _depth(body: bytes) -> int:
    """How deep brackets nest, outside of strings; found without recursion."""
    deepest = depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _bad("The JSON has an object with the same key twice.")
    return found


def _constant(_: str) -> NoReturn:
    raise _bad("The JSON has a number that is none (NaN or Infinity).")


def _bad(detail: str) -> Malformed:
    return Malformed(detail, code="bad-json")
