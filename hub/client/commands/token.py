"""`accord token`: one's own values as they would stand in a stream."""

from pathlib import Path
from typing import Annotated

import typer

from hub.client import console, keys
from hub.client.commands.shared import (
    Column,
    Delimiter,
    Jobs,
    Kind,
    OptionalCollection,
    Out,
    OwnFile,
    Region,
    app,
    collection_of,
    hub_of,
    some_lines,
)
from hub.client.errors import ToolError
from hub.client.ownlist import OwnList
from hub.client.spreading import spread
from hub.client.tokenising import Options, tokeniser
from sharing.tokens import scheme

KeysFile = Annotated[
    Path | None,
    typer.Option("--keys", help="The file that `accord keys` wrote; no connection."),
]


def keys_for(
    context: typer.Context, collection: str | None, file: Path | None
) -> keys.Keys:
    """From the file, or from the hub."""
    if file is not None:
        return keys.in_file(file)
    if collection is None:
        raise ToolError("Name a collection (--collection) or a file of keys (--keys).")
    with hub_of(context) as hub:
        return keys.fetched(hub, collection_of(hub, collection))


@app.command()
def token(
    context: typer.Context,
    file: OwnFile,
    collection: OptionalCollection = None,
    keys_file: KeysFile = None,
    column: Column = None,
    delimiter: Delimiter = ",",
    type_: Kind = None,
    region: Region = None,
    normal_form: Annotated[
        bool, typer.Option("--normal-form", help="A column with the clear value.")
    ] = False,
    out: Out = None,
    jobs: Jobs = 0,
) -> None:
    """Bring each line into its normal form and write its tokens: line,type,guessed,token.

    Nothing of the file leaves this machine.
    """
    own = OwnList(file, column, delimiter)
    found = keys_for(context, collection, keys_file)
    unreadable = console.Unreadable()
    header = ["line", "type", "guessed", "token"]
    with console.written(out) as target, console.reading(own) as meter:
        rows = console.table(target, header + ["normal_form"] * normal_form)
        given = (found, Options(type_, region))
        for some in spread(tokeniser, given, own, jobs):
            for each in some.found:
                for number, made in each.tokens:
                    row = [each.line, each.kind, str(each.guessed).lower()]
                    row += [scheme.wire(number, made)]
                    rows.writerow(row + [each.canonical] * normal_form)
            unreadable.add(some.unread)
            meter.at(own.position)
    unreadable.tell()
    some_lines(unreadable.count)
