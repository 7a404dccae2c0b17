"""The toolkit against the real hub: report, pull, match, ask, take back."""

import csv
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub.client.errors import Ending
from hub.client.remote import Hub
from hub.client.state import State
from orgs.accounts.models import User
from sharing import vocabulary as v
from sharing.agreements import lifecycle
from sharing.agreements.models import Agreement, Version
from sharing.distribution import correlation
from sharing.intake.models import Submission
from tests.cast import acting, key_of
from tests.coalition import collection, pulled, send, work_off
from tests.hub.client.running import Straight, accord
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD = "Fraud prevention"
ACCOUNTS = ["telegram:scam_one", "+44 7700 900123", "whatsapp:+447700900124"]
MINE = ["telegram:honest", "+447700900123", "telegram:Scam_One", "???", "mine.example"]


@pytest.fixture
def hub(coalition: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub in which the coalition is in force; what is sent is worked off at once."""
    monkeypatch.setenv("ACCORD_URL", "http://localhost")
    straight = partial(Hub, transport=Straight())
    monkeypatch.setattr("hub.client.commands.shared.Hub", straight)


@pytest.fixture
def sign_in(hub: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[User], str]:
    return partial(signed_in, monkeypatch)


def signed_in(monkeypatch: pytest.MonkeyPatch, person: User) -> str:
    key = key_of(person)
    monkeypatch.setenv("ACCORD_API_KEY", key)
    return key


def listed(tmp_path: Path, lines: list[str], name: str = "mine.txt") -> Path:
    path = tmp_path / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_match_finds_ones_own_values_and_names_what_it_could_not_read(
    sign_in, alice, bob, tmp_path
):
    send(alice, ACCOUNTS, scam_type="romance")
    sign_in(bob)
    found = accord("match", listed(tmp_path, MINE), "-c", FRAUD)
    assert found.code == Ending.LINES, found.err
    rows = table(found.out)
    assert [(row["line"], row["value"], row["scam_type"]) for row in rows] == [
        ("2", "+447700900123", "romance"),
        ("3", "telegram:Scam_One", "romance"),
    ]
    assert {row["originator"] for row in rows} == {"Meadow Social"}
    assert "line 4: " in found.err
    assert "5 lines, 2 hits, 1 unreadable." in found.err
    assert "???" not in found.err


def test_match_reads_a_named_column_and_writes_a_file_that_is_its_owners_alone(
    sign_in, alice, bob, tmp_path
):
    send(alice, ["+447700900123"])
    sign_in(bob)
    path = tmp_path / "accounts.csv"
    path.write_text('id,"phone number"\n1,"07700\n900123"\n2,07700 900999\n')
    out = tmp_path / "hits.csv"
    found = accord(
        *("match", path, "-c", FRAUD, "--column", "Phone Number", "-o", out),
        *("--type", "phone", "--region", "GB", "--jobs", 1),
    )
    assert (found.code, found.out) == (Ending.LINES, ""), found.err
    assert "line 2" in found.err  # a line break is part of no number
    path.write_text('id,"phone number"\n1,"07700 900123"\n2,07700 900999\n')
    found = accord(
        *("match", path, "-c", FRAUD, "--column", "Phone Number", "-o", out),
        *("--type", "phone", "--region", "GB"),
    )
    assert found.code == Ending.DONE, found.err
    assert [row["line"] for row in table(out.read_text())] == ["2"]
    assert out.stat().st_mode & 0o777 == 0o600


def test_match_uses_what_is_kept_and_knows_what_was_taken_back(
    sign_in, alice, bob, tmp_path
):
    send(alice, ACCOUNTS)
    sign_in(bob)
    mine, state = listed(tmp_path, MINE), tmp_path / "state"
    again = ("match", mine, "-c", FRAUD, "--state", state)
    assert len(table(accord(*again).out)) == 2
    send(alice, [{"op": "withdraw", "value": ACCOUNTS[0]}])
    assert len(table(accord(*again, "--no-fresh").out)) == 2
    assert [row["line"] for row in table(accord(*again).out)] == ["2"]


def test_match_misses_nothing_silently_when_a_key_is_not_to_be_had(
    sign_in, alice, bob, tmp_path
):
    send(alice, ACCOUNTS)
    sign_in(bob)
    words = ("match", listed(tmp_path, MINE), "-c", FRAUD, "--state", tmp_path)
    accord(*words)
    with State.at(tmp_path, collection(FRAUD)) as state:
        old = {"kind": "release", "id": str(UUID(int=9)), "token": f"7:{'aa' * 32}"}
        state.apply(state.cursor, [old], state.cursor)
    found = accord(*words)
    assert (found.code, "generation 7" in found.err) == (Ending.LATER, True)
    assert "telegram" not in found.out


def test_token_gives_the_tokens_of_the_stream_with_fetched_keys_and_with_a_key_file(
    sign_in, alice, bob, tmp_path
):
    send(alice, ACCOUNTS)
    sign_in(bob)
    theirs = {record["token"] for record in pulled(bob, FRAUD)}
    mine, keys = listed(tmp_path, ACCOUNTS), tmp_path / "keys.json"
    found = accord("token", mine, "-c", FRAUD, "--normal-form")
    assert {row["token"] for row in table(found.out)} == theirs
    assert table(found.out)[1]["normal_form"] == "+447700900123"
    assert accord("keys", "-c", FRAUD, "-o", keys).code == Ending.DONE
    offline = accord("--url", "https://nowhere.invalid", "token", mine, "--keys", keys)
    assert {row["token"] for row in table(offline.out)} == theirs
    assert "normal_form" not in offline.out
    keys.chmod(0o644)
    assert accord("token", mine, "--keys", keys).code == Ending.USAGE


def test_lookup_tells_hits_by_value_and_by_digest(sign_in, alice, bob, tmp_path):
    send(alice, ACCOUNTS, scam_type="investment", confidence="80")
    sign_in(bob)
    shown = accord("lookup", "telegram:scam_one", "telegram:other")
    assert shown.code == Ending.DONE
    assert "telegram:scam_one: platform_account, investment" in shown.rows[0]
    assert shown.rows[1] == "telegram:other: nothing for you."
    mine = listed(tmp_path, MINE)
    found = [
        accord("lookup", "--file", mine, "--json", *more)
        for more in ((), ("--digests",), ("-c", FRAUD))
    ]
    for each in found:
        assert each.code == Ending.LINES
        lines = [json.loads(row) for row in each.rows]
        hits = [line["line"] for line in lines if line["releases"]]
        assert hits == [2, 3]
        assert "line 4: " in each.err


@pytest.mark.parametrize("more", [(), ("--digests",)])
def test_lookup_says_of_what_there_is_more(sign_in, alice, bob, monkeypatch, more):
    send(alice, ACCOUNTS, scam_type="investment", confidence="80")
    sign_in(bob)
    monkeypatch.setattr(v, "LOOKUP_BYTES", 0)
    shown = accord("lookup", "telegram:scam_one", "telegram:other", *more)
    assert shown.rows == ["telegram:scam_one: yes.", "telegram:other: nothing for you."]
    assert "more than one answer holds: 1." in shown.err
    assert "2 asked, 1 hits" in shown.err


def test_lookup_says_what_joins_nothing(sign_in, alice, bob, monkeypatch):
    send(alice, ACCOUNTS, scam_type="investment", confidence="80")
    sign_in(bob)
    monkeypatch.setattr(correlation, "CORRELATION_CAP", 1)
    shown = accord("lookup", "telegram:scam_one")
    assert "what so many know joins nobody" in shown.rows[1]


def test_push_names_the_line_that_was_not_taken(sign_in, alice, tmp_path):
    sign_in(alice)
    path = listed(tmp_path, ["good.example", "", "telegram:?", "better.example"])
    results = tmp_path / "results.csv"
    found = accord("push", path, "--tlp", "green", "--results", results)
    assert found.code == Ending.LINES, found.err
    assert "line 3: rejected: value: " in found.rows[0]
    assert "(bad-name)" in found.rows[0]
    assert "2 created" in found.rows[-1]
    outcomes = {row["line"]: row["outcome"] for row in table(results.read_text())}
    assert outcomes == {"1": "created", "3": "rejected", "4": "created"}
    batch = stored(Submission).get()
    assert batch.defaults["tlp"] == "green"


def test_push_shows_no_value_when_it_sends_hashes(sign_in, alice, bob, tmp_path):
    sign_in(alice)
    path = tmp_path / "mine.csv"
    path.write_text(f"id,account\n1,{ACCOUNTS[0]}\n2,?\n3,{ACCOUNTS[1]}\n")
    sent = ("push", path, "--hashed", "--column", "account", "--scam-type", "romance")
    found = accord(*sent, "--json")
    assert found.code == Ending.LINES, found.err
    assert "line 3: " in found.err
    assert json.loads(found.out)["counts"] == {"created": 2}
    sign_in(bob)
    hits = table(accord("match", listed(tmp_path, MINE), "-c", FRAUD).out)
    assert [(row["line"], row["scam_type"]) for row in hits] == [
        ("2", "romance"),
        ("3", "romance"),
    ]


def test_push_stores_nothing_twice_when_its_key_is_given_again(
    sign_in, alice, tmp_path
):
    sign_in(alice)
    path = tmp_path / "some.csv"
    path.write_text("value,confidence\none.example,70\n")
    first, second = (
        accord("push", path, "--idempotency-key", "mine-1", "--json") for _ in range(2)
    )
    third = accord("push", path, "--json")
    ids = [json.loads(each.out)["id"] for each in (first, second, third)]
    assert ids[0] == ids[1] != ids[2]
    assert {first.code, second.code, third.code} == {Ending.DONE}


def test_withdraw_takes_back_and_names_the_line_of_the_file(
    sign_in, alice, bob, tmp_path
):
    send(alice, ACCOUNTS)
    sign_in(alice)
    path = tmp_path / "gone.csv"
    path.write_text(f"note,value\na,{ACCOUNTS[0]}\n\nb,{ACCOUNTS[2]}\nc,nonsense\n")
    found = accord("withdraw", "--file", path, "--column", "value")
    again = accord("withdraw", ACCOUNTS[1])
    assert found.code == Ending.LINES
    assert "line 5: rejected" in found.rows[0]
    assert again.code == Ending.DONE, again.err
    live = {record["id"] for record in pulled(bob, FRAUD)}
    kinds = [record["kind"] for record in pulled(bob, FRAUD)]
    assert (len(live), kinds) == (3, ["tombstone"] * 3)


def test_collections_lists_what_may_be_read(sign_in, bob):
    sign_in(bob)
    found = accord("collections", "--json")
    titles = {json.loads(row)["title"] for row in found.rows}
    assert titles == {FRAUD, "Vendor exchange"}
    assert str(collection(FRAUD)) in accord("collections").out


def held(folder: Path) -> dict[str, Any]:
    with State.at(folder, collection(FRAUD), new=False) as state:
        return {record["id"]: record for record in state.everything()}


def due(person: User) -> dict[str, Any]:
    """What whoever reads the whole stream now holds at its end."""
    found: dict[str, Any] = {}
    for record in pulled(person, FRAUD):
        if record["kind"] == "release":
            found[record["id"]] = record
        elif record["kind"] == "tombstone":
            found.pop(record["id"], None)
    return found


def test_pull_keeps_what_is_live_and_tells_the_hub(sign_in, alice, bob, tmp_path):
    send(alice, [f"h{number}.example" for number in range(30)])
    sign_in(bob)
    pull = ("pull", "-c", FRAUD, "--state", tmp_path / "kept", "--page", 7)
    assert accord(*pull).code == Ending.DONE
    send(alice, [{"op": "withdraw", "value": "h3.example"}, "new.example"])
    found = accord(*pull)
    assert "1 releases and 1 tombstones came; 30 are held" in found.err
    assert found.out == ""
    assert held(tmp_path / "kept") == due(bob)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700


def test_pull_writes_every_record_when_nothing_is_kept(sign_in, alice, bob):
    send(alice, ["one.example", "two.example"])
    sign_in(bob)
    found = accord("pull", "-c", FRAUD)
    assert [json.loads(row) for row in found.rows] == pulled(bob, FRAUD)


def test_pull_forgets_and_begins_again_when_the_hub_says_so(
    sign_in, alice, bob, tmp_path
):
    send(alice, ["one.example", "two.example"])
    sign_in(bob)
    pull = ("pull", "-c", FRAUD, "--state", tmp_path)
    accord(*pull)
    with State.at(tmp_path, collection(FRAUD)) as state:
        before = state.cursor
        state.apply(before, [{"kind": "release", "id": str(UUID(int=7))}], "1.99999")
    found = accord(*pull)
    assert found.code == Ending.DONE, found.err
    assert "all is forgotten and read again" in found.err
    assert held(tmp_path) == due(bob)


def test_purge_erases_and_tells_the_hub_when_the_grant_ended(
    sign_in, alice, bob, bob_signs, tmp_path
):
    send(alice, ["secret-one.example"])
    sign_in(bob)
    place = collection(FRAUD)
    pull = ("pull", "-c", place, "--state", tmp_path)
    accord(*pull)
    lifecycle.leave(
        actor=acting(bob_signs),
        agreement_id=Agreement.objects.get().pk,
        reason="We leave.",
    )
    work_off()
    ended = accord(*pull)
    assert ended.code == Ending.REFUSED
    assert "We leave. Purge what you hold of it by" in ended.err
    found = accord("purge", "-c", place, "--state", tmp_path)
    assert (found.code, found.err) == (
        Ending.DONE,
        "1 releases were erased.\nThe hub was told.\n",
    )
    left = b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite3*"))
    assert b"Meadow" not in left


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("match", "FILE", "-c", "Nobody's"), Ending.USAGE, "No collections"),
        (("pull", "-c", str(UUID(int=1))), Ending.REFUSED, "404"),
        (("lookup",), Ending.USAGE, "not both"),
        (("push", "nowhere.csv"), Ending.USAGE, "cannot be read"),
    ],
)
def test_refusals_are_sentences_with_a_code(sign_in, bob, tmp_path, words, code, said):
    key = sign_in(bob)
    mine = str(listed(tmp_path, MINE))
    found = accord(*(mine if word == "FILE" else word for word in words))
    assert (found.code, found.out) == (code, "")
    assert said in found.err
    assert "Traceback" not in found.err
    assert key not in found.err


def test_refusal_names_no_key_when_the_key_is_not_known(hub, monkeypatch):
    monkeypatch.setenv("ACCORD_API_KEY", "accord_nobody_secretsecret")
    found = accord("collections")
    assert found.code == Ending.REFUSED
    assert "does not take this API key" in found.err
    assert "secretsecret" not in found.err
