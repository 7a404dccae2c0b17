"""`accord` as its user starts it: in this process, or in one of its own."""

import io
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import httpx2
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection

from hub.client.__main__ import main
from tests.coalition import work_off

ROOT = Path(__file__).resolve().parents[3]
# What a machine of a partner's has not: importing it fails.
SERVER = "django rest_framework celery psycopg redis orgs"
BLOCKED = (
    "import sys\n"
    f"for name in {SERVER.split()!r}: sys.modules[name] = None\n"
    "from hub.client.__main__ import main\n"
    "sys.exit(main())"
)


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[str]:
        return self.out.splitlines()


def accord(*words: object) -> Ran:
    """Run it here; what it reads of the environment is this process's."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(word) for word in words])
    return Ran(int(code), out.getvalue(), err.getvalue())


def command(*words: object) -> list[str]:
    return [sys.executable, "-c", BLOCKED, *map(str, words)]


def started(*words: object, **env: str) -> "subprocess.Popen[str]":
    """Run it in a process where nothing of a hub can be imported."""
    return subprocess.Popen(
        command(*words),
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: "subprocess.Popen[str]") -> Ran:
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


def settle() -> None:
    """Wait until the served hub works on nothing: who was killed may have asked something.

    The tables are emptied after a test, which must not meet a transaction.
    """
    until = time.monotonic() + 30
    while others() and time.monotonic() < until:
        time.sleep(0.02)


def others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


class Straight(httpx2.BaseTransport):
    """Requests go to the hub in this process; a worker does what they leave to be done."""

    def __init__(self) -> None:
        self.way = httpx2.WSGITransport(app=get_wsgi_application())

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        # As Django's own test client does: the transaction of the test goes on.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            response = self.way.handle_request(request)
            response.read()
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
        if request.method == "POST":
            work_off()
        return response
