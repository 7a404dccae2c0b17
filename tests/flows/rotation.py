"""A stream gets new keys while one recipient follows it and another one looks things up."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hub.lib.clock import now
from hub.lib.paging import Cursor
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import rotation
from sharing.agreements.models import Generation
from sharing.feeds import selectors as feeds
from sharing.lookup import services as lookup
from tests.cast import acting
from tests.coalition import collection, send, work_off
from tests.flows.beside import over_and_over
from tests.walls import APP, OWNER, by_worker, working_as

TITLE = "Fraud prevention"
PAGE, ASKED, NEW = 5_000, 200, 100
NEAR = timedelta(seconds=4)  # from being built to taking effect
AHEAD = timedelta(days=30)


@dataclass
class Seen:
    """Which generation one of them was served, and when the asking began."""

    last_old: datetime | None = None
    first_new: datetime | None = None

    def note(self, generation: int, begun: datetime, old: int) -> None:
        if generation == old:
            self.last_old = begun
        elif self.first_new is None:
            self.first_new = begun


@dataclass
class Follower:
    """Reads on and on; what it holds, and how often each id came in each generation."""

    person: User
    old: int = 1
    cursor: Cursor = field(default_factory=Cursor)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    came: Counter[tuple[int, str]] = field(default_factory=Counter)
    events: list[str] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)
    reads: int = 0

    def read(self) -> None:
        more = True
        while more:
            begun = now()
            page = feeds.page(acting(self.person), collection(TITLE), self.cursor, PAGE)
            self.reads += 1
            self.seen.note(page.next.generation, begun, self.old)
            for record in map(json.loads, page.records):
                if "id" not in record:
                    self.events.append(record["event"])
                    continue
                self.kept[record["id"]] = record
                self.came[page.next.generation, record["id"]] += 1
            self.cursor, more = page.next, page.more

    def held(self) -> set[str]:
        return {pk for pk, each in self.kept.items() if each["kind"] == "release"}


@dataclass
class Matcher:
    """Asks for known values and for unknown ones; every known one has one release."""

    person: User
    known: Callable[[int], list[str]]
    old: int = 1
    seen: Seen = field(default_factory=Seen)
    asked: int = 0
    missed: int = 0
    doubled: int = 0
    invented: int = 0
    slowest: float = 0.0

    def ask(self, turn: int) -> None:
        known, begun, clock = self.known(turn), now(), time.perf_counter()
        unknown = [f"u{n}-{turn}.example" for n in range(ASKED // 10)]
        answer = lookup.look_up(
            actor=acting(self.person), body={"values": [*known, *unknown]}
        )
        self.slowest = max(self.slowest, time.perf_counter() - clock)
        here = collection(TITLE)
        generations: set[int] = set()
        for line in range(1, len(known) + len(unknown) + 1):
            hits = [
                json.loads(hit.record)
                for hit in (answer.lines[line].hits if line in answer.lines else [])
                if hit.collection == here
            ]
            generations |= {int(hit["token"].split(":")[0]) for hit in hits}
            if line > len(known):
                self.invented += bool(hits)
            else:
                self.missed += not hits
                self.doubled += len(hits) > 1
        self.asked += len(known)
        for generation in generations:
            self.seen.note(generation, begun, self.old)


def run(giver: User, follows: User, matches: User, count: int) -> dict[str, Any]:
    """Give, announce, build, switch while both are at it, and compare the ends."""
    mark = uuid4().hex[:12]
    _give(giver, mark, count)
    follower = Follower(follows)
    matcher = Matcher(matches, lambda turn: _known(mark, count, turn))
    with working_as(APP):
        follower.read()
    before = len(follower.held())
    with (
        over_and_over(lambda _: follower.read(), 0.05),
        over_and_over(matcher.ask, 0.3),  # within its quota of a day
    ):
        generation = rotation.announce(
            actor=SYSTEM, collection_id=collection(TITLE), effective_from=now() + AHEAD
        )
        _meanwhile(giver, mark, "b", work=False)
        begun = time.perf_counter()
        work_off()
        built = time.perf_counter() - begun
        _meanwhile(giver, mark, "c")
        since = _its_second(generation, now() + NEAR)
        time.sleep(NEAR.total_seconds() + 1.5)  # nobody but readers does anything
        begun = time.perf_counter()
        by_worker(rotation.take_over_due)
        work_off()
        settled = time.perf_counter() - begun
        _meanwhile(giver, mark, "d")
    with working_as(APP):
        begun = time.perf_counter()
        follower.read()
        lag = time.perf_counter() - begun
        fresh = Follower(follows)
        fresh.read()
    return {
        "tokens": before,
        "build_seconds": round(built, 2),
        "rows_per_second": round(before / built),
        "follower_switched_after": _after(follower.seen.first_new, since),
        "follower_last_old": _after(follower.seen.last_old, since),
        "matcher_switched_after": _after(matcher.seen.first_new, since),
        "matcher_last_old": _after(matcher.seen.last_old, since),
        "stored_seconds": round(settled, 2),
        "reader_lag_seconds": round(lag, 2),
        "reads": follower.reads,
        "looked_up": matcher.asked,
        "slowest_lookup_seconds": round(matcher.slowest, 3),
        "missed": matcher.missed,
        "doubled": matcher.doubled,
        "invented": matcher.invented,
        "came_twice": _twice(follower),
        "same": follower.kept == fresh.kept and follower.cursor == fresh.cursor,
        "complete": "build_complete" in follower.events,
        "left": len(fresh.held()),
        "new_keys": all(
            each["token"].startswith("2:")
            for each in fresh.kept.values()
            if each["kind"] == "release"
        ),
    }


def _give(giver: User, mark: str, count: int) -> None:
    for start in range(0, count, 50_000):
        some = range(start, min(start + 50_000, count))
        send(giver, [{"value": f"h{n}-{mark}.example", "confidence": 90} for n in some])


def _meanwhile(giver: User, mark: str, letter: str, *, work: bool = True) -> None:
    """Something new, and one of the new ones taken back."""
    names = [f"{letter}{n}-{mark}.example" for n in range(NEW)]
    send(giver, [{"value": name, "confidence": 90} for name in names], work=work)
    send(giver, [{"op": "withdraw", "value": names[0]}], work=work)


def _known(mark: str, count: int, turn: int) -> list[str]:
    """Values that are there all the time, others in each turn."""
    first = turn * ASKED
    return [f"h{n % count}-{mark}.example" for n in range(first, first + ASKED)][:count]


def _its_second(generation: Generation, moment: datetime) -> datetime:
    """Bring the second near, once it is built: so long that anybody could follow."""
    with working_as(OWNER):
        Generation.objects.filter(pk=generation.pk).update(effective_from=moment)
    return moment


def _after(moment: datetime | None, since: datetime) -> float | None:
    return None if moment is None else round((moment - since).total_seconds(), 3)


def _twice(follower: Follower) -> int:
    """Ids that came more than once in one generation, though nothing had changed."""
    return sum(
        some > 1 and follower.kept[pk]["kind"] == "release"
        for (_, pk), some in follower.came.items()
    )


def right(found: dict[str, Any], count: int, within: float = 1.0) -> bool:
    """No miss, no double, the switch within a second, and everybody ends alike."""
    bad = ("missed", "doubled", "invented", "came_twice")
    switched = (found["follower_switched_after"], found["matcher_switched_after"])
    olds = (found["follower_last_old"], found["matcher_last_old"])
    return (
        not any(found[name] for name in bad)
        and all(each is not None and -0.5 <= each <= within for each in switched)
        and all(each is not None and each <= 0 for each in olds)
        and found["same"]
        and found["complete"]
        and found["new_keys"]
        and found["tokens"] == count
        and found["left"] == count + 3 * (NEW - 1)
    )
