"""No test of the toolkit reads the settings of whoever runs it."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in "URL API_KEY KEY CONFIG COLLECTION STATE DEBUG".split():
        monkeypatch.delenv(f"ACCORD_{name}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
