"""The embedded servers survive what happens to processes on a real machine."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hub import embedded
from tests.hub.embedded_client import Using, postmasters, servers_of

KEEP = "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)"
KEPT = "sql [(7,)]"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A state folder; whatever a test did, nothing runs in it afterwards."""
    folder = tmp_path / "state"
    yield folder
    left = servers_of(folder)
    for process in left:
        process.kill()
    assert not left


def gone(home: Path, *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while servers_of(home) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not servers_of(home)


def redis_servers(home: Path) -> list[psutil.Process]:
    return [one for one in servers_of(home) if one.info["name"] != "postgres"]


def test_servers_are_one_pair_when_six_start_cold_at_once(home: Path) -> None:
    six = [Using(home, wait=False) for _ in range(6)]
    assert [one.answer() for one in six] == ["up"] * 6
    assert len(postmasters(home)) == 1
    assert len(redis_servers(home)) == 1
    for one in six[1:]:
        one.leave()
    assert six[0].ask("sql SELECT 1") == "sql [(1,)]"
    six[0].leave()
    assert gone(home)


def test_servers_stay_when_a_client_is_killed_and_go_with_the_last_one(
    home: Path,
) -> None:
    with Using(home) as first:
        first.ask(f"sql {KEEP}")
        victim = Using(home)
        victim.kill()
        assert first.ask("sql SELECT n FROM kept") == KEPT
    assert gone(home)
    lonely = Using(home)
    lonely.kill()
    assert len(postmasters(home)) == 1  # nobody was left to stop them
    with Using(home) as heir:
        assert heir.ask("sql SELECT n FROM kept") == KEPT
    assert gone(home)


def test_servers_come_back_with_their_data_when_both_were_killed(home: Path) -> None:
    with Using(home) as client:
        client.ask(f"sql {KEEP}")
        for process in [*postmasters(home), *redis_servers(home)]:
            process.kill()
        assert client.ask("ensure") == "ensure None"
        assert client.ask("sql SELECT n FROM kept") == KEPT
        assert client.ask("redis") == "redis True"
        assert len(postmasters(home)) == 1
    assert gone(home)


def zombie() -> int:
    """A process that ended and that nobody has asked about."""
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    return pid


def test_servers_start_when_the_pid_file_names_something_else(
    home: Path, monkeypatch
) -> None:
    monkeypatch.setenv("ACCORD_HOME", str(home))
    run = embedded.sockets()
    with Using(home) as client:
        client.ask(f"sql {KEEP}")
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    stranger = subprocess.Popen(["sleep", "600"])
    dead = zombie()
    try:
        for pid in (stranger.pid, dead, 2**22 - 1):
            pid_file.write_text(
                f"{pid}\n{pid_file.parent}\n1\n5432\n{run}\n\n0 0\nready\n"
            )
            run.mkdir(exist_ok=True)
            (run / ".s.PGSQL.5432").touch()
            (run / ".s.PGSQL.5432.lock").write_text(f"{pid}\n")
            with Using(home) as client:
                assert client.ask("sql SELECT n FROM kept") == KEPT
            assert gone(home)
        assert stranger.poll() is None  # it was none of our business
    finally:
        stranger.kill()
        stranger.wait()
        os.waitpid(dead, 0)


def test_servers_start_when_a_cluster_was_half_made(home: Path) -> None:
    for name in ("draft", "data"):
        (home / "postgres" / name).mkdir(parents=True)
        (home / "postgres" / name / "leftover").touch()
    with Using(home) as client:
        assert client.ask("sql SELECT 1") == "sql [(1,)]"


@pytest.mark.parametrize("name", ["x" * 150, "it's a, long\tname"])
def test_servers_use_a_short_private_folder_when_the_path_suits_no_socket(
    tmp_path: Path, name: str, monkeypatch
) -> None:
    home = tmp_path / name
    monkeypatch.setenv("ACCORD_HOME", str(home))
    run = embedded.sockets()
    assert run.parent == Path("/tmp")
    with Using(home) as client:
        assert client.ask("sql SELECT 1") == "sql [(1,)]"
        assert client.ask("redis") == "redis True"
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert gone(home)
    assert not run.exists()


def test_ensure_refuses_when_the_short_folder_is_somebody_elses(
    tmp_path: Path, monkeypatch
) -> None:
    home = tmp_path / ("x" * 150)
    monkeypatch.setenv("ACCORD_HOME", str(home))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    embedded.sockets().symlink_to(elsewhere)
    try:
        client = Using(home, wait=False)
        assert client.answer().startswith("refused")
        client.leave()
    finally:
        embedded.sockets().unlink()


def test_commits_wait_for_the_disk_when_asked_for(home: Path) -> None:
    with Using(home) as quick:
        assert quick.ask("sql SHOW fsync") == "sql [('off',)]"
        careful = Using(home, wait=False, ACCORD_EMBEDDED_FSYNC="1")
        assert "fsync off" in careful.answer()
        careful.leave()
    with Using(home, ACCORD_EMBEDDED_FSYNC="1") as careful:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert careful.ask(f"sql SHOW {setting}") == "sql [('on',)]"


def test_empty_discards_the_data_unless_another_process_uses_it(home: Path) -> None:
    with Using(home) as first:
        first.ask(f"sql {KEEP}")
        with Using(home) as second:
            assert second.ask("empty").startswith("refused")
            assert first.ask("sql SELECT n FROM kept") == KEPT
        assert first.ask("empty") == "empty None"
        assert first.ask("sql SELECT to_regclass('kept')") == "sql [(None,)]"


def test_local_secret_is_the_same_for_all_when_many_ask_first(home: Path) -> None:
    code = "from hub import embedded; print(embedded.local_secret('one'))"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "ACCORD_HOME": str(home)}
    asking = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=embedded.CHECKOUT, env=environment
        )
        for _ in range(6)
    ]
    answers = {one.communicate()[0] for one in asking}
    assert len(answers) == 1
    assert len(answers.pop()) > 40
    path = home / "secrets" / "one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["one"]  # noqa: PTH208


