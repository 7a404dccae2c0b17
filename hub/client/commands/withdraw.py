"""`accord withdraw`: take one's own claims back, by value."""

import tempfile

import typer

from hub.client.commands.push import SPOOL, IdempotencyKey, Results, finish
from hub.client.commands.shared import (
    Column,
    Delimiter,
    InsteadFile,
    Json,
    Kind,
    Region,
    Values,
    app,
    hub_of,
    own_lines,
)
from hub.client.errors import ToolError
from hub.client.sending import withdrawal


@app.command()
def withdraw(
    context: typer.Context,
    values: Values = None,
    file: InsteadFile = None,
    column: Column = None,
    delimiter: Delimiter = ",",
    type_: Kind = None,
    region: Region = None,
    idempotency_key: IdempotencyKey = None,
    results: Results = None,
    json_: Json = False,
) -> None:
    """Take back what your organization said of these values, everywhere."""
    lines = own_lines(values, file, column, delimiter)
    with tempfile.SpooledTemporaryFile(SPOOL) as spool, hub_of(context) as hub:
        body = withdrawal(lines, spool, type_, region)
        if not spool.tell():
            raise ToolError("No value is named.")
        finish(hub, body, {}, idempotency_key, results, json_=json_)
