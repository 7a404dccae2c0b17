"""`accord collections`, `accord keys` and `accord purge`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hub.client import console, shapes
from hub.client import keys as token_keys
from hub.client.commands.shared import (
    Collection,
    Json,
    app,
    collection_of,
    hub_of,
    readable,
    titled,
)
from hub.client.purging import purged
from hub.client.remote import plain


@app.command()
def collections(context: typer.Context, json_: Json = False) -> None:
    """List what you may read."""
    with hub_of(context) as hub:
        found = readable(hub)
    if json_:
        for each in found:
            console.as_json(each)
        return
    table = Table()
    table.add_column("id", no_wrap=True)
    table.add_column("title", overflow="fold")
    table.add_column("disclosure")
    table.add_column("releases", justify="right")
    for each in found:
        count = each.get("releases")
        shown = "-" if count is None else f"{count:,}"
        table.add_row(plain(each["id"]), titled(each), plain(each["disclosure"]), shown)
    Console(markup=False).print(table)


@app.command()
def keys(
    context: typer.Context,
    collection: Collection,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Only you will be able to read it.")
    ],
) -> None:
    """Write the token keys of a collection to a file, for use without a connection."""
    with hub_of(context) as hub:
        found = hub.get(f"/collections/{collection_of(hub, collection)}/keys")
    token_keys.read(found)
    with console.written(out) as file:
        file.write(json.dumps(found) + "\n")


@app.command()
def purge(
    context: typer.Context,
    collection: Collection,
    state: Annotated[
        Path,
        typer.Option("--state", envvar="ACCORD_STATE", help="Where it is kept."),
    ],
) -> None:
    """Erase what is kept of a collection, and tell the hub where it asked for that.

    A collection that ended is named by its id.
    """
    with hub_of(context) as hub:
        place = collection_of(hub, collection)
        count = purged(state, place)
        console.say(f"{count:,} releases were erased.")
        for notice in hub.get("/notices", shapes.Notices)["notices"]:
            if notice["collection"] == str(place) and not notice["acknowledged_at"]:
                hub.post(f"/notices/{notice['id']}/ack", {})
                console.say("The hub was told.")
