"""Finding one's own values in a stream of releases."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hub.client.values import BadValue, canonicalise
from sharing.tokens import scheme


class Match(NamedTuple):
    """One of the reader's values, as the reader wrote it, and the record that names it.

    A record of kind "tombstone" takes back what an earlier record with its id said.
    """

    value: str
    record: Mapping[str, Any]


class Matcher:
    """One's own values, made ready once: tokens under every key, and clear values."""

    def __init__(
        self,
        values: Iterable[str],
        keys: Mapping[int, str],
        *,
        region: str | None = None,
    ) -> None:
        """`keys` has the hexadecimal key of each generation number."""
        self.unreadable: list[str] = []
        self._by_token: dict[str, str] = {}
        self._by_value: dict[tuple[str, str], str] = {}
        self._ids: dict[str, str] = {}
        makers = {
            number: scheme.token_maker(bytes.fromhex(key))
            for number, key in keys.items()
        }
        for text in values:
            try:
                found = canonicalise(text, None, region)
            except BadValue:
                self.unreadable.append(text)
                continue
            self._by_value[found.kind, found.canonical] = text
            for nv, canonical in ((found.nv, found.canonical), *found.older):
                d = scheme.digest(found.kind, nv, canonical)
                for number, make in makers.items():
                    self._by_token[scheme.wire(number, make(found.kind, d))] = text

    def find(self, record: Mapping[str, Any]) -> str | None:
        """The reader's value that a record is about, or None."""
        text = self._by_token.get(record.get("token") or "")
        if text is None and record.get("value"):
            text = self._by_value.get((record.get("type", ""), record["value"]))
        if text is None:
            return self._ids.get(record.get("id", ""))
        if "id" in record:
            self._ids[record["id"]] = text
        return text


def match(
    values: Iterable[str],
    records: Iterable[Mapping[str, Any]],
    keys: Mapping[int, str],
    *,
    region: str | None = None,
) -> Iterator[Match]:
    """Every record about one of `values`, in the order of the stream.

    A value that cannot be read matches nothing; use Matcher to learn which those are.
    """
    matcher = Matcher(values, keys, region=region)
    for record in records:
        text = matcher.find(record)
        if text is not None:
            yield Match(text, record)
