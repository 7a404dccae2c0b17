"""A real Celery worker that kills itself, and its whole group, at a chosen commit.

    python -m tests.flows.crashing_worker POINT before|after NTH

POINT is `outbox` (the claim's commit) or the kind of an outbox row (its work's commit),
with `/NUMBER` for the chunk of that number only.
The NTH such commit (counted over the worker's processes) is the last thing it does. As
the 0th, every one of them is, and kills its own process only, as a poisonous line would.
"""

import multiprocessing
import os
import signal
import sys

import django
from django.db.backends.base.base import BaseDatabaseWrapper


class Killer:
    """Counts the commits of one point, over all processes of the worker."""

    def __init__(self, point: str, phase: str, nth: int) -> None:
        self.point, self.phase, self.nth = point, phase, nth
        self.seen = multiprocessing.Value("i", 0)
        self.doing = ""  # in this process

    def commits(self, commit, connection) -> None:
        last = self.doing == self.point and self.counts_to_the_last()
        if last and self.phase == "before":
            self.die()
        commit(connection)
        if last:
            self.die()

    def die(self) -> None:
        if self.nth:
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def counts_to_the_last(self) -> bool:
        with self.seen.get_lock():
            self.seen.value += 1
            return self.nth in (0, self.seen.value)

    def around(self, call, name):
        """`call`, with everything it commits under the name that `name` gives it."""

        def wrapped(what):
            self.doing = name(what)
            try:
                return call(what)
            finally:
                self.doing = ""

        return wrapped

    def name_of(self, row) -> str:
        numbered = f"{row.kind}/{row.payload.get('number')}"
        return numbered if numbered == self.point else str(row.kind)


def install(killer: Killer) -> None:
    from sharing import pipeline
    from sharing.events import services as outbox

    commit = BaseDatabaseWrapper.commit
    counted = lambda self: killer.commits(commit, self)  # noqa: E731
    setattr(BaseDatabaseWrapper, "commit", counted)  # noqa: B010
    outbox.claim = killer.around(outbox.claim, lambda shard: "outbox")
    pipeline.work = killer.around(pipeline.work, killer.name_of)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    os.environ["ACCORD_DB_ROLE"] = "accord_worker"
    django.setup()
    from hub.celery import app

    point, phase, nth = sys.argv[1:4]
    if point != "nothing":
        install(Killer(point, phase, int(nth)))
    options = ["--without-gossip", "--without-mingle", "-l", "warning", "-c", "2"]
    app.worker_main(["worker", *options])


if __name__ == "__main__":
    main()
