"""`accord lookup`: ask the hub about a few values, in the clear or without its learning."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from hub.client import asking, console
from hub.client.asking import Found
from hub.client.commands.oblivious import asking_obliviously
from hub.client.commands.shared import (
    Column,
    Delimiter,
    InsteadFile,
    Json,
    Kind,
    OptionalCollection,
    Region,
    StateFolder,
    TrustNewKey,
    Values,
    app,
    collection_of,
    hub_of,
    own_lines,
    some_lines,
)
from hub.client.errors import ToolError
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
    oblivious: Annotated[
        bool,
        typer.Option("--oblivious", help="The hub learns how many values, no more."),
    ] = False,
    details: Annotated[
        bool,
        typer.Option("--details", help="Then ask what the hits say: REVEALS THE HITS."),
    ] = False,
    state: StateFolder = None,
    trust_new_key: TrustNewKey = False,
    hits_only: Annotated[
        bool, typer.Option("--hits", help="Show only values with a hit.")
    ] = False,
    column: Column = None,
    delimiter: Delimiter = ",",
    type_: Kind = None,
    region: Region = None,
    json_: Json = False,
) -> None:
    """Ask what is known of these values, in all your collections or in one.

    The hub reads what you ask, or could find it out. It learns only how many values you
    have with --oblivious, for collections that only answer questions, and nothing at
    all with `accord match`, for those that hand over a stream.
    """
    if digests and oblivious:
        raise ToolError("Choose --digests or --oblivious.")
    if details and not oblivious:
        raise ToolError("--details is for --oblivious; other look-ups have them.")
    lines = own_lines(values, file, column, delimiter)
    options = Options(type_, region)
    unreadable = console.Unreadable()
    asked = hits = cut = 0
    with hub_of(context) as hub:
        if oblivious:
            place = collection_of(hub, _needed(collection), "query")
            asker = asking_obliviously(hub, place, state, trust=trust_new_key)
            found = asker(lines, options, unreadable, details=details)
        else:
            where = [str(collection_of(hub, collection))] if collection else []
            ask = _by_digest if digests else _by_value
            found = ask(hub, lines, where, options, unreadable)
        for each in found:
            hit = _is_hit(each.result)
            asked += 1
            hits += hit
            cut += bool(each.result.get("cut"))
            if hit or not hits_only:
                _show(each, json_=json_)
    unreadable.tell()
    if cut:
        console.say(
            f"Lines of which there is more than one answer holds: {cut:,}."
            " Ask about fewer at once."
        )
    console.say(f"{asked:,} asked, {hits:,} hits, {unreadable.count:,} unreadable.")
    some_lines(unreadable.count)


def _needed(collection: str | None) -> str:
    if collection is None:
        raise ToolError("Name the collection (--collection) that is to be asked.")
    return collection


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
        found = asking.by_digest(hub, some.found, collections=where)
        yield from asking.of_one_line(found)


def _is_hit(result: dict[str, Any]) -> bool:
    """What is cut is one, even if nothing of it fitted into the answer."""
    return bool(result["releases"] or result.get("hit") or result.get("cut"))


def _show(found: Found, *, json_: bool) -> None:
    if json_:
        said = {"line": found.line.number, "value": found.line.text}
        console.as_json({**found.result, **said})
        return
    releases = found.result["releases"]
    if _is_hit(found.result) and not releases:
        console.told([f"{found.line.text}: yes."])
    elif not releases:
        console.told([f"{found.line.text}: nothing for you."])
    console.told(f"{found.line.text}: {_sentence(each)}" for each in releases)
    if reason := (found.result.get("correlation") or {}).get("reason"):
        console.told([f"{found.line.text}: {reason}"])


def _sentence(release: dict[str, Any]) -> str:
    """What a release says, in the order in which one wants to know it."""
    originator = release.get("originator") or {}
    words = [
        release.get("type"),
        *(release.get(name) for name in ("scam_type", "role", "status")),
        f"confidence {release['confidence']}" if "confidence" in release else None,
        f"TLP:{release['tlp'].upper()}" if "tlp" in release else None,
        f"by {name}" if (name := originator.get("name")) else None,
        f"release {release['id']}",
    ]
    return ", ".join(str(word) for word in words if word)
