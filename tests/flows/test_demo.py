"""`./run demo` as a newcomer starts it: the check, README's scripts, a second start."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from hub.demo.generator import EXAMPLE

BASE: Path = settings.BASE_DIR
TIMEOUT = 180  # seconds, on a machine that runs other tests at the same time


def environment(home: Path) -> dict[str, str]:
    """A machine of its own: none of the addresses of this test run."""
    kept = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
    return {**kept, "ACCORD_HOME": str(home)}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", "demo", *arguments]


def processes_of(home: Path) -> list[str]:
    """Whatever still runs for this home, servers included."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        environ, cmdline = process.info["environ"] or {}, process.info["cmdline"] or []
        theirs = environ.get("ACCORD_HOME", "").startswith(str(home))
        if theirs or str(home) in " ".join(cmdline):
            found.append(" ".join(cmdline))
    return found


def check(home: Path, *arguments: str, **more: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        command("--check", *arguments),
        cwd=BASE,
        env=environment(home) | more,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    last = done.stdout.rstrip().rpartition("\n")[2]
    return done.returncode, json.loads(last), done.stdout + done.stderr


def test_check_ends_with_ok_when_everybody_got_their_due(tmp_path):
    code, report, output = check(tmp_path, "--lines", "400")
    assert (code, report["ok"]) == (0, True), output
    lines = report["accepted"] + report["rejected"] + report["stopped"]
    assert lines == report["submitted"] == 800
    assert report["matches"] > 20
    assert report["received"]["northline"] == {}
    assert (report["missing"], report["unexpected"]) == (0, 0)
    assert processes_of(tmp_path) == []
    # What `./run demo` keeps there is not the check's to discard.
    assert (tmp_path / "check" / "postgres").exists()
    assert not (tmp_path / "postgres").exists()


@pytest.fixture
def given() -> Iterator[dict[str, str]]:
    """Servers of somebody's own: an empty database on those of this test run."""
    if not settings.EMBEDDED:
        pytest.skip("makes a database of its own on the embedded server only")
    name = f"given_{os.getpid()}"
    url = urlsplit(settings.DATABASE_URL)
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield {
            "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
            "REDIS_URL": settings.REDIS_URL,
        }
        server.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        )


def test_check_takes_a_given_database_when_it_is_empty_and_refuses_it_with_contents(
    tmp_path, given
):
    code, report, output = check(tmp_path, "--lines", "100", **given)
    assert (code, report["ok"]) == (0, True), output
    code, report, output = check(tmp_path, "--lines", "100", **given)
    assert (code, report["ok"]) == (1, False), output
    assert "name an empty one" in report["faults"][0]


def test_check_stops_metamask_and_keeps_the_page_when_the_list_is_real(
    tmp_path, shared_data
):
    code, report, output = check(
        tmp_path,
        "--input",
        str(shared_data / "domains" / "pigbutchering_gaso.txt.gz"),
        "--warninglists",
        str(shared_data / "warninglists"),
    )
    assert (code, report["ok"]) == (0, True), output
    stops = {stop["value"]: stop["reason"] for stop in report["stops"]}
    assert "warninglist" in stops["metamask.io"]
    assert "www.facebook.com/wceiclub" not in stops


class Running:
    """A demo that said READY."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process = subprocess.Popen(
            command("--lines", "60", "--port", "0"),
            cwd=BASE,
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C" in line:
                return
        pytest.fail("no READY:\n" + "".join(self.lines))

    @property
    def exports(self) -> dict[str, str]:
        (line,) = re.findall(r"export (.*)", "".join(self.lines))
        return dict(word.split("=", 1) for word in line.split())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("demo"))
    yield running
    running.stop()


def script(language: str) -> str:
    readme = (BASE / "README.md").read_text()
    (found,) = re.findall(rf"```{language}\n(# find\..*?)```", readme, re.DOTALL)
    return str(found)


NO_CURL = not os.environ.get("CI") and not (which("curl") and which("openssl"))


@pytest.mark.parametrize(
    ("language", "program"),
    [
        ("python", sys.executable),
        pytest.param(
            "bash",
            "bash",
            marks=pytest.mark.skipif(NO_CURL, reason="needs curl and openssl"),
        ),
    ],
)
def test_readme_script_finds_ones_own_value_when_it_was_reported(
    demo, tmp_path, language, program
):
    path = tmp_path / "find"
    path.write_text(script(language))
    value = str(EXAMPLE["value"]).replace(" ", "")
    found, other = (
        subprocess.run(
            [program, str(path), "phone", number],
            env={**os.environ, **demo.exports},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        for number in (value, "+447700900999")
    )
    assert found.stdout.count('"scam_type":"romance"') == 2, found.stderr
    assert other.stdout == ""
    assert value not in found.stdout


def test_readme_python_has_ten_lines():
    lines = script("python").strip().splitlines()
    assert len([line for line in lines if not line.startswith("#")]) == 10


def test_demo_keeps_its_data_when_started_again(tmp_path):
    first = Running(tmp_path)
    assert first.stop() == 0
    assert processes_of(tmp_path) == []
    second = Running(tmp_path)
    assert second.exports["ACCORD_KEY"] == first.exports["ACCORD_KEY"]
    assert second.stop() == 0
    assert processes_of(tmp_path) == []
