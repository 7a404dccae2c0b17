"""What pip makes of this repository is the toolkit, and works where no hub is."""

import csv
import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.hub.client.running import ROOT, SERVER, started

ALONE = (
    f"import sys\nfor name in {SERVER.split()!r}: sys.modules[name] = None\n"
    "import hub; assert hub.__file__.startswith(sys.argv.pop(1)), hub.__file__\n"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip would build of the files here, unpacked; needs no network."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("hub", "sharing", "orgs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    build = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"
    subprocess.run(
        [sys.executable, "-c", build], cwd=folder, check=True, capture_output=True
    )
    [wheel] = folder.glob("*.whl")
    target = folder / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)
    return target


def run(installed: Path, code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ALONE + code, str(installed), *words],
        cwd=installed.parent / "site",
        env={"PATH": "", "HOME": str(installed), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_wheel_holds_the_toolkit_and_nothing_of_a_hub(installed):
    modules = {str(path.relative_to(installed)) for path in installed.rglob("*.py")}
    assert "hub/client/commands/match.py" in modules
    assert "sharing/indicators/types/phone.py" in modules
    assert not {
        name for name in modules if name.startswith("orgs") or name[4:] == "settings.py"
    }
    own = {name for name in modules if name.startswith(("hub/", "sharing/"))}
    assert own == modules
    code = "import importlib\nfor name in sys.argv[1].split(): importlib.import_module(name)"
    names = [
        name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for name in own
    ]
    done = run(installed, code, " ".join(names))
    assert done.returncode == 0, done.stderr


def test_wheel_has_a_command_that_works_without_a_hub(installed, tmp_path):
    [entry] = installed.glob("*.dist-info/entry_points.txt")
    assert "accord = hub.client.__main__:main" in entry.read_text()
    keys = tmp_path / "keys.json"
    keys.touch(0o600)
    keys.write_text(json.dumps({"keys": [{"generation": 1, "key": "00" * 32}]}))
    own = tmp_path / "own.txt"
    own.write_text("+44 (0)20 7946 0958\nevil[.]example\n")
    code = "from hub.client.__main__ import main; sys.exit(main())"
    done = run(installed, code, "token", str(own), "--keys", str(keys))
    assert done.returncode == 0, done.stderr
    assert [row["type"] for row in csv.DictReader(done.stdout.splitlines())] == [
        "phone",
        "domain",
    ]
    shown = run(installed, code, "--help")
    assert "Exit codes: 0 done" in shown.stdout


def test_toolkit_asks_for_nothing_of_a_hub():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base = {Requirement(each).name for each in project["dependencies"]}
    server = {
        Requirement(each).name for each in project["optional-dependencies"]["server"]
    }
    assert {"typer", "rich", "httpx2", "rbcl"} <= base
    assert not base & server
    assert not {name for name in base if "django" in name or name in SERVER.split()}


def test_command_ends_well_when_nobody_reads_its_output_any_more(tmp_path):
    keys = tmp_path / "keys.json"
    keys.touch(0o600)
    keys.write_text(json.dumps({"keys": [{"generation": 1, "key": "00" * 32}]}))
    own = tmp_path / "own.txt"
    own.write_text("".join(f"host-{number}.example\n" for number in range(4_000)))
    process = started("token", own, "--keys", keys)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "line,type,guessed,token\n"
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (0, "")
    process.stderr.close()
