"""`accord lookup`: ask the hub about a few values, in the clear or without its learning."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from hub.client import asking, console
from hub.client.asking import Found
from hub.client.commands.shared import (
    Column,
    Delimiter,
    InsteadFile,
    Json,
    Kind,
    OptionalCollection,
    Region,
    Values,
    app,
    collection_of,
    hub_of,
    own_lines,
    some_lines,
)
from hub.client.ownlist import Line
from hub.client.remote import Hub, plain
from hub.client.spreading import pieces
from hub.client.tokenising import Options, Unread, digester


@app.command()
def lookup(
    context: typer.Context,
    values: Values = None,
    file: InsteadFile = None,
    collection: OptionalCollection = None,
    digests: Annotated[
        bool,
        typer.Option("--digests", help="Send digests: the hub does not read values."),
    ] = False,
    column: Column = None,
    delimiter: Delimiter = ",",
    type_: Kind = None,
    region: Region = None,
    json_: Json = False,
) -> None:
    """Ask what is known of these values, in all your collections or in one.

    The hub reads what you ask, or could find it out; to tell it nothing, use
    `accord match`.
    """
    lines = own_lines(values, file, column, delimiter)
    options = Options(type_, region)
    unreadable = console.Unreadable()
    asked = hits = 0
    with hub_of(context) as hub:
        where = [str(collection_of(hub, collection))] if collection else []
        ask = _by_digest if digests else _by_value
        for found in ask(hub, lines, where, options, unreadable):
            asked += 1
            hits += bool(found.result["releases"])
            _show(found, json_=json_)
    unreadable.tell()
    console.say(
        f"{asked:,} asked, {hits:,} hits, {unreadable.count:,} lines unreadable."
    )
    some_lines(unreadable.count)


def _by_value(
    hub: Hub,
    lines: Iterable[Line],
    where: list[str],
    options: Options,
    unreadable: console.Unreadable,
) -> Iterator[Found]:
    for found in asking.by_value(
        hub, lines, collections=where, kind=options.kind, region=options.region
    ):
        if error := found.result.get("error"):
            said = Unread(
                found.line.number, plain(error["code"]), plain(error["detail"])
            )
            unreadable.add([said])
        else:
            yield found


def _by_digest(
    hub: Hub,
    lines: Iterable[Line],
    where: list[str],
    options: Options,
    unreadable: console.Unreadable,
) -> Iterator[Found]:
    work = digester(options)
    for some in map(work, pieces(lines)):
        unreadable.add(some.unread)
        yield from asking.by_digest(hub, some.found, collections=where)


def _show(found: Found, *, json_: bool) -> None:
    if json_:
        said = {"line": found.line.number, "value": found.line.text}
        console.as_json({**found.result, **said})
        return
    releases = found.result["releases"]
    if not releases:
        console.told([f"{found.line.text}: nothing for you."])
    console.told(f"{found.line.text}: {_sentence(each)}" for each in releases)


def _sentence(release: dict[str, Any]) -> str:
    """What a release says, in the order in which one wants to know it."""
    originator = release.get("originator") or {}
    words = [
        release["type"],
        *(release.get(name) for name in ("scam_type", "role", "status")),
        f"confidence {release['confidence']}" if "confidence" in release else None,
        f"TLP:{release['tlp'].upper()}" if "tlp" in release else None,
        f"by {name}" if (name := originator.get("name")) else None,
        f"release {release['id']}",
    ]
    return ", ".join(str(word) for word in words if word)
