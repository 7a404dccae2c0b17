"""`accord match`: which of one's own values a stream is about, found at one's own side."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, Any
from uuid import UUID

import typer

from hub.client import console, keys
from hub.client.commands.shared import (
    Collection,
    Column,
    Delimiter,
    Jobs,
    Json,
    Kind,
    Out,
    OwnFile,
    Region,
    StateFolder,
    TrustNewKey,
    app,
    collection_of,
    hub_of,
    some_lines,
)
from hub.client.console import cell
from hub.client.errors import LaterError, ToolError
from hub.client.filters import Filter
from hub.client.ownlist import OwnList
from hub.client.pins import Pins
from hub.client.pins import place as pins_place
from hub.client.pulling import Puller, to_the_end
from hub.client.questions import OTAG, filter_of
from hub.client.remote import Hub
from hub.client.spreading import spread
from hub.client.state import HEAD_BYTES, State
from hub.client.tokenising import Candidate, Options, finder
from sharing.tokens import scheme
from sharing.tokens.rice import PREFIX_BYTES

FIELDS = (
    "scam_type role status review_status confidence severity tlp first_seen last_seen"
    " valid_until date_added"
).split()
HEADER = ("line", "value", "type", "release", *FIELDS, "originator")


@app.command()
def match(
    context: typer.Context,
    file: OwnFile,
    collection: Collection,
    column: Column = None,
    delimiter: Delimiter = ",",
    type_: Kind = None,
    region: Region = None,
    state: StateFolder = None,
    fresh: Annotated[
        bool,
        typer.Option(help="Read first what came since; --no-fresh uses what is kept."),
    ] = True,
    filter_: Annotated[
        bool,
        typer.Option("--filter", help="Against the small signed filter: yes or no."),
    ] = False,
    trust_new_key: TrustNewKey = False,
    out: Out = None,
    json_: Json = False,
    jobs: Jobs = 0,
) -> None:
    """Find your own values in a collection; the hub learns nothing of them.

    Writes a CSV, one row per line of yours and release about it; with --filter one per
    line, and its token. Your file is read line by line; in memory is held of each
    release no more than eight bytes.
    """
    own = OwnList(file, column, delimiter)
    options = Options(type_, region)
    with hub_of(context) as hub, ExitStack() as stack:
        place = collection_of(hub, collection)
        target = stack.enter_context(console.written(out))
        if filter_:
            pins = Pins(pins_place(), hub.address)
            known = filter_of(hub, place, pins, state, trust=trust_new_key)
            given, hits = _by_filter(hub, place, known, options)
            show = _ndjson(target) if json_ else _tokens(target)
        else:
            kept = stack.enter_context(held(hub, place, state, fresh=fresh))
            given, hits = _by_stream(hub, place, kept, options)
            show = _ndjson(target) if json_ else _rows(target)
        unreadable = _written(own, given, hits, show, jobs)
    some_lines(unreadable)


Given = tuple[keys.Keys, Sequence[int], Options, int]
Hits = Callable[[Candidate], Iterable[dict[str, Any]]]
Show = Callable[[Candidate, dict[str, Any]], None]


def _written(own: OwnList, given: Given, hits: Hits, show: Show, jobs: int) -> int:
    """Match every line; how many could not be read."""
    unreadable = console.Unreadable()
    lines = count = 0
    with console.reading(own) as meter:
        for some in spread(finder, given, own, jobs):
            for each in some.found:
                for record in hits(each):
                    show(each, record)
                    count += 1
            unreadable.add(some.unread)
            lines += some.lines
            meter.at(own.position)
    unreadable.tell()
    console.say(f"{lines:,} lines, {count:,} hits, {unreadable.count:,} unreadable.")
    return unreadable.count


def _by_stream(
    hub: Hub, place: UUID, kept: State, options: Options
) -> tuple[Given, Hits]:
    found = keys.fetched(hub, place)
    _check_generations(kept, found)
    given = (found, kept.heads(), options, HEAD_BYTES)
    return given, lambda each: kept.records(each.generation, each.token)


def _by_filter(
    hub: Hub, place: UUID, known: Filter, options: Options
) -> tuple[Given, Hits]:
    """Under the one key that the filter was made with; a prefix that is there is a hit."""
    if known.of == OTAG:
        raise ToolError(
            "This collection only answers questions: accord lookup --oblivious."
        )
    found = keys.fetched(hub, place)
    if known.generation not in found:
        raise ToolError("The hub gives no key for the generation of its filter.")
    only = {known.generation: found[known.generation]}
    given = (only, known.numbers, options, PREFIX_BYTES)
    return given, lambda each: [{"token": scheme.wire(each.generation, each.token)}]


@contextmanager
def held(hub: Hub, place: UUID, folder: Path | None, *, fresh: bool) -> Iterator[State]:
    """The stream as it is kept in a folder; without one, for as long as it is needed."""
    if folder is None:
        with (
            tempfile.TemporaryDirectory(prefix="accord-") as passing,
            State.at(Path(passing), place) as kept,
        ):
            _read(hub, place, kept)
            yield kept
        return
    with State.at(folder, place, new=fresh) as kept:
        if fresh:
            _read(hub, place, kept)
        elif not kept.whole:
            raise ToolError(
                f"What {folder} holds was never read to its end; pull it first."
                " Nothing was matched, so that nothing is missed."
            )
        yield kept


def _read(hub: Hub, place: UUID, kept: State) -> None:
    to_the_end(Puller(hub, place, kept, console.say))


def _check_generations(kept: State, found: keys.Keys) -> None:
    """A release under a key that is not to be had would never be found."""
    if missing := [each for each in kept.generations() if each not in found]:
        raise LaterError(
            f"Some of what is kept stands under generation {missing[0]}, whose key the"
            " hub gives no more: read on (--fresh), or wait until the new generation is"
            " complete. Nothing was matched, so that nothing is missed."
        )


def _rows(target: IO[str]) -> Show:
    rows = console.table(target, HEADER)

    def show(each: Candidate, record: dict[str, Any]) -> None:
        originator = record.get("originator") or {}
        said = [cell(record.get(name, "")) for name in FIELDS]
        name = cell(originator.get("name") or originator.get("id") or "")
        rows.writerow([*_own(each), cell(record["id"]), *said, name])

    return show


def _tokens(target: IO[str]) -> Show:
    rows = console.table(target, ("line", "value", "type", "token"))

    def show(each: Candidate, record: dict[str, Any]) -> None:
        rows.writerow([*_own(each), record["token"]])

    return show


def _own(each: Candidate) -> list[Any]:
    return [each.line.number, each.line.text, each.kind]


def _ndjson(target: IO[str]) -> Show:
    def show(each: Candidate, record: dict[str, Any]) -> None:
        said = {"line": each.line.number, "value": each.line.text, "release": record}
        target.write(console.ascii_json(said) + "\n")

    return show
