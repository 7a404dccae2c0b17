"""Root's servers run as somebody else, and nothing opens for others because of it."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import servant
from tests.hub.embedded_client import Using, servers_of

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root meets this"),
    pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv here"),
]


@pytest.fixture(params=[0o755, 0o700], ids=["open parent", "closed parent"])
def parent(request: pytest.FixtureRequest) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="accord-root-", dir="/var/tmp"))
    folder.chmod(request.param)
    yield folder
    shutil.rmtree(folder)


def modes(folder: Path) -> dict[Path, int]:
    return {step: step.stat().st_mode for step in (folder, *folder.parents)}


def other_user(*command: str) -> int:
    """The exit code of a command that an unrelated account runs."""
    daemon = pwd.getpwnam("daemon")
    words = ["setpriv", f"--reuid={daemon.pw_uid}", f"--regid={daemon.pw_gid}"]
    return subprocess.run(
        [*words, "--clear-groups", *command], capture_output=True, check=False
    ).returncode


def test_root_keeps_everything_closed_when_its_servers_run(parent: Path) -> None:
    before = modes(parent)
    home = parent / "state"
    with Using(home) as client:
        assert client.ask("sql SELECT 1") == "sql [(1,)]"
        assert client.ask("redis") == "redis True"
        running = servers_of(home)
        assert running
        assert all(process.uids().effective != 0 for process in running)
        assert modes(parent) == before
        for name in ("postgres", "postgres/data", "redis", "run", "secrets"):
            folder = home / name
            if folder.exists():
                assert stat.S_IMODE(folder.stat().st_mode) == 0o700, name
        for path in ("run/redis.sock", "run/.s.PGSQL.5432"):
            assert stat.S_IMODE((home / path).stat().st_mode) == 0o700, path
        assert other_user("ls", str(home / "run")) != 0
        assert other_user("ls", str(home)) != 0
    assert not servers_of(home)
    assert modes(parent) == before


def test_root_gives_its_servers_the_right_to_walk_at_most(parent: Path) -> None:
    with Using(parent / "state"):
        for process in servers_of(parent / "state"):
            status = Path(f"/proc/{process.pid}/status").read_text()
            held = int(status.split("CapEff:")[1].split()[0], 16)
            assert held in {0, 1 << 1, 1 << 2}


@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_root_finds_its_programs_when_only_root_may_look(
    tmp_path: Path, mode: int
) -> None:
    """A checkout below /root; initdb asks access(2), so we do."""
    tmp_path.chmod(0o700)
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho it runs\n")
    program.chmod(mode)
    asking = "import os, sys; print(os.access(sys.argv[1], os.X_OK))"
    for command, answer in (
        ([str(program)], "it runs"),
        ([sys.executable, "-c", asking, str(program)], "True"),
    ):
        done = subprocess.run(
            [*servant.prefix(program), *command],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == answer