def test_urls_touch_nothing_when_asked(home: Path, monkeypatch) -> None:
    monkeypatch.setenv("ACCORD_HOME", str(home))
    database, broker = embedded.urls()
    assert database.startswith("postgresql://postgres@/accord?host=")
    assert broker.startswith("unix:///")
    assert not home.exists()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("migrate", True),
        ("--verbosity 2 migrate", True),
        ("migrate --help", False),
        ("check --deploy", False),
        ("collectstatic --no-input", False),
        ("", False),
    ],
)
def test_wanted_by_says_whether_a_command_needs_servers(
    words: str, wanted: bool, settings
) -> None:
    settings.EMBEDDED = True
    assert embedded.wanted_by(["manage.py", *words.split()]) is wanted
    settings.EMBEDDED = False
    assert embedded.wanted_by(["manage.py", *words.split()]) is False


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("unix:///a/redis.sock", "redis+socket:///a/redis.sock"),
        ("unix:///a/redis.sock?db=3", "redis+socket:///a/redis.sock?virtual_host=3"),
        ("rediss://:pw@host:6379/2", "rediss://:pw@host:6379/2"),
    ],
)
def test_broker_url_speaks_kombus_language_when_redis_is_a_socket(
    url: str, broker: str
) -> None:
    assert embedded.broker_url(url) == broker


def test_children_that_forked_do_not_stop_the_servers(home: Path) -> None:
    code = (
        "import os; from hub import embedded; embedded.ensure(); pid = os.fork();"
        "pid or embedded.release(); pid or os._exit(0); os.waitpid(pid, 0);"
        "import psycopg; psycopg.connect(embedded.urls()[0]).close(); print('alive')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=embedded.CHECKOUT,
        env={**os.environ, "ACCORD_HOME": str(home)},
        check=False,
    )
    assert done.stdout.strip() == "alive", done.stderr
    assert gone(home)


def test_servers_stop_when_the_last_client_is_told_to_terminate(home: Path) -> None:
    """A signal that ends Python without cleaning up leaves them for the next one."""
    client = Using(home)
    client.process.send_signal(signal.SIGTERM)
    client.process.wait(10)
    client.kill()
    with Using(home) as heir:
        assert heir.ask("sql SELECT 1") == "sql [(1,)]"
    assert gone(home)
