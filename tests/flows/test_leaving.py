"""A party leaves while its partners' claims are fanned out, over connections of their own."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.accounts.models import User
from sharing import pipeline
from sharing.agreements import lifecycle
from sharing.agreements.models import StreamHead, Version
from sharing.distribution import notices
from sharing.distribution.models import Receipt, Release
from sharing.events import services as outbox
from sharing.feeds import selectors as feeds
from tests.cast import acting, home_of
from tests.coalition import collection, send, work_off
from tests.walls import APP, WORKER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD = "Fraud prevention"
BATCHES, LINES, EARLY = 40, 5, 30


class Parallel:
    """Threads with connections and roles of their own; their errors are the test's."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        self.errors: list[BaseException] = []

    def start(self, role: str, work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                with working_as(role):
                    work()
            except BaseException as error:  # noqa: BLE001 - told by join()
                self.errors.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        self.threads.append(thread)
        thread.start()
        return thread

    def join(self) -> None:
        for thread in self.threads:
            thread.join(60)
        assert self.errors == []


@contextmanager
def parallel() -> Iterator[Parallel]:
    found = Parallel()
    yield found
    found.join()


def drain() -> None:
    """As one of several workers: until there is nothing to do."""
    while shards := outbox.shards_due():
        for shard in shards:
            pipeline.drain(shard)


def give(*people: User) -> None:
    """Batches of one and the other, which no worker has seen yet."""
    for n in range(BATCHES):
        lines = [f"h{n}-{k}.example" for k in range(LINES)]
        send(people[n % len(people)], lines, work=False)


def head(stream: UUID) -> int:
    return StreamHead.objects.get(generation__collection=stream).next_seq


def follow(person: User, stream: UUID, served: list[int]) -> None:
    """Read on and on, until nothing may be read any more."""
    cursor = Cursor()
    while True:
        try:
            page = feeds.page(acting(person), stream, cursor, 7)
        except NotFound:
            return
        served.extend(json.loads(line)["seq"] for line in page.records)
        cursor = page.next


def listen(people: Iterable[User], told: list[str]) -> None:
    """Ask for notices all the while."""
    for _ in range(50):
        for person in people:
            told.extend(str(each.id) for each in notices.notices(acting(person)))
        time.sleep(0.01)


def test_leaver_is_served_nothing_later_and_nobody_else_is_told(
    coalition: Version,
    alice: User,
    frank: User,
    bob: User,
    bob_signs: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = collection(FRAUD)
    give(alice, frank)
    tell = lifecycle._tell

    def slowly(*given: Any, **ids: Any) -> None:
        time.sleep(0.5)  # the workers have all the time to overtake, and must not
        tell(*given, **ids)

    monkeypatch.setattr(lifecycle, "_tell", slowly)
    served, told = list[int](), list[str]()

    def leave() -> None:
        while head(stream) < EARLY:
            time.sleep(0.005)
        lifecycle.leave(
            actor=acting(bob_signs),
            agreement_id=coalition.agreement_id,
            reason="We go.",
        )

    with parallel() as doing:
        doing.start(WORKER, drain)
        doing.start(WORKER, drain)
        doing.start(APP, partial(follow, bob, stream, served))
        doing.start(APP, partial(listen, (alice, frank), told))
        doing.start(APP, leave)
    work_off()
    notice = next(n for n in notices.notices(acting(bob)) if n.collection == stream)
    until = Cursor.parse(notice.until).seq
    assert 0 < max(served) <= until
    receipt = stored(Receipt).get(recipient=home_of(bob), collection=stream)
    assert receipt.delivered_seq <= until
    later = stored(Release).filter(generation__collection=stream, seq__gt=until)
    assert later.exists(), "the fan-out went on"
    assert head(stream) == BATCHES * LINES + 1
    assert told == []
    with pytest.raises(NotFound):
        feeds.page(acting(bob), stream, Cursor(), 7)
