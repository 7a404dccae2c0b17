"""The oracle is a second opinion: it knows nothing of the hub that it judges."""

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import text

ORACLE = ("claims", "law", "lifecycle", "model", "state", "wire")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("name", ORACLE)
def test_oracle_imports_nothing_of_the_hub(name: str) -> None:
    own = [f"tests.oracle.{each}" for each in ORACLE]
    others = [
        module
        for module in imported(Path(f"tests/oracle/{name}.py"))
        if module.partition(".")[0] not in sys.stdlib_module_names
        and not any(f"{module}.".startswith(f"{each}.") for each in own)
    ]
    assert not others
