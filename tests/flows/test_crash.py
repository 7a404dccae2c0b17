"""kill -9 of the worker at ten commits of a large submission: nothing lost, nothing twice.

A hub of its own (servers with fsync on, keys, database) takes the same submission
twice: once in peace, once with a worker that kills itself and its whole process group
at ten chosen commits while Redis is flushed. Both must end in the same state.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from sharing.vocabulary import CHUNK_LINES

LINES = 100_000
DEADLINE = 300  # seconds for one hub to finish
# In the order of the data's way, so that there is still work left for every one of them.
POINTS = (
    *("chunk_received",) * 3,
    *("outbox",) * 2,
    *("claims_changed",) * 2,
    *("release_due",) * 3,
)
ROOT = Path(__file__).resolve().parents[2]


class Hub:
    """A hub in a folder of its own, driven from outside by processes."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.log = (home.parent / f"{home.name}.log").open("w")
        hidden = ("DATABASE_URL", "REDIS_URL", "ACCORD_KEYS_FILE")
        self.env = {k: v for k, v in os.environ.items() if k not in hidden} | {
            "ACCORD_HOME": str(home),
            "ACCORD_EMBEDDED_FSYNC": "1",
            "ACCORD_OUTBOX_LEASE_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "hub.settings",
            **settings,
        }

    def __enter__(self) -> Self:
        self.holder = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.crash_hub", "hold"],
            env=self.env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.holder.stdout is not None
        self.holder.stdout.readline()
        return self

    def __exit__(self, *_: object) -> None:
        self.holder.communicate()
        self.log.close()
        print(Path(self.log.name).read_text()[-2000:])

    def run(self, command: str, *words: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.flows.crash_hub", command, *words],
            env=self.env,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    def worker(
        self, point: str, phase: str = "before", nth: int = 1
    ) -> subprocess.Popen:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.flows.crashing_worker",
                point,
                phase,
                str(nth),
            ],
            env=self.env,
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def end(self, worker: subprocess.Popen) -> str:
        """Wait until nothing is left (done) or the worker is dead (died)."""
        found = self.run("watch", str(worker.pid), str(DEADLINE))
        if found["end"] == "died":
            worker.wait()
        return str(found["end"])


@pytest.fixture
def homes() -> Iterator[tuple[Path, Path]]:
    base = Path(tempfile.mkdtemp(prefix="accord-crash-", dir="/tmp"))
    base.chmod(0o711)
    yield base / "calm", base / "storm"
    shutil.rmtree(base, ignore_errors=True)


def stop(worker: subprocess.Popen) -> None:
    worker.kill()
    worker.wait()


def drained(
    hub: Hub, plan: list[tuple[str, str, int]], tell: Callable[[str], None]
) -> dict[str, object]:
    """Submit, let each worker of the plan die, let a last one finish."""
    hub.run("submit", str(LINES))
    for point, phase, nth in plan:
        worker = hub.worker(point, phase, nth)
        end = hub.end(worker)
        tell(f"pid {worker.pid}: {phase} commit {nth} of {point}: {end}")
        assert end == "died", "every kill of the plan happens"
        hub.run("flush")
    worker = hub.worker("nothing")
    end = hub.end(worker)
    stop(worker)
    assert end == "done"
    return hub.run("state")


def test_state_is_the_same_after_ten_kills_and_flushed_redis(homes, tell):
    seed = int(os.environ.get("ACCORD_CRASH_SEED", "0")) or random.randrange(10**6)
    dice = random.Random(seed)
    plan = [
        (point, dice.choice(("before", "after")), dice.choice((1, 1, 2)))
        for point in POINTS
    ]
    tell(f"seed {seed} (ACCORD_CRASH_SEED)")
    with Hub(homes[0]) as calm:
        calm.run("prepare")
        expected = drained(calm, [], tell)
    (homes[1] / "keys").mkdir(parents=True)
    homes[1].chmod(0o711)
    shutil.copy(homes[0] / "keys" / "hub.json", homes[1] / "keys" / "hub.json")
    with Hub(homes[1]) as storm:
        storm.run("prepare")
        found = drained(storm, plan, tell)

    tell(f"SHOW fsync: {found['fsync']}")
    assert found["fsync"] == "on"
    assert expected["claims"] == expected["releases"] == LINES - 1
    assert expected["gapless"]
    assert expected["dead"] == 0
    assert found == expected


def test_chunk_that_kills_its_worker_is_a_dead_letter_and_the_others_go_on(homes):
    with Hub(homes[0], ACCORD_OUTBOX_MAX_ATTEMPTS="2") as hub:
        hub.run("prepare")
        hub.run("submit", str(3 * CHUNK_LINES))
        worker = hub.worker("chunk_received/1", "before", 0)
        assert hub.end(worker) == "done"
        stop(worker)
        found = hub.run("state")
        assert (found["dead"], found["chunks"]) == (1, 1)
        assert found["submissions"] == [["accepting", 3 * CHUNK_LINES, 1]]
        # One less: the last chunk repeats the first value.
        assert found["claims"] == found["releases"] == 2 * CHUNK_LINES - 1

        hub.run("retry")
        worker = hub.worker("nothing")
        assert hub.end(worker) == "done"
        stop(worker)
        found = hub.run("state")
        assert (found["dead"], found["chunks"]) == (0, 0)
        assert found["claims"] == found["releases"] == 3 * CHUNK_LINES - 1
        assert found["gapless"]
