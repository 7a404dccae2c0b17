"""Exact look-ups, as many lines at a time as the hub takes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from hub.client import shapes
from hub.client.errors import UnverifiedError
from hub.client.ownlist import Line
from hub.client.remote import Hub
from hub.client.spreading import pieces
from hub.client.tokenising import Digested
from sharing.vocabulary import LOOKUP_LINES


class Found(NamedTuple):
    """What the hub says of one line: its releases, or the error."""

    line: Line
    result: dict[str, Any]


def by_value(
    hub: Hub,
    lines: Iterable[Line],
    *,
    collections: Sequence[str] = (),
    kind: str | None = None,
    region: str | None = None,
) -> Iterator[Found]:
    """The hub reads what is asked."""
    more = {"type": kind, "region": region, "collections": list(collections)}
    more = {name: said for name, said in more.items() if said}
    for some in pieces(lines, LOOKUP_LINES):
        body = {"values": [_text(line) for line in some], **more}
        yield from _asked(hub, some, body)


def by_digest(
    hub: Hub, digested: Iterable[Digested], *, collections: Sequence[str] = ()
) -> Iterator[Found]:
    """The hub does not read what is asked, but could try all telephone numbers."""
    more = {"collections": list(collections)} if collections else {}
    for some in pieces(digested, LOOKUP_LINES):
        digests = [{"type": each.kind, "digest": each.digest.hex()} for each in some]
        body = {"digests": digests, **more}
        yield from _asked(hub, [each.line for each in some], body)


def of_one_line(found: Iterable[Found]) -> Iterator[Found]:
    """What was asked of a line by several digests, as one."""
    for line, group in groupby(found, key=lambda each: each.line):
        yield Found(line, _joined(line, [each.result for each in group]))


def _joined(line: Line, results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All releases; who stands behind them as the newest normal form with a hit says it."""
    releases = [each for result in results for each in result["releases"]]
    joined = {**results[0], "line": line.number, "releases": releases}
    hits = [each for each in results if each.get("correlation")]
    if hits:
        many = [each for each in hits if each["correlation"].get("over_correlating")]
        joined["correlation"] = (many or hits)[0]["correlation"]
        joined["cut"] = any(each.get("cut") for each in hits)
    return joined


def _asked(hub: Hub, lines: Sequence[Line], body: dict[str, Any]) -> Iterator[Found]:
    results = hub.post("/lookups", body, shapes.Results)["results"]
    if [each["line"] for each in results] != list(range(1, len(lines) + 1)):
        raise UnverifiedError("The hub's answer is not about what was asked.")
    for line, result in zip(lines, results, strict=True):
        yield Found(line, result)


def _text(line: Line) -> str:
    """What is not UTF-8 is no value in any case, but must be sent as something."""
    return line.text.encode("utf-8", "replace").decode()
