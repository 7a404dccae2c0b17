"""`accord push`: report, wait, and see what became of every line."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.client import console, shapes
from hub.client.commands.shared import (
    Column,
    Delimiter,
    Json,
    Kind,
    OwnFile,
    Region,
    app,
    hub_of,
    some_lines,
)
from hub.client.errors import Ending, ToolError
from hub.client.ownlist import STDIN, OwnList
from hub.client.remote import Hub
from hub.client.sending import (
    BY_SUFFIX,
    KEY_CHARACTERS,
    TEXT,
    Body,
    Sent,
    body_of,
    in_hashes,
    new_key,
    outcome,
    resumable,
    submit,
)
from hub.client.tokenising import Options
from sharing.vocabulary import ReviewStatus, Role, ScamType, Severity, Status, Tlp

FORMATS = {suffix.removeprefix("."): form for suffix, form in BY_SUFFIX.items()}
FORMATS["list"] = TEXT
SPOOL = 8 * 1024 * 1024  # bytes that are held in memory before a file of its own

IdempotencyKey = Annotated[
    str | None,
    typer.Option(help="Of a first try that may have arrived: nothing happens twice."),
]
Results = Annotated[
    Path | None,
    typer.Option(help="Write a CSV with the outcome of every line."),
]


@app.command()
def push(
    context: typer.Context,
    file: OwnFile,
    format_: Annotated[
        str | None,
        typer.Option("--format", help="list, csv, ndjson or json; else by the name."),
    ] = None,
    type_: Kind = None,
    region: Region = None,
    scam_type: ScamType | None = None,
    role: Role | None = None,
    status: Status | None = None,
    review_status: ReviewStatus | None = None,
    severity: Severity | None = None,
    tlp: Tlp | None = None,
    confidence: Annotated[int | None, typer.Option(min=0, max=100)] = None,
    labels: Annotated[str | None, typer.Option(help="With commas between.")] = None,
    audience: Annotated[
        list[str] | None,
        typer.Option(help="Agreement or collection that it may enter."),
    ] = None,
    hashed: Annotated[
        bool,
        typer.Option(
            "--hashed", help="Send hashes of values; the hub never sees them."
        ),
    ] = False,
    column: Column = None,
    delimiter: Delimiter = ",",
    idempotency_key: IdempotencyKey = None,
    results: Results = None,
    json_: Json = False,
) -> None:
    """Send a file of indicators as it is, wait, and print what became of its lines.

    Options are the defaults of lines that say nothing themselves. With --hashed the file
    is a list or a CSV of which one column is read, as for `accord match`.
    """
    if str(file) == STDIN:
        raise ToolError("A submission may have to be sent again: name a file.")
    said = {
        "type": type_,
        "region": region,
        "scam_type": scam_type,
        "role": role,
        "status": status,
        "review_status": review_status,
        "severity": severity,
        "tlp": tlp,
        "confidence": confidence,
        "labels": labels,
        "audience": ",".join(audience) if audience else None,
    }
    defaults = {name: str(each) for name, each in said.items() if each is not None}
    if not hashed:
        body = body_of(file, _format(format_))
        with body.file, hub_of(context) as hub:
            finish(hub, body, defaults, idempotency_key, results, json_=json_)
        return
    own, unreadable = OwnList(file, column, delimiter), console.Unreadable()
    with tempfile.SpooledTemporaryFile(SPOOL) as spool, hub_of(context) as hub:
        body = in_hashes(own, spool, Options(type_, region), unreadable.add)
        unreadable.tell()
        finish(hub, body, defaults, idempotency_key, results, json_=json_)
    some_lines(unreadable.count)


def _format(said: str | None) -> str | None:
    if said is not None and said not in FORMATS:
        raise ToolError(f"A format is one of {', '.join(FORMATS)}.")
    return FORMATS[said] if said else None


def finish(
    hub: Hub,
    body: Body,
    defaults: dict[str, str],
    key: str | None,
    results: Path | None,
    *,
    json_: bool,
) -> None:
    """Send a body and tell what became of it; ends with a code of its own if not all."""
    key = _checked(key) if key is not None else new_key()
    submission = submit(hub, body, defaults, key)
    with (
        resumable(key),
        console.metered(100, "The hub reads", bytes_=False) as meter,
    ):
        sent = outcome(hub, submission, moved=lambda part: meter.at(int(100 * part)))
    if results is not None:
        _write_results(hub, sent, results)
    if json_:
        console.as_json({**sent.submission, "errors": sent.errors})
    else:
        console.told(_sentences(sent))
    if not sent.whole:
        raise typer.Exit(Ending.LINES)


def _checked(key: str) -> str:
    if not (0 < len(key) <= KEY_CHARACTERS and key.isprintable() and key.isascii()):
        raise ToolError("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    return key


def _sentences(sent: Sent) -> list[str]:
    found = sent.submission
    if found["state"] == "held":
        reason = (found["held"] or {}).get("reason", "")
        return [f"Submission {found['id']} waits for a second person. {reason}"]
    if found["state"] == "refused":
        return [f"Submission {found['id']} was refused. {found['refusal'] or ''}"]
    said = [_fault(each) for each in sent.errors]
    counts = ", ".join(f"{some:,} {word}" for word, some in found["counts"].items())
    return [*said, f"Submission {found['id']}: {found['lines']:,} lines: {counts}."]


def _fault(each: dict[str, Any]) -> str:
    return (
        f"line {each['line']}: {each['outcome']}: {each['field']}: {each['detail']}"
        f" ({each['code']})"
    )


def _write_results(hub: Hub, sent: Sent, path: Path) -> None:
    faults = {each["line"]: each for each in sent.errors}
    with console.written(path) as file:
        rows = console.table(file, ("line", "outcome", "field", "code", "detail"))
        results = f"/submissions/{sent.submission['id']}/results"
        for each in hub.lines(results, shapes.Outcome):
            fault = faults.get(each["line"], {})
            why = [fault.get(name, "") for name in ("field", "code", "detail")]
            rows.writerow([each["line"], *map(console.cell, (each["outcome"], *why))])
