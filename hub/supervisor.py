"""Run several programs as one: prefixed output, one end for all of them.

Every child has a session of its own, so Ctrl-C reaches only us and we stop them in order;
on Linux the kernel ends them should we be killed ourselves.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

from hub import embedded

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
GRACE = 25.0  # seconds to finish the work in hand; longer than Celery's soft shutdown


class ChildDiedError(RuntimeError):
    """A child ended by itself; `name` says which and `code` how."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"{name} ended by itself ({code}); its last lines say why.")
        self.name = name
        self.code = code


@dataclass(slots=True)
class Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[str]
    reader: threading.Thread


@dataclass
class Supervisor:
    """Children in the order they start; they stop in that order too (web first)."""

    environment: Mapping[str, str] = field(default_factory=dict)
    out: IO[str] = field(default_factory=lambda: sys.stdout)
    children: dict[str, Child] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, name: str, command: Sequence[str]) -> int:
        """Start a child, or one that ended again; its process id.

        Call it from a thread that lives on: Linux ends the child with that thread.
        """
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509
            env={**os.environ, **self.environment, "ACCORD_DB_ROLE": role_of(name)},
            cwd=embedded.CHECKOUT,
        )
        reader = threading.Thread(target=self._relay, args=(name, process), daemon=True)
        reader.start()
        self.children[name] = Child(name, command, process, reader)
        return process.pid

    def pids(self) -> dict[str, int]:
        """The process id of every child by name (for crash tests)."""
        return {name: child.process.pid for name, child in self.children.items()}

    def kill(self, name: str) -> None:
        """Kill a child and everything it started, at once (crash tests)."""
        child = self.children[name]
        _kill_session(child.process.pid)
        child.process.wait()
        child.reader.join(timeout=2)

    def restart(self, name: str) -> int:
        """Start a child once more with the same command; the new process id."""
        child = self.children[name]
        if child.process.poll() is None:
            self._end(child)
        _kill_session(child.process.pid)
        child.reader.join(timeout=2)
        return self.start(name, child.command)

    def check(self) -> None:
        """Raise ChildDiedError if a child ended without being told to."""
        if self.stopping.is_set():
            return
        for child in self.children.values():
            code = child.process.poll()
            if code is not None:
                raise ChildDiedError(child.name, code)

    def wait(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Wait for `until`, a signal or the time; True if `until` came true."""
        deadline = time.monotonic() + seconds
        while not self.stopping.is_set() and time.monotonic() < deadline:
            self.check()
            if until is not None and until():
                return True
            self.stopping.wait(min(0.2, max(0.0, deadline - time.monotonic())))
        return False

    def run(self) -> None:
        """Stay until a signal comes; raise ChildDiedError if a child goes first."""
        while not self.stopping.is_set():
            self.wait(3600)

    def stop(self) -> None:
        """Stop the children in order and leave none of their processes behind."""
        self.stopping.set()
        for child in self.children.values():
            self._end(child)
        for child in self.children.values():
            _kill_session(child.process.pid)
            child.reader.join(timeout=2)
        self.children.clear()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """While inside, SIGINT, SIGTERM and SIGHUP ask for a stop; a second one insists."""

        def asked(number: int, _: FrameType | None) -> None:
            if self.stopping.is_set():
                for child in self.children.values():
                    _kill_session(child.process.pid)
            self.stopping.set()

        before = {number: signal.signal(number, asked) for number in STOPPING}
        try:
            yield
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _relay(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                if line.strip():
                    self.out.write(f"{name:6} | {line.rstrip()}\n")
                    self.out.flush()

    def _end(self, child: Child) -> None:
        if child.process.poll() is None:
            child.process.terminate()
        try:
            child.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            _kill_session(child.process.pid)
            child.process.wait()


def role_of(name: str) -> str:
    """As whom a program of the hub works in the database (hub/settings.py)."""
    return "accord_worker" if name in {"worker", "beat"} else "accord_app"


def commands(port: int, concurrency: int = 2) -> dict[str, list[str]]:
    """The hub's own three programs on this machine: web, worker, beat."""
    # Whoever starts a demo as root knows; Celery would say it in ten lines each time.
    python = [sys.executable, "-W", "ignore:You're running the worker", "-m"]
    level = ["--loglevel", "warning"]
    return {
        "web": [
            *python, "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", "1", "--blocking-threads", "8",
            "--log-level", "error", "hub.wsgi:application",
        ],
        "worker": [
            *python, "celery", "--quiet", "-A", "hub", "worker", "--concurrency", str(concurrency),
            "--without-gossip", "--without-mingle", *level,
        ],
        "beat": [
            *python, "celery", "--quiet", "-A", "hub", "beat",
            "--schedule", str(embedded.home() / "beat"), "--pidfile", "", *level,
        ],
    }  # fmt: skip


def _die_with(parent: int) -> Callable[[], None]:
    """What a child does first: ask Linux for a SIGTERM when `parent` is gone."""

    def prepare() -> None:
        if sys.platform != "linux":
            return
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went before we could ask
            os._exit(1)

    return prepare


def _kill_session(leader: int) -> None:
    """Kill what is left of a child's session, its leader included."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
