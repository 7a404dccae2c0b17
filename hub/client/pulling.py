"""Following a stream: page by page, each kept before the hub is told that it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from hub.client import shapes
from hub.client.errors import LaterError, RefusedError, ToolError, UnverifiedError
from hub.client.remote import Hub, plain
from hub.client.state import State

PAGE = 5_000  # records that are held at a time
RESYNC = "resync-required"
NOT_FOUND = "not-found"
DOUBLINGS = 10  # of the pause: more are as long, and in a day more than a number holds
PAUSE_MAX = 60.0  # seconds between tries while the hub cannot be reached

Record = dict[str, Any]
EVENTS = {
    "suspended": "The stream was suspended.",
    "resumed": "The stream was resumed.",
    "closed": "The stream is closed; nothing will come any more.",
    "generation_begins": "A new generation begins: its records come again, under new tokens.",
    "build_complete": "The new generation is complete.",
}


class Keeper(Protocol):
    """What keeps a cursor, and whatever else of a stream."""

    @property
    def cursor(self) -> str: ...
    @property
    def acknowledged(self) -> str: ...
    def apply(self, before: str, records: list[Record], after: str) -> None: ...
    def acknowledge(self, cursor: str) -> None: ...
    def complete(self) -> None: ...
    def forget(self) -> None: ...


@dataclass(slots=True)
class Cursor:
    """Keeps nothing but where one is, as long as the process lives."""

    cursor: str = ""
    acknowledged: str = ""

    def apply(self, before: str, records: list[Record], after: str) -> None:
        self.cursor = after

    def acknowledge(self, cursor: str) -> None:
        self.acknowledged = cursor

    def complete(self) -> None:
        pass

    def forget(self) -> None:
        self.cursor = self.acknowledged = ""


@dataclass(slots=True)
class Tally:
    releases: int = 0
    tombstones: int = 0
    resyncs: int = 0


@dataclass(slots=True)
class Puller:
    """One reader of one stream. `show` gets each page's records before they are kept."""

    hub: Hub
    collection: UUID
    keeper: Keeper | State
    say: Callable[[str], None]
    show: Callable[[list[Record]], None] = lambda records: None
    acknowledges: bool = True
    page: int = PAGE
    tally: Tally = field(default_factory=Tally)

    def step(self) -> bool:
        """One page; whether there is more already.

        A kill at any moment loses nothing: before a page is kept it comes again, and
        what was kept but not acknowledged is acknowledged with the next step.
        """
        before = self.keeper.cursor
        try:
            records, after, more = self.hub.page(
                f"/collections/{self.collection}/releases",
                limit=str(self.page),
                after=before,
            )
        except RefusedError as refused:
            if refused.code != RESYNC:
                raise
            self.say("The cursor is too old: all is forgotten and read again.")
            self.keeper.forget()
            self.tally.resyncs += 1
            return True
        if more and after == before:
            raise UnverifiedError("The hub says that there is more, and gives nothing.")
        self.show(records)
        if records or after != before:
            self.keeper.apply(before, records, after)
        if not more:
            self.keeper.complete()
        self._count(records)
        self.confirm()
        return more

    def confirm(self) -> None:
        """Tell the hub what is kept, unless it knows."""
        cursor = self.keeper.cursor
        if not self.acknowledges or not cursor or self.keeper.acknowledged == cursor:
            return
        self.hub.post(f"/collections/{self.collection}/receipts", {"cursor": cursor})
        self.keeper.acknowledge(cursor)

    def _count(self, records: list[Record]) -> None:
        for record in records:
            kind = record.get("kind")
            self.tally.releases += kind == "release"
            self.tally.tombstones += kind == "tombstone"
            if kind == "control":
                event = str(record.get("event"))
                self.say(EVENTS.get(event, f"The stream says: {plain(event)}."))


def to_the_end(puller: Puller) -> None:
    """Read what is there."""
    try:
        while puller.step():
            pass
    except RefusedError as refused:
        raise _ended(puller, refused) from None


def follow(
    puller: Puller, interval: float, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Read on until somebody stops it, or the grant ended. Waits out what may pass."""
    failures = 0
    while True:
        try:
            more = puller.step()
        except LaterError as later:
            failures += 1
            doubled = interval * 2 ** min(failures, DOUBLINGS)
            wait = min(PAUSE_MAX, later.wait or doubled)
            puller.say(f"{later} Next try in {wait:.0f} s.")
            sleep(wait)
            continue
        except RefusedError as refused:
            if refused.code != NOT_FOUND or (notice := _notice(puller)):
                raise _ended(puller, refused) from None
            puller.say(f"The stream cannot be read now; it may be suspended. {notice}")
            sleep(min(PAUSE_MAX, interval * 4))
            continue
        failures = 0
        if not more:
            sleep(interval)


def _ended(puller: Puller, refused: RefusedError) -> ToolError:
    """What the hub says of a stream that is not there any more."""
    if refused.code == NOT_FOUND and (notice := _notice(puller)):
        return RefusedError(notice, refused.code)
    return refused


def _notice(puller: Puller) -> str:
    """The sentence of a notice about this collection that is still open, if one is told."""
    try:
        notices = puller.hub.get("/notices", shapes.Notices)["notices"]
    except LaterError:  # who follows asks again
        return ""
    for each in notices:
        open_ = each["acknowledged_at"] is None
        if open_ and each["collection"] == str(puller.collection):
            return (
                f"Your access ended on {plain(each['ended_at'])}:"
                f" {plain(each['reason'])} Purge what you hold of it by"
                f" {plain(each['purge_by'])} (accord purge)."
            )
    return ""
