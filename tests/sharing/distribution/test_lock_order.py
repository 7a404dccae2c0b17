"""Who locks several streams locks them in one order: two at once never wait for each other."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import due
from sharing.agreements.selectors import lock_heads
from sharing.distribution import backfill
from tests.coalition import send
from tests.sharing.distribution.ahead import (
    FRAUD,
    POLICE,
    STRONG,
    Ahead,
    claims,
    its_time,
    of,
    rows,
    states,
)
from tests.walls import OWNER, by_worker, working_as

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> bool:
    """Whether somebody here waits for a lock of somebody else."""
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_taking_over_and_a_batch_that_writes_to_the_same_streams_do_not_lock_each_other_out(
    ahead: Ahead, alice: User
) -> None:
    send(alice, claims(STRONG))
    version = ahead({"min_confidence": 50})
    its_time(version)
    by_worker(lambda: due.activate_due(actor=SYSTEM))
    continued, begun = of(POLICE, 1), of(FRAUD, 2)
    assert continued.pk < begun.pk
    first, failed = threading.Event(), list[Exception]()

    def in_thread(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                with transaction.atomic():
                    by_worker(work)
            except Exception as error:  # noqa: BLE001 - told below
                failed.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    go_on = threading.Event()

    def batch() -> None:
        lock_heads([continued.pk])
        first.set()
        assert go_on.wait(20)
        lock_heads([begun.pk])

    writes = in_thread(batch)
    assert first.wait(20)
    takes_over = in_thread(lambda: backfill.take_over(str(version.pk)))
    wait_until(waiting)
    go_on.set()
    for thread in (writes, takes_over):
        thread.join(30)
    assert failed == []
    assert (states(), rows(2)) == ([(1, "closed"), (2, "live")], 1)
