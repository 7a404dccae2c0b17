"""The way of the data at scale: submit, accept, release, page through, look at pages.

    ./run bench flow [LINES]     (100,000 unless given; every value is new)

One process does all of it in turn, so the figures are rows per second of one core and
of the database beside it. Compare them within one run.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from orgs.accounts.actor import Actor

if TYPE_CHECKING:  # models wait for the servers of the measurement
    from sharing.feeds.selectors import CollectionView

SERVERS = True
AGREEMENT = "hub/demo/agreement.yaml"


@contextmanager
def timed(what: str, rows: int) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    print(f"{what:<34}{seconds:>9.2f} s {rows / seconds:>12,.0f} rows/s")


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 100_000
    from sharing.events import services as outbox
    from sharing.events.kinds import Kind
    from sharing.indicators import warninglists
    from sharing.intake import services as intake
    from tests.walls import APP, working_as

    outbox.ring = lambda shard: None
    alice, bob = actors()
    with timed("load warninglists", 1):
        warninglists.summary()
    mark = uuid4().hex[:12]
    body = [
        json.dumps({"value": f"h{n}-{mark}.example", "tlp": "green"}).encode() + b"\n"
        for n in range(count)
    ]
    with timed("submit (seal, store)", count), working_as(APP):
        intake.submit(actor=alice, stream=body, content_type="application/x-ndjson")
    with timed("accept", count):
        work(Kind.CHUNK_RECEIVED)
    released = count_releases()
    with timed("decide, redact, release", count):
        work(Kind.CLAIMS_CHANGED)
        work(Kind.RELEASE_DUE)
    print(f"{'releases made':<34}{count_releases() - released:>9,}")
    with timed("page through 5,000 at a time", held(bob)), working_as(APP):
        read_all(bob)
    with timed("the same submission again: submit", count), working_as(APP):
        intake.submit(actor=alice, stream=body, content_type="application/x-ndjson")
    with timed("the same submission again: accept", count):
        work(Kind.CHUNK_RECEIVED)


def actors() -> tuple:
    """The platform's and the bank's managers, in a coalition that is made if need be."""
    from hub.demo import casting
    from hub.demo.keychain import Keychain
    from orgs.accounts.models import User
    from orgs.members.selectors import actor_for

    casting.create(Keychain.load())
    people = ("alice@meadow.example", "bob@harbour.example")
    return tuple(actor_for(User.objects.get(email=email), None) for email in people)


def work(kind: str) -> None:
    """Do the waiting rows of one kind, all shards in turn, as one worker would."""
    from sharing import pipeline
    from sharing.events import services as outbox
    from sharing.events.models import OutboxRow
    from tests.walls import by_worker

    waiting = OutboxRow.objects.filter(done_at__isnull=True).exclude(kind=kind)
    waiting.update(leased_until="2100-01-01T00:00Z")
    while shards := [
        shard
        for shard in range(4)
        if OutboxRow.objects.filter(
            shard=shard, kind=kind, done_at__isnull=True
        ).exists()
    ]:
        for shard in shards:
            row = outbox.claim(shard)
            if row is not None and not by_worker(pipeline.work, row):
                raise SystemExit(f"{row.kind} failed")
            waiting.update(leased_until="2100-01-01T00:00Z")
    OutboxRow.objects.filter(done_at__isnull=True).update(leased_until=None)


def count_releases() -> int:
    from sharing.distribution.models import Release

    return Release.objects.count()


def stream_of(actor: Actor) -> "CollectionView":
    from sharing.feeds import selectors as feeds

    views = feeds.collections(actor)
    return next(view for view in views if view.title == "Fraud prevention")


def held(actor: Actor) -> int:
    """Releases in the stream, those of earlier runs included."""
    return stream_of(actor).releases or 0


def read_all(actor: Actor) -> None:
    from hub.lib.paging import Cursor
    from sharing.feeds import selectors as feeds

    stream = stream_of(actor)
    cursor, more = Cursor(), True
    while more:
        found = feeds.page(actor, stream.id, cursor, 5_000)
        cursor, more = found.next, found.more
