"""The tree stays small in its parts, layered, and free of this machine's addresses."""

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.architecture.tree import HOUSES, ROOT, files, settings_names, text

LONGEST_FILE = 400
LOCKS = ("server", "run", "test", "dev")
REGISTRY = re.compile(
    r"""index-url|--find-links|registry\s*=\s*["']?https?://|"resolved":\s*"https?://"""
    r"""|https?://[^\s"']+\.(?:whl|tar\.gz|tgz)\b|files\.pythonhosted\.org|registry\.npmjs\.org"""
)
MACHINE = re.compile(r"/(?:work|home/\w+|Users/\w+)/(?:main|shared|accord)\b")
ALLOWED_TO_NAME = {Path("tests/architecture/test_tree.py"), Path("run")}


def sources() -> list[Path]:
    return [
        path
        for path in files()
        if path.suffix == ".py" and "migrations" not in path.parts
    ]


def test_files_stay_short() -> None:
    long = {
        str(path): lines
        for path in sources()
        if (lines := text(path).count("\n")) > LONGEST_FILE
    }
    assert not long


def test_rooms_say_what_they_are() -> None:
    packages = [
        path
        for path in sources()
        if path.name == "__init__.py" and path.parts[0] in {*HOUSES, "tests"}
    ]
    assert len(packages) > 20
    assert not [
        str(path) for path in packages if not ast.get_docstring(ast.parse(text(path)))
    ]


def test_packages_are_packages_when_they_hold_modules() -> None:
    folders = {path.parent for path in sources() if path.parts[0] in {*HOUSES, "tests"}}
    assert not [
        str(folder)
        for folder in folders
        if not (ROOT / folder / "__init__.py").is_file()
    ]


def test_rooms_lean_only_on_rooms_below() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE], ids=["registry", "machine"])
def test_tree_names_no_registry_and_no_machine(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path}: {hit.group()}"
        for path in files()
        if path not in ALLOWED_TO_NAME and (hit := pattern.search(text(path)))
    ]
    assert not found


def test_patterns_find_what_they_look_for() -> None:
    assert REGISTRY.search('"resolved": "https://example.org/a.tgz"')
    assert REGISTRY.search("--index-url https://example.org/simple")
    assert MACHINE.search("/home/somebody/accord/x")


def pins(lock: str) -> dict[str, str]:
    return dict(
        re.findall(
            r"^([a-z0-9.-]+)==(\S+)",
            text(Path(f"requirements/{lock}.txt")),
            re.MULTILINE,
        )
    )


def test_locks_agree_on_every_version() -> None:
    for smaller, larger in pairwise(LOCKS):
        small, large = pins(smaller), pins(larger)
        assert small.items() <= large.items(), (smaller, larger)
        assert len(small) > 50


def test_locks_carry_a_hash_for_every_package() -> None:
    for lock in (*LOCKS, "uv"):
        blocks = re.split(
            r"^(?=[a-z0-9.-]+==)",
            text(Path(f"requirements/{lock}.txt")),
            flags=re.MULTILINE,
        )
        assert len(blocks) > 1
        assert all("--hash=sha256:" in block for block in blocks[1:])


def test_run_lists_its_commands_when_called_alone() -> None:
    told = subprocess.run(
        ["./run"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    known = re.findall(r"^  (\w+)\) ", text(Path("run")), re.MULTILINE)
    public = [name for name in known if not name.startswith("_")]
    assert {"demo", "test", "check", "bench", "manage", "lock"} <= set(public)
    for name in public:
        assert re.search(rf"^  {name}\b", told, re.MULTILINE), name


def test_operators_find_every_setting_in_the_documentation() -> None:
    manual = text(Path("docs/operations.md"))
    names = {name for name in settings_names() if not name.endswith("_FILE")}
    assert len(names) > 15
    assert not {name for name in names if f"`{name}`" not in manual}
