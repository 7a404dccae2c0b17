"""A stream as its reader keeps it: a file in which records and cursor change together.

The file is SQLite's. What a page brings and the cursor behind it are one transaction,
on disk before the hub is told: whenever a process dies, the next one goes on there.
"""

import os
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import msgspec

from hub.client.errors import ToolError, UnverifiedError
from hub.client.shapes import Release, shaped
from sharing.tokens import scheme

HEAD_BYTES = 8  # of a token: held in memory, they say at once that a token is not there
# What is taken back is overwritten, and a commit is on disk when it returns.
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS release (
    id BLOB NOT NULL UNIQUE, generation INTEGER, token BLOB, record BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS release_token ON release (token);
"""
_KEEP = (
    "INSERT INTO release (id, generation, token, record) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET generation = excluded.generation,"
    " token = excluded.token, record = excluded.record"
)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class State:
    """What is held of one collection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise _broken(path, error) from None

    @classmethod
    def at(cls, folder: Path, collection: UUID, *, new: bool = True) -> Self:
        """The state of a collection in a folder that is its owner's alone."""
        path = cls.place(folder, collection)
        if not new and not path.is_file():
            raise ToolError(
                f"{folder} holds nothing of this collection; pull it first."
            )
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise ToolError(f"{path} cannot be written: {error.strerror}.") from None
        return cls(path)

    @staticmethod
    def place(folder: Path, collection: UUID) -> Path:
        return folder / f"{collection}.sqlite3"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @property
    def cursor(self) -> str:
        return self._mark("cursor")

    @property
    def acknowledged(self) -> str:
        return self._mark("acknowledged")

    @property
    def whole(self) -> bool:
        """Whether the stream was read to its end once: before, much of it is missing."""
        return bool(self._mark("whole"))

    def complete(self) -> None:
        """The end is reached; what comes from now on is new."""
        if not self.whole:
            with self._writing():
                self._set("whole", "yes")

    def apply(
        self, before: str, records: Iterable[Mapping[str, Any]], after: str
    ) -> None:
        """Do what the records behind cursor `before` say, and move on to `after`.

        ToolError if somebody else moved the cursor meanwhile: then nothing is changed.
        """
        with self._writing():
            if self.cursor != before:
                raise ToolError(f"Another process pulls into {self.path.parent}.")
            for record in records:
                self._do(record)
            self._set("cursor", after)

    def acknowledge(self, cursor: str) -> None:
        with self._writing():
            self._set("acknowledged", cursor)

    def forget(self) -> None:
        """Hold nothing any more; the next page is the first one."""
        with self._writing():
            self._db.execute("DELETE FROM release")
            self._db.execute("DELETE FROM mark")

    def erase(self) -> None:
        """Hold nothing any more, in none of its files either; ToolError if it cannot be."""
        self.forget()
        try:
            self._db.execute("VACUUM")
            row = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise _broken(self.path, error) from None
        if row[0]:  # busy: what was erased stands in the log until its readers are done
            raise ToolError(
                f"Another process reads {self.path}: it is not erased yet. End it, and"
                " say the same again."
            )

    def count(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM release").fetchone()[0])

    def generations(self) -> list[int]:
        rows = self._db.execute(
            "SELECT DISTINCT generation FROM release WHERE token IS NOT NULL ORDER BY 1"
        )
        return [int(number) for (number,) in rows]

    def heads(self) -> "array[int]":
        """The first bytes of every token, sorted: 8 MB for a million."""
        found = array("Q")
        rows = self._db.execute(
            "SELECT token FROM release WHERE token IS NOT NULL ORDER BY token"
        )
        while some := rows.fetchmany(10_000):
            found.extend(head(token) for (token,) in some)
        return found

    def records(self, generation: int, token: bytes) -> list[dict[str, Any]]:
        """The releases that stand under a token, oldest first."""
        rows = self._db.execute(
            "SELECT record FROM release WHERE token = ? AND generation = ?"
            " ORDER BY rowid",
            (token, generation),
        )
        return [_decode(record) for (record,) in rows]

    def everything(self) -> Iterator[dict[str, Any]]:
        for (record,) in self._db.execute("SELECT record FROM release ORDER BY id"):
            yield _decode(record)

    def _do(self, record: Mapping[str, Any]) -> None:
        match record.get("kind"):
            case "release":
                self._db.execute(_KEEP, _row(record))
            case "tombstone":
                self._db.execute("DELETE FROM release WHERE id = ?", (_id(record),))
            case _:  # control records, and kinds of later hubs: nothing to hold
                pass

    def _mark(self, name: str) -> str:
        row = self._db.execute("SELECT said FROM mark WHERE name = ?", (name,))
        found = row.fetchone()
        return str(found[0]) if found else ""

    def _set(self, name: str, said: str) -> None:
        self._db.execute(
            "INSERT INTO mark (name, said) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET said = excluded.said",
            (name, said),
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise _broken(self.path, error) from None


def head(token: bytes) -> int:
    return int.from_bytes(token[:HEAD_BYTES], "big")


def _row(record: Mapping[str, Any]) -> tuple[bytes, int | None, bytes | None, bytes]:
    shaped(record, Release)
    generation, token = None, None
    if text := record.get("token"):
        try:
            generation, token = scheme.parse_wire(text)
        except (scheme.BadWireError, AttributeError):
            raise UnverifiedError("The stream holds a token that is none.") from None
    return _id(record), generation, token, _encode(record)


def _id(record: Mapping[str, Any]) -> bytes:
    try:
        return UUID(record["id"]).bytes
    except (KeyError, ValueError, AttributeError, TypeError):
        raise UnverifiedError("The stream holds a record without its id.") from None


def _broken(path: Path, error: sqlite3.Error) -> ToolError:
    return ToolError(f"{path} cannot be used ({type(error).__name__}).")
