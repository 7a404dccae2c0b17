"""Was exactly this received? Sets and fields compared, differences counted and named."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]
TRANSPORT = frozenset({"kind", "id", "cursor", "seq", "date_added"})


@dataclass(slots=True)
class Difference:
    """How a stream differs from what had to be in it; names of fields, no values."""

    expected: int = 0
    received: int = 0
    missing: int = 0
    unexpected: int = 0
    fields: set[str] = field(default_factory=set)

    @property
    def none(self) -> bool:
        return not (self.missing or self.unexpected)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field that the oracle knows only by a rule, and one value that obeys it."""

    example: object
    test: Callable[[object], bool]

    def __eq__(self, other: object) -> bool:
        return self.test(other)

    __hash__ = None  # type: ignore[assignment]


def live(records: Iterable[Payload]) -> list[Payload]:
    """What a reader holds after the whole stream: the last word about each id."""
    held: dict[str, Payload] = {}
    for record in records:
        if record["kind"] == "release":
            held[record["id"]] = record
        elif record["kind"] == "tombstone":
            held.pop(record["id"], None)
    return list(held.values())


def compare(expected: Iterable[Payload], records: Iterable[Payload]) -> Difference:
    """Match payloads one to one, token by token."""
    wanted, got = _by_token(expected), _by_token(map(_payload, live(records)))
    found = Difference(
        expected=sum(map(len, wanted.values())), received=sum(map(len, got.values()))
    )
    for token in wanted.keys() | got.keys():
        _match(wanted.get(token, []), list(got.get(token, [])), found)
    return found


def _payload(record: Payload) -> Payload:
    """What the record says of its indicator; null says nothing."""
    said = {name: value for name, value in record.items() if value is not None}
    return {name: value for name, value in said.items() if name not in TRANSPORT}


def _by_token(payloads: Iterable[Payload]) -> dict[str, list[Payload]]:
    found: dict[str, list[Payload]] = defaultdict(list)
    for payload in payloads:
        found[payload["token"]].append(payload)
    return found


def _match(wanted: list[Payload], got: list[Payload], found: Difference) -> None:
    for payload in wanted:
        same = next((each for each in got if payload == each), None)
        if same is not None:
            got.remove(same)
            continue
        found.missing += 1
        for each in got:
            names = payload.keys() | each.keys()
            found.fields |= {n for n in names if payload.get(n) != each.get(n)}
    found.unexpected += len(got)
