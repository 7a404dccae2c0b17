"""What a look-up asks for: values, digests or tokens, read line by line. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.lib.errors import FieldError, Invalid
from sharing.indicators.digests import digest_of, older_digests
from sharing.indicators.types.base import BadValue, Parsed
from sharing.indicators.types.registry import TYPES, read_value
from sharing.tokens import scheme
from sharing.vocabulary import DETAILS_AT_ONCE, LOOKUP_LINES

FORMS = ("values", "digests", "tokens")
FIELDS = frozenset({*FORMS, "type", "region", "collections"})
TOKEN = "token"  # noqa: S105 - counted under this word: a token does not tell its type
HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """One line: a digest to make tokens of, a token as it is, or why it is neither."""

    line: int  # from 1
    kind: str = ""
    guessed: bool = False
    digest: bytes | None = None
    older: tuple[bytes, ...] = ()  # of the same value, by earlier normal forms
    token: tuple[int, bytes] | None = None  # generation number, token
    fault: tuple[str, str] | None = (
        None  # code and sentence, which never quotes the line
    )


@dataclass(frozen=True, slots=True)
class Question:
    form: str
    lines: tuple[Asked, ...]
    collections: tuple[str, ...] | None  # ids; None: all that may be read


def read(body: object) -> Question:
    """The question in a JSON body, or Invalid naming what is wrong with it as a whole.

    A line that cannot be read gets a fault of its own and harms no other.
    """
    if not isinstance(body, Mapping):
        raise _invalid("body", "not-an-object", "A JSON object is needed.")
    if unknown := sorted(map(str, body.keys() - FIELDS)):
        detail = f"Only {', '.join(sorted(FIELDS))} are read here."
        raise _invalid(unknown[0][:40], "unknown-field", detail)
    forms = [form for form in FORMS if form in body]
    if len(forms) != 1:
        detail = "Exactly one of values, digests and tokens is needed."
        raise _invalid("values", "missing", detail)
    (form,) = forms
    lines = _list(body[form], form, LOOKUP_LINES)
    kind = _word(body, "type")
    if kind is not None and (form != "values" or kind not in TYPES):
        detail = (
            "There is no such type of indicator."
            if form == "values"
            else "A type is named for values only; a digest names its own."
        )
        raise _invalid("type", "unknown-type", detail)
    reader = _reader(form, kind, _word(body, "region"))
    asked = tuple(_asked(number, each, reader) for number, each in enumerate(lines, 1))
    return Question(form, asked, _collections(body))


Reader = Callable[[int, Any], Asked]


def _reader(form: str, kind: str | None, region: str | None) -> Reader:
    if form == "tokens":
        return _of_token
    if form == "digests":
        return of_digest
    return lambda number, text: _of_value(number, text, kind, region)


def _asked(number: int, said: Any, reader: Reader) -> Asked:
    try:
        return reader(number, said)
    except BadValue as bad:
        return Asked(number, fault=(bad.code, bad.sentence))


def _of_value(number: int, text: Any, kind: str | None, region: str | None) -> Asked:
    if not isinstance(text, str):
        raise BadValue("not-a-text", "A value is a text.")
    return of_parsed(number, read_value(text, kind=kind, region=region))


def of_parsed(number: int, found: Parsed) -> Asked:
    d, older = digest_of(found), older_digests(found)
    return Asked(number, found.kind, found.guessed, digest=d, older=older)


def of_digest(number: int, said: Any) -> Asked:
    """`{type, digest}`, or `{type, nv, sha256}` with the plain hash of the value.

    Of every version of the normal form that is known; a digest need not say which.
    """
    kind = said.get("type") if isinstance(said, Mapping) else None
    if not isinstance(kind, str) or kind not in TYPES:
        raise BadValue("bad-digest", "A digest is an object that names a known type.")
    if said.keys() == {"type", "digest"}:
        return Asked(number, kind, digest=_hash(said["digest"]))
    if said.keys() not in ({"type", "nv", "sha256"}, {"type", "nv", "digest"}):
        raise BadValue("bad-digest", "Send type and digest, or type, nv and sha256.")
    nv = _version(kind, said["nv"])
    if "digest" in said:
        return Asked(number, kind, digest=_hash(said["digest"]))
    d = scheme.digest_of_hash(kind, nv, _hash(said["sha256"]))
    return Asked(number, kind, digest=d)


def _version(kind: str, said: Any) -> int:
    known = TYPES[kind].versions()
    if isinstance(said, bool) or not isinstance(said, int) or said not in known:
        word = " or ".join(map(str, known))
        raise BadValue("bad-nv", f"The normal form of {kind} has version {word} here.")
    return said


def _hash(text: Any) -> bytes:
    try:
        found = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        found = b""
    if len(found) != HASH_BYTES or len(text) != 2 * HASH_BYTES:
        raise BadValue("bad-digest", "A digest is 64 hexadecimal digits.")
    return found


def otags(body: object) -> tuple[Asked, ...]:
    """The otags in `{"tokens": [...]}`, or Invalid; one that is none gets a fault."""
    if not isinstance(body, Mapping) or body.keys() != {"tokens"}:
        raise _invalid("tokens", "missing", "Exactly `tokens` is read here.")
    lines = _list(body["tokens"], "tokens", DETAILS_AT_ONCE)
    return tuple(_asked(number, each, _of_otag) for number, each in enumerate(lines, 1))


def _of_otag(number: int, text: Any) -> Asked:
    return _of_token(number, text, scheme.OTAG_BYTES)


def _of_token(number: int, text: Any, size: int = scheme.TOKEN_BYTES) -> Asked:
    try:
        return Asked(number, TOKEN, token=scheme.parse_wire(text, size))
    except (scheme.BadWireError, AttributeError):
        raise BadValue("bad-token", "A token is written generation:hex.") from None


def _collections(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    if "collections" not in body:
        return None
    said = _list(body["collections"], "collections", 1_000)
    if not all(isinstance(each, str) for each in said):
        raise _invalid("collections", "bad-id", "A collection is named by its id.")
    return tuple(dict.fromkeys(said))


def _list(said: Any, field: str, most: int) -> list[Any]:
    if not isinstance(said, list) or not 1 <= len(said) <= most:
        raise _invalid(field, "bad-list", f"A list of 1 to {most:,} is needed.")
    return said


def _word(body: Mapping[str, Any], field: str) -> str | None:
    said = body.get(field)
    if said is not None and not isinstance(said, str):
        raise _invalid(field, "not-a-text", "A text is needed here.")
    return said


def _invalid(field: str, code: str, detail: str) -> Invalid:
    fault: FieldError = {"field": field, "code": code, "detail": detail}
    return Invalid(f"{field}: {detail}", errors=[fault])
