"""A bank finds its scam accounts in three ways, and what the hub receives of the third.

`./run bench matching` does the same with 100,000 accounts.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hub.client.errors import Ending
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import services as agreements
from sharing.tokens import services as tokens
from tests.cast import key_of
from tests.coalition import collection, send, work_off
from tests.flows import matching
from tests.flows.matching import QUESTIONS, SCAM, STREAM, Wire
from tests.hub.client.running import Ran, accord, settle

LINES = 3_000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wire(
    live_server: Any,
    quiet_bells: None,
    alice: User,
    bob: User,
    alice_signs: User,
    bob_signs: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Any]:
    """The bank is signed in; its connection is recorded."""
    path = matching.agreement(tmp_path, "Accounts")
    agreements.apply_file(path, actor=SYSTEM)
    work_off()
    hub = urlsplit(live_server.url)
    monkeypatch.setenv("ACCORD_API_KEY", key_of(bob))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "pins"))
    with matching.recorded(str(hub.hostname), int(hub.port or 0)) as (address, fresh):
        monkeypatch.setenv("ACCORD_URL", address)
        yield fresh
    settle()


def ask(own: matching.Accounts) -> Ran:
    read = ("--file", own.file, "--column", "account", "--type", matching.KIND)
    ran = accord("lookup", "--oblivious", "-c", QUESTIONS, *read, "--json", "--hits")
    assert ran.code == Ending.DONE, ran.err
    return ran


def windows(wire: Wire) -> set[bytes]:
    """Every run of 8 bytes that stands in a blinded element."""
    found = map(bytes.fromhex, (each.decode() for each in wire.elements()))
    return {each[n : n + 8] for each in found for n in range(25)}


def test_bank_finds_its_scam_accounts_in_three_ways_and_asking_tells_nothing_twice(
    wire, alice, tmp_path
):
    own = matching.accounts(tmp_path, LINES)
    send(alice, own.reported, type=matching.KIND, role="mule")
    read = (own.file, "--column", "account", "--type", matching.KIND)

    by_stream = accord("match", *read, "-c", STREAM)
    by_filter = accord("match", *read, "-c", STREAM, "--filter")
    first = wire()
    asked = ask(own)
    second = wire()
    again = ask(own)
    third = wire()
    other = matching.accounts(tmp_path, LINES, first=500_000)
    none = ask(other)

    found = matching.lines_of_csv(by_stream.out)
    assert len(found) == SCAM, by_stream.err
    assert found == own.scam
    assert matching.lines_of_csv(by_filter.out) == found, by_filter.err
    assert matching.lines_of_json(asked.out) == found
    assert matching.lines_of_json(again.out) == found
    assert matching.lines_of_json(none.out) == set()

    # Nothing that depends on the list comes twice, in one run or in two.
    assert len(first.elements()) == len(second.elements()) == LINES
    assert len(set(first.elements() + second.elements())) == 2 * LINES
    assert not windows(first) & windows(second)
    # What else was received is the same for another list of that length.
    assert first.frame() == second.frame() == third.frame()
    # And nothing of it is a value, a digest, a token or an otag.
    received = bytes(first.bytes) + bytes(second.bytes)
    for telling in known_of(own):
        assert telling not in received


def known_of(own: matching.Accounts) -> Iterator[bytes]:
    """What somebody with all keys knows the accounts by."""
    token = tokens.token_maker(collection(STREAM), 1)
    otag = tokens.otag_maker(collection(QUESTIONS), 1)
    for number in (0, LINES // 2, LINES - 1):
        yield matching.account(1 + number).encode()
        yield f"{1 + number:08d}".encode()
    for d in sorted(matching.digests(own))[:200]:
        yield from (
            secret.hex().encode()
            for secret in (d, token("bank_account", d), otag("bank_account", d))
        )
