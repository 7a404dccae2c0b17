"""A process that uses the embedded servers and does what it is told, line by line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psutil

from hub import embedded


class Using:
    """The other end: a child process with a home of its own choice."""

    def __init__(self, home: Path, *, wait: bool = True, **extra: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.hub.embedded_client"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=embedded.CHECKOUT,
            env={**os.environ, "ACCORD_HOME": str(home), **extra},
        )
        if wait:
            self.answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def ask(self, line: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def kill(self) -> None:
        self.process.kill()
        self._close()

    def leave(self) -> None:
        """End in order; the servers stop if this was the last one."""
        if self.process.stdin:
            self.process.stdin.close()
        assert self.process.wait(60) == 0
        self._close()

    def _close(self) -> None:
        self.process.wait(60)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


NAMES = {"postgres", "redis-server", "valkey-server"}


def servers_of(home: Path) -> list[psutil.Process]:
    """Every process of PostgreSQL or Redis that works in `home`."""
    found = []
    for process in psutil.process_iter(["name", "cwd", "status", "ppid"]):
        info = process.info
        if info["status"] == psutil.STATUS_ZOMBIE or not info["cwd"]:
            continue
        if info["name"] in NAMES and info["cwd"].startswith(f"{home}/"):
            found.append(process)
    return found


def postmasters(home: Path) -> list[psutil.Process]:
    """The servers themselves, without the processes that each connection gets."""
    found = [
        process for process in servers_of(home) if process.info["name"] == "postgres"
    ]
    family = {process.pid for process in found}
    return [process for process in found if process.info["ppid"] not in family]


def serve(lines: Iterator[str]) -> None:
    """Answer one line per line: `sql TEXT`, `redis`, `ensure`, `empty`."""
    for line in lines:
        command, _, text = line.strip().partition(" ")
        try:
            print(f"{command} {COMMANDS[command](text)}", flush=True)
        except embedded.EmbeddedError as error:
            print(f"refused {error}", flush=True)


def sql(text: str) -> object:
    import psycopg

    with psycopg.connect(embedded.urls()[0], autocommit=True) as connection:
        cursor = connection.execute(text.encode())
        return cursor.fetchall() if cursor.description else "done"


def ping(_: str) -> object:
    import redis

    with redis.Redis.from_url(embedded.urls()[1]) as client:
        return client.ping()


COMMANDS = {
    "sql": sql,
    "redis": ping,
    "ensure": lambda _: embedded.ensure(),
    "empty": lambda _: embedded.empty(),
    "secret": embedded.local_secret,
}


if __name__ == "__main__":
    try:
        embedded.ensure()
        print("up", flush=True)
    except embedded.EmbeddedError as refusal:
        print(f"refused {refusal}", flush=True)
    serve(iter(sys.stdin.readline, ""))
