"""A stream of clear values that is narrowed to tokens while everybody reads it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from hub.lib.clock import iso, now
from hub.lib.paging import Cursor
from orgs.accounts.models import User
from sharing.agreements.models import Agreement, Version
from sharing.distribution.models import Release
from sharing.feeds import selectors as feeds
from tests.cast import acting, browser_of
from tests.coalition import collection, send, work_off
from tests.flows.beside import over_and_over
from tests.hub.api.caller import NDJSON, ROOT, Caller, text
from tests.sharing.distribution.amending import TEXT, amended, enacted
from tests.walls import APP, stored, working_as

TITLE = "Investigation"
NARROWER = {"disclosure": "token", "redaction": {}, "min_confidence": 70}
LOST = 10  # of so many claims one is lost: it is too weak for the narrower terms
PAGE = 5_000


@dataclass
class Follower:
    """A recipient that goes on from the cursor it had, and keeps what it is told last."""

    person: User
    cursor: Cursor = field(default_factory=Cursor)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)

    def read(self) -> int:
        count, more = 0, True
        while more:
            page = feeds.page(acting(self.person), collection(TITLE), self.cursor, PAGE)
            for record in map(json.loads, page.records):
                count += 1
                if "id" in record:
                    self.kept[record["id"]] = record
                else:
                    self.events.append(record["event"])
            self.cursor, more = page.next, page.more
        return count

    def held(self) -> dict[str, dict[str, Any]]:
        return {
            pk: record
            for pk, record in self.kept.items()
            if record["kind"] == "release"
        }


@dataclass
class Narrowing:
    """The claims of one contributor, the recipient of their values, and all its paths."""

    giver: User
    reader: User
    mark: str = field(default_factory=lambda: uuid4().hex[:12])
    leaks: list[str] = field(default_factory=list)
    looks: int = 0
    first_look: datetime | None = None  # that was served the new generation

    def give(self, count: int) -> None:
        """Claims with clear values, released to the recipient."""
        for start in range(0, count, 50_000):
            lines = [
                {
                    "value": f"h{n}-{self.mark}.example",
                    "confidence": 60 if n % LOST == 0 else 90,
                }
                for n in range(start, min(start + 50_000, count))
            ]
            send(self.giver, lines)

    def narrow(self, effective_from: str | None = None) -> Version:
        """Signed by all; the worker has not worked yet."""
        agreement = Agreement.objects.get()
        begins = effective_from or str(TEXT["effective_from"])
        version = amended(agreement.pk, {TITLE: NARROWER}, effective_from=begins)
        return enacted(version, work=False)

    def paths(self) -> dict[str, Callable[[], str]]:
        """Every way on which something of the stream is read, as the text it gives."""
        pk, api = collection(TITLE), Caller(self.reader)
        seen, owner = browser_of(self.reader), browser_of(self.giver)
        (release, claim) = self._one()
        giver = Caller(self.giver)
        return {
            "stream": lambda: text(api.get(f"collections/{pk}/releases", limit="50")),
            "old cursor": lambda: text(
                api.get(f"collections/{pk}/releases", after="1.1", limit="50")
            ),
            "export": lambda: _whole(api, f"collections/{pk}/releases"),
            "count": lambda: text(api.get(f"collections/{pk}")),
            "list": lambda: text(api.get("collections")),
            "screen": lambda: text(seen.get(f"/received/{pk}")),
            "look-up": lambda: _asked(api, f"h1-{self.mark}.example"),
            "why": lambda: text(api.get(f"releases/{release}/why")),
            "visibility": lambda: text(giver.get(f"indicators/{claim}/visibility")),
            "own screen": lambda: text(owner.get(f"/claims/{claim}")),
        }

    def _one(self) -> tuple[UUID, UUID]:
        row = stored(Release).filter(generation__collection=collection(TITLE))[0]
        return row.public_id, row.indicator

    def look(self, paths: dict[str, Callable[[], str]], since: datetime) -> None:
        """Take every path once; what began after the change must show no value."""
        for name, path in paths.items():
            begun = now()
            shown = path()
            self.looks += 1
            if begun >= since and self.mark in shown:
                self.leaks.append(name)
            new = name == "count" and '"generation":2' in shown.replace(" ", "")
            if new and self.first_look is None:
                self.first_look = begun

    @contextmanager
    def looking(self, since: datetime) -> Iterator[None]:
        """Somebody takes every path, over and over, from another connection."""
        with working_as(APP):
            paths = self.paths()
        with over_and_over(lambda _: self.look(paths, since), 0):
            yield


def _asked(api: Caller, value: str) -> str:
    """Look-up by value; what is found is told without repeating the question."""
    return text(api.post("lookups", {"values": [value]}))


def _whole(api: Caller, path: str) -> str:
    """A stream of any length; it is not held against the API's document, line by line."""
    headers = {"Accept": NDJSON, "Authorization": f"Bearer {api.key}"}
    return text(api.http.get(ROOT + path, headers=headers))


def run(given: Narrowing, count: int, ahead: float) -> dict[str, Any]:
    """Give, narrow now or `ahead` seconds from now, rebuild while all is read; figures."""
    given.give(count)
    follower = Follower(given.reader)
    with working_as(APP):
        follower.read()
        before = len(follower.held())
        assert all(given.mark in each["value"] for each in follower.kept.values())
    begun = time.perf_counter()
    version = given.narrow(_in(ahead))
    signing = time.perf_counter() - begun
    since = version.effective_from if ahead else version.activated_at
    assert since is not None
    begun = time.perf_counter()
    with given.looking(since):
        work_off()
        built = time.perf_counter() - begun
        in_time = now() < since if ahead else None
        time.sleep(max((since - now()).total_seconds(), 0))
        took_over = time.perf_counter()
        _settle()
        settled = time.perf_counter() - took_over
        with working_as(APP):
            follower.read()
            lag = time.perf_counter() - took_over - settled
    fresh = Follower(given.reader)
    with working_as(APP):
        fresh.read()
        given.look(given.paths(), since)
    first = given.first_look
    return {
        "releases": before,
        "signing_seconds": round(signing, 3),
        "rebuild_seconds": round(built, 2),
        "rebuild_rows_per_second": round(before / built),
        "built_in_time": in_time,
        "settled_seconds": round(settled, 2),
        "switch_seen_after": first and round((first - since).total_seconds(), 3),
        "reader_lag_seconds": round(lag, 2),
        "looks": given.looks,
        "leaks": sorted(set(given.leaks)),
        "lost": sum(each["kind"] == "tombstone" for each in fresh.kept.values()),
        "same": follower.kept == fresh.kept and follower.cursor == fresh.cursor,
        "clear": sum("value" in each for each in follower.kept.values()),
        "complete": follower.events[-1:] == ["build_complete"],
        "left": len(fresh.held()),
    }


def _in(seconds: float) -> str | None:
    return (
        None
        if not seconds
        else iso(datetime.fromtimestamp(time.time() + seconds, now().tzinfo))
    )


def _settle() -> None:
    """What the clock of the worker does every second, and what follows from it."""
    from orgs.accounts.actor import SYSTEM
    from sharing.agreements import due
    from tests.walls import by_worker

    by_worker(lambda: due.activate_due(actor=SYSTEM))
    work_off()


def right(found: dict[str, Any], count: int) -> bool:
    """Whether nothing leaked, nothing is missing, and everybody ends alike."""
    return (
        not found["leaks"]
        and found["same"]
        and found["complete"]
        and found["clear"] == 0
        and found["releases"] == count
        and found["lost"] == -(-count // LOST)
        and found["left"] == count - found["lost"]
    )
