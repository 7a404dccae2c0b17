"""Filters and oblivious look-ups with the toolkit: answers, pins, and who lies."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx2
import pytest

from hub.client.errors import Ending
from hub.client.remote import Hub
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing import vocabulary
from sharing.agreements import services as agreements
from tests.coalition import collection, send, work_off
from tests.flows import matching
from tests.flows.matching import KIND, QUESTIONS, STREAM, account
from tests.hub.client.running import Straight, accord
from tests.hub.client.test_commands import signed_in, table

pytestmark = pytest.mark.django_db(transaction=True)

ASK = ("lookup", "--oblivious", "-c", QUESTIONS, "--type", KIND, "--json")
Change = Callable[[str, dict], dict]


class Between(httpx2.BaseTransport):
    """Somebody between the bank and its hub, who notes what is asked and may lie."""

    def __init__(self) -> None:
        self.way = Straight()
        self.asked: list[str] = []
        self.change: Change = lambda path, said: said

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = str(request.url).partition("/api/v1/")[2]
        self.asked.append(path)
        answer = self.way.handle_request(request)
        if answer.status_code != 200 or "json" not in answer.headers["Content-Type"]:
            return answer
        said = self.change(path, json.loads(answer.read()))
        return httpx2.Response(200, json=said)


@pytest.fixture
def between(
    quiet_bells: None,
    alice: User,
    bob: User,
    alice_signs: User,
    bob_signs: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Between:
    """The bank is signed in; three accounts were reported."""
    agreements.apply_file(matching.agreement(tmp_path, "Accounts"), actor=SYSTEM)
    work_off()
    send(alice, [account(n) for n in (1, 2, 3)], type=KIND, scam_type="investment")
    found = Between()
    monkeypatch.setattr("hub.client.commands.shared.Hub", partial(Hub, transport=found))
    monkeypatch.setenv("ACCORD_URL", "http://localhost")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "pins"))
    signed_in(monkeypatch, bob)
    return found


def pins(tmp_path: Path) -> Path:
    return tmp_path / "pins" / "accord" / "pins.json"


def test_question_is_answered_yes_or_no_and_details_are_asked_apart(between):
    found = accord(*ASK, account(2), account(9))
    assert found.code == Ending.DONE, found.err
    told = [json.loads(row) for row in found.rows]
    assert [(each["hit"], each["releases"]) for each in told] == [
        (True, []),
        (False, []),
    ]
    assert not [path for path in between.asked if "details" in path]
    found = accord(*ASK, "--details", account(2), account(9), account(3))
    told = [json.loads(row) for row in found.rows]
    scams = [[each["scam_type"] for each in line["releases"]] for line in told]
    assert scams == [["investment"], [], ["investment"]]


def test_question_is_answered_in_words(between):
    found = accord(*ASK[:-1], account(2), account(9))
    assert found.rows == [f"{account(2)}: yes.", f"{account(9)}: nothing for you."]
    assert "2 asked, 1 hits" in found.err


def test_filter_is_kept_and_only_what_changed_comes(between, alice, tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text(f"{account(8)}\n{account(1)}\n")
    words = ("match", mine, "-c", STREAM, "--type", KIND, "--filter")
    state = ("--state", tmp_path / "state")
    for _ in range(2):
        found = accord(*words, *state)
        assert found.code == Ending.DONE, found.err
        assert [row["line"] for row in table(found.out)] == ["2"]
    asked = [path.partition("filter")[2] for path in between.asked if "filter" in path]
    assert asked[0] == ""
    assert asked[1].startswith("?since=1.")
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_older_filter_is_refused_when_a_newer_one_is_held(
    between, alice, tmp_path, monkeypatch
):
    """Its signature is good: somebody kept it and shows it again."""
    for name in ("FILTER_YOUNG", "FILTER_AGE"):
        monkeypatch.setattr(vocabulary, name, timedelta(seconds=-1))
    mine = tmp_path / "mine.txt"
    mine.write_text(f"{account(8)}\n")
    state = tmp_path / "state"
    words = ("match", mine, "-c", STREAM, "--type", KIND, "--filter", "--state", state)
    kept: list[dict] = []

    def heard(path: str, said: dict) -> dict:
        if "/filter" in path and not kept:
            kept.append(said)
        return said

    def again(path: str, said: dict) -> dict:
        return kept[0] if "/filter" in path else said

    between.change = heard
    assert accord(*words).out.count("\n") == 1
    send(alice, [account(8)], type=KIND, scam_type="investment")
    assert accord(*words).out.count("\n") == 2
    [path] = state.glob("*.filter")
    newest = path.read_bytes()
    between.change = again
    found = accord(*words)
    assert (found.code, found.out) == (Ending.UNVERIFIED, "")
    assert "older than what is held" in found.err
    assert path.read_bytes() == newest


def test_filter_signed_with_another_key_is_refused_even_when_new_keys_are_trusted(
    between, tmp_path
):
    assert accord(*ASK, account(1)).code == Ending.DONE
    held = json.loads(pins(tmp_path).read_text())
    [hub] = held
    held[hub]["signing"] = dict.fromkeys(held[hub]["signing"], "77" * 32)
    pins(tmp_path).write_text(json.dumps(held))
    found = accord(*ASK, account(1))
    assert (found.code, found.out) == (Ending.UNVERIFIED, "")
    assert "--trust-new-key" in found.err
    found = accord(*ASK, "--trust-new-key", account(1))
    assert (found.code, found.out) == (Ending.UNVERIFIED, "")
    assert "not as it was" in found.err


def test_new_signing_key_is_pinned_only_when_one_says_so(between, tmp_path):
    assert accord(*ASK, account(1)).code == Ending.DONE
    held = json.loads(pins(tmp_path).read_text())
    [hub] = held
    held[hub]["signing"] = {"99": "77" * 32}
    pins(tmp_path).write_text(json.dumps(held))
    assert accord(*ASK, account(1)).code == Ending.UNVERIFIED
    assert accord(*ASK, "--trust-new-key", account(1)).code == Ending.DONE
    assert accord(*ASK, account(1)).code == Ending.DONE


def test_changed_public_key_is_refused_before_anything_is_asked(between, tmp_path):
    assert accord(*ASK, account(1)).code == Ending.DONE

    def another(path: str, said: dict) -> dict:
        for each in said["keys"] if path.endswith("oprf/keys") else ():
            each["public_key"] = (
                "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
            )
        return said

    between.change, between.asked = another, []
    found = accord(*ASK, account(1))
    assert (found.code, found.out) == (Ending.UNVERIFIED, "")
    assert not [path for path in between.asked if "evaluate" in path]


def swapped(said: dict) -> dict:
    return said | {"evaluated": said["evaluated"][::-1]}


def shortened(said: dict) -> dict:
    return said | {"evaluated": said["evaluated"][:1]}


@pytest.mark.parametrize("lie", [swapped, shortened])
def test_answer_without_its_proof_is_refused_whole(between, lie):
    between.change = lambda path, said: lie(said) if "evaluate" in path else said
    found = accord(*ASK, account(1), account(9))
    assert (found.code, found.out) == (Ending.UNVERIFIED, "")


def test_filter_with_a_changed_count_is_refused(between):
    between.change = lambda path, said: (
        said | {"count": said["count"] + 1} if "filter" in path else said
    )
    assert accord(*ASK, account(1)).code == Ending.UNVERIFIED


def test_each_collection_is_asked_in_its_own_way(between, tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text(account(1))
    found = accord("match", mine, "-c", QUESTIONS, "--filter")
    assert (found.code, "lookup --oblivious" in found.err) == (Ending.USAGE, True)
    found = accord("match", mine, "-c", QUESTIONS)
    assert (found.code, found.out) == (Ending.REFUSED, "")
    place = str(collection(STREAM))
    found = accord("lookup", "--oblivious", "-c", place, account(1))
    assert (found.code, "accord match" in found.err) == (Ending.USAGE, True)
    assert accord("lookup", "--oblivious", account(1)).code == Ending.USAGE
