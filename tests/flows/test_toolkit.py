"""The toolkit in a process of its own, against a hub that is served over HTTP."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hub.client.errors import Ending
from hub.client.state import State
from sharing.agreements.models import Version
from tests.coalition import collection, send
from tests.hub.client.running import BLOCKED, finished, settle, started
from tests.hub.client.test_commands import (
    ACCOUNTS,
    FRAUD,
    MINE,
    due,
    held,
    listed,
    signed_in,
    table,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sign_in(
    live_server: Any, coalition: Version, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    monkeypatch.setenv("ACCORD_URL", live_server.url)
    yield partial(signed_in, monkeypatch)
    settle()


def test_pull_that_is_killed_anywhere_loses_nothing_and_doubles_nothing(
    sign_in, alice, bob, tmp_path
):
    send(alice, [f"k{number}.example" for number in range(60)])
    key = sign_in(bob)
    state = tmp_path / "kept"
    words = (
        "pull",
        "-c",
        str(collection(FRAUD)),
        "--state",
        str(state),
        "--follow",
        "--page",
        "1",
        "--interval",
        "0.1",
    )
    sizes = []
    for number in range(3):
        process = started(*words)
        reached = 10 + 15 * number
        while not (state.exists() and len(list(state.glob("*.sqlite3"))) == 1):
            assert process.poll() is None, process.communicate()
        while (size := _count(state)) < reached:
            assert process.poll() is None, process.communicate()
        process.kill()
        process.communicate()
        sizes.append(size)
        send(alice, [{"op": "withdraw", "value": f"k{number}.example"}])
    assert sizes == sorted(sizes)
    process = started(*words)
    send(alice, ["late.example"])
    expected = due(bob)
    while held(state) != expected:
        assert process.poll() is None, process.communicate()
    process.terminate()
    out, err = process.communicate()
    assert key not in out + err


def _count(folder: Path) -> int:
    with State.at(folder, collection(FRAUD)) as state:
        return state.count()


def test_toolkit_works_when_nothing_of_a_hub_can_be_imported(
    sign_in, alice, bob, tmp_path
):
    assert "django" in BLOCKED
    send(alice, ACCOUNTS)
    key = sign_in(bob)
    found = finished(started("match", listed(tmp_path, MINE), "-c", FRAUD))
    assert found.code == Ending.LINES, found.err
    assert len(table(found.out)) == 2
    assert key not in found.out + found.err
