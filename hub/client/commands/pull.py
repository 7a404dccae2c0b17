"""`accord pull`: a stream into a folder of one's own, or onto standard output."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated, Any

import typer

from hub.client import console
from hub.client.commands.shared import (
    Collection,
    Json,
    StateFolder,
    app,
    collection_of,
    hub_of,
)
from hub.client.pulling import PAGE, Cursor, Puller, Tally, follow, to_the_end
from hub.client.state import State


@app.command()
def pull(
    context: typer.Context,
    collection: Collection,
    state: StateFolder = None,
    follow_: Annotated[
        bool, typer.Option("--follow", help="Go on reading what comes, until stopped.")
    ] = False,
    interval: Annotated[
        float, typer.Option(min=0.1, help="Seconds between questions when following.")
    ] = 5.0,
    json_: Json = False,
    acknowledge: Annotated[
        bool, typer.Option(help="Tell the hub how far you are.")
    ] = True,
    page: Annotated[
        int, typer.Option(min=1, max=10_000, help="Records in one answer.")
    ] = PAGE,
) -> None:
    """Read a stream: with --state into a folder, where a next call goes on.

    Without --state, or with --json, every record is written to standard output as NDJSON.
    The hub is told how far you are when records are kept (or written).
    """
    show = _write if json_ or state is None else _nothing
    with hub_of(context) as hub, ExitStack() as stack:
        place = collection_of(hub, collection)
        kept: State | Cursor = Cursor()
        if state is not None:
            kept = stack.enter_context(State.at(state, place))
        puller = Puller(hub, place, kept, console.say, show, acknowledge, page)
        try:
            if follow_:
                follow(puller, interval)
            else:
                to_the_end(puller)
        finally:
            _tell(puller.tally, kept)


def _tell(tally: Tally, kept: State | Cursor) -> None:
    said = f"{tally.releases:,} releases and {tally.tombstones:,} tombstones came"
    if isinstance(kept, State):
        said += f"; {kept.count():,} are held, up to {kept.cursor or 'nothing'}"
    console.say(f"{said}.")


def _write(records: list[dict[str, Any]]) -> None:
    for record in records:
        console.as_json(record)
    sys.stdout.flush()


_nothing: Callable[[list[dict[str, Any]]], None] = lambda records: None  # noqa: E731
