"""Filters from the hub, and questions that it answers without reading them."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from hub.client import filters
from hub.client.errors import LaterError, RefusedError, ToolError, UnverifiedError
from hub.client.filters import BadFilterError, Filter
from hub.client.oblivious import (
    BATCH,
    AnswerRefusedError,
    Oblivious,
    schemes_of,
)
from hub.client.pins import Pins
from hub.client.remote import Hub
from hub.client.spreading import pieces
from hub.client.tokenising import Digested
from hub.client.values import Typed

OTAG = "otag"


class Told(NamedTuple):
    """One of one's own values, its otag, and whether the filter holds it."""

    own: Digested
    otag: bytes
    hit: bool


def filter_of(
    hub: Hub, collection: UUID, pins: Pins, folder: Path | None, *, trust: bool = False
) -> Filter:
    """The collection's filter, checked; in a folder it is kept, and only changes come."""
    keys = pins.signing(hub.get("/signing-keys"), trust=trust)
    path = folder / f"{collection}.filter" if folder else None
    held = _held(path, keys)
    try:
        found = _read(hub, collection, keys, held)
    except BadFilterError:
        try:
            found = _read(hub, collection, keys, held, whole=True)
        except BadFilterError as bad:
            raise UnverifiedError(
                f"The filter is refused. {bad} If the hub has a new signing key, let"
                " your contact there confirm it, then say --trust-new-key."
            ) from None
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        found.save(path)
    return found


def oblivious(hub: Hub, collection: UUID, pins: Pins, asked: Filter) -> Oblivious:
    """What blinds and checks for the generation of a filter, against its pinned key."""
    if asked.of != OTAG:
        raise ToolError(
            "This collection hands over its stream: `accord match` tells the hub"
            " nothing of your values either."
        )
    told = hub.get(f"/collections/{collection}/oprf/keys")
    keys = pins.oprf(collection, told)
    if asked.generation not in keys:
        raise UnverifiedError("The hub tells no public key of the filter's generation.")
    try:
        schemes = schemes_of(told)
        if asked.generation not in schemes:
            raise LaterError("The keys of this collection just changed; ask again.")
        return Oblivious(
            asked.generation, keys[asked.generation], schemes[asked.generation]
        )
    except AnswerRefusedError as refused:
        raise UnverifiedError(str(refused)) from None


def ask(
    hub: Hub,
    collection: UUID,
    asking: Oblivious,
    known: Filter,
    own: Iterable[Digested],
) -> Iterator[Told]:
    """Yes or no for each line; the hub learns how many there were.

    A thousand are in hand. Where a line has several digests the one that hits is told.
    """
    told = _ask(hub, collection, asking, known, own)
    for _, group in groupby(told, key=lambda each: each.own.line):
        yield max(group, key=lambda each: each.hit)


def _ask(
    hub: Hub,
    collection: UUID,
    asking: Oblivious,
    known: Filter,
    own: Iterable[Digested],
) -> Iterator[Told]:
    for some in pieces(own, BATCH):
        batch = asking.blind([Typed(each.kind, each.digest) for each in some])
        answer = hub.post(f"/collections/{collection}/oprf/evaluate", batch.body)
        try:
            otags = asking.otags(batch, answer)
        except AnswerRefusedError as refused:
            raise UnverifiedError(str(refused)) from None
        for each, otag in zip(some, otags, strict=True):
            yield Told(each, otag, known.has(otag))


def _held(path: Path | None, keys: filters.Keys) -> Filter | None:
    if path is None or not path.exists():
        return None
    try:
        return filters.load(path, keys)
    except BadFilterError:
        return None


def _read(
    hub: Hub,
    collection: UUID,
    keys: filters.Keys,
    held: Filter | None,
    *,
    whole: bool = False,
) -> Filter:
    """What changed, or all of it; never older than what is held."""
    asked = {"since": held.version} if held and not whole else {}
    try:
        body = hub.raw(f"/collections/{collection}/filter", **asked)
    except RefusedError as refused:
        if not asked or refused.code not in ("bad-parameter", "gone"):
            raise
        body = hub.raw(f"/collections/{collection}/filter")
    return filters.read(body, keys, collection=collection, held=held)
