"""What a command shows: sentences and a bar on standard error, results on standard output."""

import csv
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from hub.client.errors import ToolError
from hub.client.ownlist import OwnList
from hub.client.remote import plain
from hub.client.tokenising import Unread

FORMULA = frozenset("=+-@")
SHOWN = 20  # lines that could not be used, before they are only counted


def say(text: str) -> None:
    """A sentence for whoever started the command."""
    Console(stderr=True, highlight=False).print(
        plain(text), markup=False, soft_wrap=True
    )


def told(lines: Iterable[str]) -> None:
    """Results for people."""
    for line in lines:
        sys.stdout.write(plain(line) + "\n")


def as_json(value: Any) -> None:
    """A result for programs, in one line of plain ASCII."""
    sys.stdout.write(ascii_json(value) + "\n")


def ascii_json(value: Any) -> str:
    """JSON whose every sign a terminal shows and none obeys."""
    import json  # noqa: PLC0415 - msgspec writes no ASCII

    return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


class Unreadable:
    """Lines that are no values: counted, and the first of them told."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[Unread] = []

    def add(self, unread: Sequence[Unread]) -> None:
        self.count += len(unread)
        self._first += unread[: max(0, SHOWN - len(self._first))]

    def tell(self) -> None:
        for each in self._first:
            say(f"line {each.line}: {each.sentence} ({each.code})")
        if self.count > len(self._first):
            say(f"... and {self.count - len(self._first):,} more.")


class Meter:
    """How far one is in a file, as a bar, where somebody watches."""

    def __init__(self, progress: Progress | None, total: int | None, what: str) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=total) if progress else None

    def at(self, position: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=position)


@contextmanager
def metered(total: int | None, what: str, *, bytes_: bool = True) -> Iterator[Meter]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Meter(None, total, what)
        return
    counting: ProgressColumn = DownloadColumn() if bytes_ else MofNCompleteColumn()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        counting,
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Meter(progress, total, what)


def reading(own: OwnList) -> Any:
    return metered(own.size, "Reading")


@contextmanager
def written(path: Path | None) -> Iterator[IO[str]]:
    """A file that is there whole or not at all, its owner's alone; None: standard output.

    A device or a pipe is written to, never replaced: `-o /dev/null` is what it says.
    """
    if path is None or str(path) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    if path.exists() and not path.is_file():
        with _device(path) as file:
            yield file
        return
    with _drafted(path.resolve()) as file:
        yield file


def _device(path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise _unwritable(path, error) from None


@contextmanager
def _drafted(path: Path) -> Iterator[IO[str]]:
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _unwritable(path: Path, error: OSError) -> ToolError:
    return ToolError(f"{path} cannot be written: {error.strerror}.")


def cell(text: object) -> str:
    """What somebody else wrote, as a cell that no spreadsheet takes for a formula (OWASP)."""
    said = plain(text)
    return f"'{said}" if said[:1] in FORMULA else said


def table(file: IO[str], header: Sequence[str]) -> Any:
    """A CSV writer that has written its header."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(header)
    return rows
