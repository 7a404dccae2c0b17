"""A real Celery worker that kills itself, and its whole group, at a chosen commit.

    python -m tests.flows.crashing_worker POINT before|after NTH

POINT is `outbox` (the claim's commit) or the kind of an outbox row (its work's commit).
The NTH such commit (counted over the worker's processes) is the last thing it does.
"""

import multiprocessing
import os
import signal
import sys

import django
from django.db.backends.base.base import BaseDatabaseWrapper

doing: list[str] = [""]


def install(point: str, phase: str, nth: int) -> None:
    from sharing import pipeline
    from sharing.events import services as outbox

    seen = multiprocessing.Value("i", 0)
    commit, claim, work = BaseDatabaseWrapper.commit, outbox.claim, pipeline.work

    def last_one() -> bool:
        if doing[0] != point:
            return False
        with seen.get_lock():
            seen.value += 1
            return seen.value == nth

    def committing(self):
        last = last_one()
        if last and phase == "before":
            die()
        commit(self)
        if last:
            die()

    def claiming(shard):
        doing[0] = "outbox"
        try:
            return claim(shard)
        finally:
            doing[0] = ""

    def working(row):
        doing[0] = str(row.kind)
        try:
            return work(row)
        finally:
            doing[0] = ""

    BaseDatabaseWrapper.commit = committing
    outbox.claim, pipeline.work = claiming, working


def die() -> None:
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    django.setup()
    from hub.celery import app

    point, phase, nth = sys.argv[1:4]
    if point != "nothing":
        install(point, phase, int(nth))
    options = ["--without-gossip", "--without-mingle", "-l", "warning", "-c", "2"]
    app.worker_main(["worker", *options])


if __name__ == "__main__":
    main()
