"""A collection's filter at your side: checked, kept in a file, brought up to date, asked.

A tool that matches a list against a collection does this, whatever it speaks HTTP with:

    keys = {1: bytes.fromhex("...")}            # GET signing-keys once, then pinned
    held = load(path, keys) if path.exists() else None
    body = GET collections/ID/filter            # ?since={held.version} if something is held
    held = read(body, keys, collection="ID", held=held)
    held.save(path)
    hits = [own for own in list if held.has(own.tag)]

`tag` is the token (32 bytes) or the otag (16 bytes) of the own value, as `held.of` says,
made for the generation `held.generation`; `holds()` takes the wire form of either. A hit
is one in 280 million of being false for a set of a million. What fails a check raises
BadFilterError and changes nothing that is held: ask again without `since`; if that fails
as well, somebody is between you and the hub. A 304 to an If-None-Match means: go on with
what is held. In memory a million prefixes take 8 MB, in a file 6.
"""

import json
import os
import re
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sharing.tokens import rice
from sharing.tokens.rice import BadCodingError
from sharing.tokens.signing import BadSignatureError, FilterStatement, verify

MAGIC = b"accord filter 1\n"
HEAD_MAX = 4096
SAID = frozenset("collection version of taken_at count checksum key signature".split())
FIELDS = SAID | {"since", "additions", "removals"}
_VERSION = re.compile(r"(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,17})", re.ASCII)

Keys = Mapping[int, bytes]  # pinned public keys by their number


class BadFilterError(ValueError):
    """The answer or file is not what the hub signed, or does not fit what is held."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A set that the hub signed, checked."""

    statement: FilterStatement
    key: int
    signature: bytes
    numbers: rice.Numbers = field(repr=False)

    @property
    def version(self) -> str:
        """What `since` takes."""
        return f"{self.statement.generation}.{self.statement.number}"

    @property
    def of(self) -> str:
        """`token` or `otag`: what to make of own values."""
        return self.statement.of

    @property
    def generation(self) -> int:
        """Whose key to make them with."""
        return self.statement.generation

    def __len__(self) -> int:
        return len(self.numbers)

    def has(self, tag: bytes) -> bool:
        """Whether a token or otag of this generation begins as one in the set: 1 us."""
        return rice.holds(self.numbers, rice.prefix(tag))

    def holds(self, wire: str) -> bool:
        """The same of `generation:hex`; of another generation nothing is held."""
        number, _, digits = wire.partition(":")
        if number != str(self.generation):
            return False
        return self.has(bytes.fromhex(digits))

    def save(self, path: Path) -> None:
        """Whole or not at all; readable by its owner alone."""
        head = json.dumps(_told(self)).encode() + b"\n"
        draft, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(draft, "wb") as file:
                file.write(MAGIC + head + rice.packed(self.numbers))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def load(path: Path, keys: Keys) -> Filter:
    """What `save` wrote, checked again as if it had just come; or BadFilterError."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BadFilterError("This is no file of a filter.")
        head, content = file.readline(HEAD_MAX), file.read()
    said = _object(head, SAID)
    statement, signature = _signed(said, keys)
    try:
        numbers = rice.unpacked(content)
    except BadCodingError as bad:
        raise BadFilterError(str(bad)) from None
    return _checked(said, statement, signature, numbers)


def read(
    body: bytes, keys: Keys, *, collection: str | UUID, held: Filter | None = None
) -> Filter:
    """The set in an answer of the hub, or BadFilterError.

    `held` is what the request named as `since`; an answer that is whole needs none, and
    nothing older than what is held is taken.
    """
    said = _object(body, FIELDS)
    statement, signature = _signed(said, keys)
    if str(statement.collection) != str(collection).lower():
        raise BadFilterError("This is the filter of another collection.")
    if held is not None:
        _check_later(statement, held.statement)
    base: rice.Numbers = rice.decode(rice.encode([]))
    if said["since"] is not None:
        if held is None or said["since"] != held.version:
            raise BadFilterError("This is a change of a set that is not held.")
        base = held.numbers
    try:
        additions, removals = (
            rice.decode(_base64(said[each])) for each in ("additions", "removals")
        )
        numbers = rice.changed(base, additions, removals)
    except BadCodingError as bad:
        raise BadFilterError(str(bad)) from None
    return _checked(said, statement, signature, numbers)


def _check_later(statement: FilterStatement, held: FilterStatement) -> None:
    """What a hub said once it does not take back, and one version is one set."""
    if _rank(statement) < _rank(held):
        raise BadFilterError("This is older than what is held.")
    if _rank(statement) == _rank(held) and statement.checksum != held.checksum:
        raise BadFilterError("This is another set than the one held of its version.")


def _rank(statement: FilterStatement) -> tuple[int, int]:
    return statement.generation, statement.number


def _object(text: bytes, fields: frozenset[str]) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFilterError("This is no JSON.") from None
    if not isinstance(said, dict) or said.keys() != fields:
        raise BadFilterError("This is no filter.")
    return said


def _signed(said: Mapping[str, Any], keys: Keys) -> tuple[FilterStatement, bytes]:
    """The statement, if one of the pinned keys signed it."""
    try:
        statement = _statement(said)
        signature = _hex(said["signature"], 64)
        public = keys[said["key"]]
        verify(public, statement.message(), signature)
    except KeyError:
        raise BadFilterError("It is signed with a key that is not pinned.") from None
    except BadSignatureError:
        raise BadFilterError("The signature does not fit.") from None
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise BadFilterError("This is no filter.") from None
    return statement, signature


def _statement(said: Mapping[str, Any]) -> FilterStatement:
    """Each field in its one spelling: what is not signed byte by byte cannot vary."""
    parts = _VERSION.fullmatch(said["version"])
    if parts is None:
        raise ValueError
    found = FilterStatement(
        collection=UUID(said["collection"]),
        generation=int(parts[1]),
        number=int(parts[2]),
        of=str(said["of"]),
        taken_at=datetime.fromisoformat(said["taken_at"]),
        count=int(said["count"]),
        checksum=_hex(said["checksum"], 32),
    )
    if any(said[name] != told for name, told in _fields(found).items()):
        raise ValueError
    return found


def _checked(
    said: Mapping[str, Any],
    statement: FilterStatement,
    signature: bytes,
    numbers: rice.Numbers,
) -> Filter:
    whole = sha256(rice.packed(numbers)).digest()
    if len(numbers) != statement.count or whole != statement.checksum:
        raise BadFilterError("The checksum does not fit.")
    return Filter(statement, said["key"], signature, numbers)


def _told(found: Filter) -> dict[str, Any]:
    return {
        **_fields(found.statement),
        "version": found.version,
        "checksum": found.statement.checksum.hex(),
        "key": found.key,
        "signature": found.signature.hex(),
    }


def _fields(statement: FilterStatement) -> dict[str, Any]:
    moment = statement.taken_at.astimezone(UTC)
    return {
        "collection": str(statement.collection),
        "of": statement.of,
        "taken_at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "count": statement.count,
    }


def _hex(text: str, size: int) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != size or found.hex() != text:
        raise ValueError
    return found


def _base64(text: Any) -> bytes:
    """The bytes, or BadCodingError if they are spelled in another way than the hub does."""
    try:
        found = b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise BadCodingError("This is no Base64.") from None
    if b64encode(found).decode() != text:
        raise BadCodingError("This is no Base64.")
    return found
