"""The oblivious part of `accord lookup`."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from hub.client import console, questions, shapes
from hub.client.asking import Found
from hub.client.errors import UnverifiedError
from hub.client.ownlist import Line
from hub.client.pins import Pins
from hub.client.pins import place as pins_place
from hub.client.questions import Told
from hub.client.remote import Hub
from hub.client.spreading import pieces
from hub.client.tokenising import Options, Some, digester
from sharing.tokens import scheme

AT_ONCE = 100  # details in one request


class Asker(Protocol):
    def __call__(
        self,
        lines: Iterable[Line],
        options: Options,
        unreadable: console.Unreadable,
        *,
        details: bool,
    ) -> Iterator[Found]: ...


def asking_obliviously(
    hub: Hub, collection: UUID, state: Path | None, *, trust: bool
) -> Asker:
    """Fetch the filter once; what is returned asks for lines."""
    pins = Pins(pins_place(), hub.address)
    known = questions.filter_of(hub, collection, pins, state, trust=trust)
    asking = questions.oblivious(hub, collection, pins, known)

    def ask(
        lines: Iterable[Line],
        options: Options,
        unreadable: console.Unreadable,
        *,
        details: bool,
    ) -> Iterator[Found]:
        work: Callable[[list[Line]], Some] = digester(options)
        digested = chain.from_iterable(
            _read(work(some), unreadable) for some in pieces(lines)
        )
        told = questions.ask(hub, collection, asking, known, digested)
        if not details:
            return (_found(each, known.generation) for each in told)
        return _with_details(hub, collection, known.generation, told)

    return ask


def _read(some: Some, unreadable: console.Unreadable) -> list[Any]:
    unreadable.add(some.unread)
    return some.found


def _found(told: Told, generation: int) -> Found:
    said = {"type": told.own.kind, "hit": told.hit, "releases": []}
    if told.hit:
        said["token"] = scheme.wire(generation, told.otag)
    return Found(told.own.line, said)


def _with_details(
    hub: Hub, collection: UUID, generation: int, told: Iterable[Told]
) -> Iterator[Found]:
    """Names the hits to the hub, a hundred at a time."""
    for some in pieces(told, AT_ONCE):
        found = [_found(each, generation) for each in some]
        hits = [each for each in found if each.result["hit"]]
        if hits:
            body = {"tokens": [each.result["token"] for each in hits]}
            path = f"/collections/{collection}/details"
            results = hub.post(path, body, shapes.Results)["results"]
            if [each["line"] for each in results] != list(range(1, len(hits) + 1)):
                raise UnverifiedError("The hub's answer is not about what was asked.")
            for each, result in zip(hits, results, strict=True):
                each.result["releases"] = result["releases"]
        yield from found
