"""Several programs run as one and end as one."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from hub import celery, embedded
from hub.supervisor import ChildDiedError, Supervisor, commands

SLEEP = [
    sys.executable,
    "-c",
    "import time; print('awake', flush=True); time.sleep(600)",
]
STUBBORN = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"])
print("awake", flush=True)
time.sleep(600)
"""


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(out: io.StringIO) -> Iterator[Supervisor]:
    running = Supervisor(out=out)
    yield running
    running.stop()


def test_supervisor_prefixes_lines_when_children_speak(
    supervisor: Supervisor, out: io.StringIO
) -> None:
    supervisor.start("web", SLEEP)
    supervisor.start("worker", SLEEP)
    assert eventually(lambda: out.getvalue().count("awake") == 2)
    assert "web    | awake\n" in out.getvalue()
    assert "worker | awake\n" in out.getvalue()


@pytest.mark.parametrize(
    ("name", "role"), [("web", "accord_app"), ("worker", "accord_worker")]
)
def test_supervisor_gives_each_program_its_role_in_the_database(
    supervisor: Supervisor, out: io.StringIO, name: str, role: str
) -> None:
    speak = "import os; print(os.environ['ACCORD_DB_ROLE'], flush=True)"
    supervisor.start(name, [sys.executable, "-c", speak])
    assert eventually(lambda: role in out.getvalue())


def test_worker_does_not_start_in_the_role_of_the_web(settings) -> None:
    settings.DB_ROLE = settings.WORKER
    celery.refuse_another_role()
    settings.DB_ROLE = settings.APP
    with pytest.raises(SystemExit, match="accord_worker"):
        celery.refuse_another_role()


def test_supervisor_leaves_nothing_behind_when_a_child_ignores_the_signal(
    supervisor: Supervisor, out: io.StringIO, monkeypatch
) -> None:
    monkeypatch.setattr("hub.supervisor.GRACE", 0.3)
    pid = supervisor.start("stubborn", [sys.executable, "-c", STUBBORN])
    assert eventually(lambda: "awake" in out.getvalue())
    family = [psutil.Process(pid), *psutil.Process(pid).children()]
    assert len(family) == 2
    supervisor.stop()
    assert eventually(
        lambda: (
            not any(
                one.is_running() and one.status() != psutil.STATUS_ZOMBIE
                for one in family
            )
        )
    )


def test_supervisor_says_who_when_a_child_ends_by_itself(
    supervisor: Supervisor,
) -> None:
    supervisor.start("web", SLEEP)
    supervisor.start("beat", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ChildDiedError, match="beat") as caught:
        supervisor.run()
    assert (caught.value.name, caught.value.code) == ("beat", 3)


def test_supervisor_starts_a_child_again_when_it_was_killed(
    supervisor: Supervisor, out: io.StringIO
) -> None:
    first = supervisor.start("worker", SLEEP)
    supervisor.kill("worker")
    second = supervisor.restart("worker")
    assert first != second
    assert supervisor.pids() == {"worker": second}
    assert eventually(lambda: "awake" in out.getvalue())
    supervisor.check()


def test_supervisor_wait_says_whether_it_came_true(supervisor: Supervisor) -> None:
    assert supervisor.wait(5, until=lambda: True)
    assert not supervisor.wait(0.05, until=lambda: False)


PROGRAM = """
import sys, subprocess
from hub.supervisor import Supervisor
running = Supervisor()
with running.signals():
    running.start("one", [sys.executable, "-c", "import time; time.sleep(600)"])
    print(running.pids()["one"], flush=True)
    running.run()
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_supervisor_stops_in_order_when_signalled(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        text=True,
        cwd=embedded.CHECKOUT,
    ) as program:
        assert program.stdout
        child = psutil.Process(int(program.stdout.readline()))
        program.send_signal(number)
        assert program.stdout.read() == "stopped\n"
        assert program.wait(10) == 0
    assert not child.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel does this on Linux")
def test_children_end_when_the_supervisor_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        text=True,
        cwd=embedded.CHECKOUT,
    ) as program:
        assert program.stdout
        child = psutil.Process(int(program.stdout.readline()))
        os.kill(program.pid, signal.SIGKILL)
    assert eventually(
        lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    )


def test_commands_bind_to_this_machine_only() -> None:
    web = commands(port=8123)["web"]
    assert web[web.index("--host") + 1] == "127.0.0.1"
    assert web[web.index("--port") + 1] == "8123"
