"""What belongs to the project: the files that git knows, or would add."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSES = ("hub", "orgs", "sharing")
SETTING = re.compile(
    r"""(?:env\.\w+|secret)\(\s*"([A-Z][A-Z_]+)"|embedded\.\w+\(\s*"([A-Z_]+)\""""
)
SECRET = re.compile(r"""secret\(\s*"([A-Z][A-Z_]+)\"""")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the tree, relative to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(path for path in paths if (ROOT / path).is_file())


def text(path: Path) -> str:
    """The text of a file; empty for what is not text."""
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return ""


def settings_names() -> set[str]:
    """Every name that hub/settings.py reads from the environment."""
    source = text(Path("hub/settings.py"))
    plain = {name for pair in SETTING.findall(source) for name in pair if name}
    return plain | {f"{name}_FILE" for name in SECRET.findall(source)}
