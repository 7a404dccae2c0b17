"""`accord match`: which of one's own values a stream is about, found at one's own side."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
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
    app,
    collection_of,
    hub_of,
    some_lines,
)
from hub.client.errors import ToolError
from hub.client.ownlist import OwnList
from hub.client.pulling import Puller, to_the_end
from hub.client.remote import Hub, plain
from hub.client.spreading import spread
from hub.client.state import State
from hub.client.tokenising import Options, Some, finder

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
    out: Out = None,
    json_: Json = False,
    jobs: Jobs = 0,
) -> None:
    """Find your own values in a collection; the hub learns nothing of them.

    Writes a CSV, one row per line of yours and release about it. Your file is read
    line by line; in memory is held of each release no more than eight bytes.
    """
    own = OwnList(file, column, delimiter)
    with hub_of(context) as hub:
        place = collection_of(hub, collection)
        with held(hub, place, state, fresh=fresh) as kept:
            found_keys = keys.fetched(hub, place)
            _check_generations(kept, found_keys)
            unreadable = console.Unreadable()
            lines = hits = 0
            with console.written(out) as target, console.reading(own) as meter:
                show = _ndjson(target) if json_ else _rows(target)
                given = (found_keys, kept.heads(), Options(type_, region))
                for some in spread(finder, given, own, jobs):
                    hits += sum(
                        show(each, record) for each, record in _hits(kept, some)
                    )
                    unreadable.add(some.unread)
                    lines += some.lines
                    meter.at(own.position)
    unreadable.tell()
    console.say(
        f"{lines:,} lines, {hits:,} hits, {unreadable.count:,} lines unreadable."
    )
    some_lines(unreadable.count)


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
        yield kept


def _read(hub: Hub, place: UUID, kept: State) -> None:
    to_the_end(Puller(hub, place, kept, console.say))


def _check_generations(kept: State, found: keys.Keys) -> None:
    """A release under a key that is not to be had would never be found."""
    if missing := [each for each in kept.generations() if each not in found]:
        raise ToolError(
            f"What is kept stands under generation {missing[0]}, whose key the hub gives"
            " no more: pull again."
        )


def _hits(kept: State, some: Some) -> Iterator[tuple[Any, dict[str, Any]]]:
    for each in some.found:
        for record in kept.records(each.generation, each.token):
            yield each, record


def _rows(target: Any) -> Any:
    rows = console.table(target, HEADER)

    def show(each: Any, record: dict[str, Any]) -> int:
        originator = record.get("originator") or {}
        said = [plain(record.get(name, "")) for name in FIELDS]
        name = plain(originator.get("name") or originator.get("id") or "")
        line = [each.line.number, _writable(each.line.text), each.kind, record["id"]]
        rows.writerow([*line, *said, name])
        return 1

    return show


def _writable(text: str) -> str:
    return text.encode(sys.getfilesystemencoding(), "replace").decode()


def _ndjson(target: Any) -> Any:
    def show(each: Any, record: dict[str, Any]) -> int:
        said = {"line": each.line.number, "value": each.line.text, "release": record}
        target.write(console.ascii_json(said) + "\n")
        return 1

    return show
