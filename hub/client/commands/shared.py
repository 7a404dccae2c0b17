"""The app, what all commands share, and how a command finds its collection."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from hub.client import settings, shapes
from hub.client.errors import Ending, ToolError
from hub.client.ownlist import Line, OwnList
from hub.client.remote import Hub, plain
from hub.client.settings import Given
from sharing.vocabulary import IndicatorKind

ENDINGS = (
    "Exit codes: 0 done; 2 wrong usage, settings or files; 3 the hub refused; 4 not"
    " reached, overloaded or quota used up; 5 done, but some lines were not taken;"
    " 6 the hub's answer could not be verified; 1 a fault of the toolkit."
)
app = typer.Typer(
    name="accord",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Match, report and take back scam indicators with an Accord hub.",
    epilog=ENDINGS,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Collection = Annotated[
    str,
    typer.Option(
        "--collection",
        "-c",
        envvar="ACCORD_COLLECTION",
        help="Its id, or its title if only one has it.",
    ),
]
OptionalCollection = Annotated[
    str | None,
    typer.Option(
        "--collection",
        "-c",
        envvar="ACCORD_COLLECTION",
        help="Its id, or its title if only one has it.",
    ),
]
OwnFile = Annotated[
    Path,
    typer.Argument(
        help="One value per line, or a CSV with --column; gzip too; - is standard input.",
        show_default=False,
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Argument(
        help="As people write them. Other users of this machine can see them here:"
        " --file keeps them private.",
        show_default=False,
    ),
]
InsteadFile = Annotated[
    Path | None,
    typer.Option("--file", "-f", help="The values instead; - is standard input."),
]
Column = Annotated[
    str | None, typer.Option(help="The column of a CSV that holds the values.")
]
Delimiter = Annotated[str, typer.Option(help="What stands between columns.")]
Kind = Annotated[
    IndicatorKind | None,
    typer.Option("--type", help="Of all values; else it is guessed."),
]
Region = Annotated[
    str | None,
    typer.Option(help="Country of local telephone numbers and accounts, such as GB."),
]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Write here instead of standard output."),
]
StateFolder = Annotated[
    Path | None,
    typer.Option(
        "--state", envvar="ACCORD_STATE", help="The folder where streams are kept."
    ),
]
Jobs = Annotated[
    int, typer.Option(min=0, help="Processes at work; 0 is one for every core.")
]
TrustNewKey = Annotated[
    bool,
    typer.Option(
        "--trust-new-key",
        help="Pin a signing key that the hub did not have before; ask it first.",
    ),
]


@app.callback()
def common(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Option(help="Of the hub; else ACCORD_URL.")
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(help="A file with the API key alone; else ACCORD_API_KEY."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Else ACCORD_CONFIG, else ~/.config/accord/config.toml."),
    ] = None,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", help="Even http:// to another machine.")
    ] = False,
) -> None:
    context.obj = Given(url, key_file, config, allow_http)


def hub_of(context: typer.Context) -> Hub:
    return Hub(settings.read(context.obj))


def collection_of(hub: Hub, said: str, disclosure: str | None = None) -> UUID:
    """The collection with this id or title among those that one may read."""
    try:
        return UUID(said)
    except ValueError:
        pass
    found = [
        each
        for each in readable(hub)
        if said in (each["title"], f"{each['agreement']}: {each['title']}")
        and disclosure in (None, each["disclosure"])
    ]
    if len(found) != 1:
        raise ToolError(
            f"{len(found) or 'No'} collections that you may read have this title;"
            " `accord collections` lists their ids."
        )
    return UUID(found[0]["id"])


def readable(hub: Hub) -> list[dict[str, Any]]:
    answer = hub.get("/collections", shapes.Collections)
    return [each for each in answer["collections"] if each["can_read"]]


def some_lines(unread: int) -> None:
    """End with the code that says that some lines were not taken."""
    if unread:
        raise typer.Exit(Ending.LINES)


def titled(collection: dict[str, Any]) -> str:
    return plain(f"{collection['agreement']}: {collection['title']}")


def own_lines(
    values: list[str] | None, file: Path | None, column: str | None, delimiter: str
) -> Iterable[Line]:
    """The values of the command line, or those of a file."""
    if bool(values) == (file is not None):
        raise ToolError("Name values, or a file of them with --file; not both.")
    if file is not None:
        return OwnList(file, column, delimiter)
    return [Line(number, text) for number, text in enumerate(values or (), start=1)]
