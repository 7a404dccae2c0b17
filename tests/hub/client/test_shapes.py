"""An answer of another shape than the hub's ends a command with code 6, whatever it is.

A hub in this process answers as a real one does; then one place of one answer after the
other holds something else.
"""

import copy
import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.client import Oblivious, token, typed
from hub.client.errors import Ending
from hub.client.remote import Hub
from sharing.tokens import scheme
from tests.hub.client import test_filters as filters
from tests.hub.client import test_oblivious as oblivious
from tests.hub.client.running import Ran, accord

PLACE = filters.COLLECTION
THING = "3f2b7a4e-9d51-4c7e-8a43-0c1d2e3f4a5b"
KEY = "ab" * 32
VALUE = "telegram:evil_one"
TOKEN = token(VALUE, KEY, 1)
RELEASE = {
    "kind": "release",
    "id": THING,
    "type": "platform_account",
    "token": TOKEN,
    "tlp": "amber",
    "confidence": 90,
    "originator": {"id": THING, "name": "Meadow"},
}
END = {"kind": "end", "next": "1.1", "more": False}
RESULT = {
    "line": 1,
    "type": "platform_account",
    "releases": [RELEASE],
    "cut": False,
    "correlation": {"originators": "6", "over_correlating": True, "reason": "Many."},
}
PROBLEM = {
    "line": 1,
    "outcome": "rejected",
    "field": "value",
    "code": "bad-account",
    "detail": "It is none.",
}
SUBMISSION = {
    "id": THING,
    "state": "done",
    "lines": 1,
    "rejected": 1,
    "stopped": 0,
    "counts": {"rejected": 1},
    "progress": 1.0,
    "held": None,
    "refusal": None,
}
NOTICE = {
    "id": THING,
    "collection": str(PLACE),
    "acknowledged_at": None,
    "ended_at": "2026-11-24T09:30:00Z",
    "reason": "The agreement ended.",
    "purge_by": "2026-11-27T09:30:00Z",
}
COLLECTION = {
    "id": str(PLACE),
    "title": "Fraud",
    "agreement": "Coalition",
    "disclosure": "query",
    "can_read": True,
    "releases": 1,
}
PUBLIC = oblivious.KEY.public.hex()
OTAG = Oblivious(1, PUBLIC, scheme.TYPED)


def prefix(tag: bytes) -> int:
    return int.from_bytes(tag[:6], "big")


def signed(of: str, tag: bytes) -> Any:
    said = filters.statement([prefix(tag)], of=of)
    return json.loads(filters.answer(said, [prefix(tag)]))


def otag() -> bytes:
    batch = OTAG.blind([typed(VALUE)])
    return OTAG.otags(batch, oblivious.hub(batch.body))[0]


def answers() -> dict[str, Any]:
    """What a hub says, by the end of the address; a list is NDJSON."""
    return {
        "GET /collections": {"collections": [COLLECTION]},
        "GET /keys": {"keys": [{"generation": 1, "key": KEY}]},
        "GET /releases": [RELEASE, END],
        "POST /receipts": {},
        "GET /notices": {"notices": [NOTICE]},
        "POST /ack": {},
        "POST /lookups": {"results": [RESULT]},
        "GET /signing-keys": {
            "keys": [{"key": 1, "public": filters.SIGNER.public.hex()}]
        },
        "GET /filter": signed("token", bytes.fromhex(TOKEN[2:])),
        "GET /oprf/keys": {
            "keys": [{"generation": 1, "public_key": PUBLIC, "scheme": scheme.TYPED}]
        },
        "POST /details": {"results": [RESULT]},
        "POST /submissions": {"id": THING, "state": "waiting"},
        f"GET /submissions/{THING}": SUBMISSION,
        "GET /errors": [PROBLEM, END],
        "GET /results": [{"line": 1, "outcome": "rejected"}, END],
    }


class Liar(httpx2.BaseTransport):
    """Answers as told; questions are answered in earnest, and changed afterwards."""

    def __init__(self) -> None:
        self.said, self.asked = answers(), set[str]()
        self.lie: tuple[str, tuple[Any, ...], Any] | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = f"{request.method} {request.url.path.removeprefix('/api/v1')}"
        request.read()
        if path.endswith("/evaluate"):
            name = "POST /evaluate"
            said: Any = oblivious.hub(json.loads(request.content))
            self.said[name] = said
        else:
            name = max((each for each in self.said if _ends(path, each)), key=len)
            said = self.said[name]
        self.asked.add(name)
        if self.lie and self.lie[0] == name:
            said = changed(said, *self.lie[1:])
        if isinstance(self.said[name], list):
            rows = said if isinstance(said, list) else [said]
            return httpx2.Response(
                200, text="".join(f"{json.dumps(x)}\n" for x in rows)
            )
        return httpx2.Response(200, json=said)


def _ends(path: str, name: str) -> bool:
    method, _, end = name.partition(" ")
    return path.startswith(method) and path.endswith(end)


def changed(said: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    said = copy.deepcopy(said)
    at = said
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return said


def places(
    said: Any, at: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield at, said
    if isinstance(said, dict):
        for name, each in said.items():
            yield from places(each, (*at, name))
    elif isinstance(said, list):
        for number, each in enumerate(said):
            yield from places(each, (*at, number))


WRONG: tuple[Any, ...] = (None, "?", 7, {})


def lies(said: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Something of another kind in every place; of the same it may be true."""
    for place, told in places(said):
        for wrong in WRONG:
            if type(wrong) is not type(told):
                yield place, wrong


COMMANDS = {
    "collections": "collections",
    "by-title": "keys -c Fraud -o {out}",
    "keys": "keys -c {place} -o {out}",
    "match": "match {own} -c {place} -o {out}",
    "filter": "match {own} -c {place} --filter -o {out}",
    "pull": "pull -c {place} --state {state}",
    "purge": "purge -c {place} --state {state}",
    "lookup": "lookup -c {place} {value}",
    "digests": "lookup --digests {value}",
    "oblivious": "lookup --oblivious --details -c {place} {value}",
    "push": "push {own} --results {out}",
    "withdraw": "withdraw {value} --results {out}",
}


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Liar:
    found = Liar()
    monkeypatch.setenv("ACCORD_URL", "https://hub.example")
    monkeypatch.setenv("ACCORD_API_KEY", "accord_test_key")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "pins"))
    lying = partial(Hub, transport=found, sleep=lambda seconds: None)
    monkeypatch.setattr("hub.client.commands.shared.Hub", lying)
    (tmp_path / "own.txt").write_text(f"{VALUE}\n")
    return found


def run(tmp_path: Path, words: str) -> Ran:
    """As for the first time: nothing is pinned, nothing is kept."""
    for each in ("pins", "state"):
        shutil.rmtree(tmp_path / each, ignore_errors=True)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / f"{PLACE}.filter").touch()
    said = {
        "own": tmp_path / "own.txt",
        "out": tmp_path / "out",
        "state": tmp_path / "state",
        "place": PLACE,
        "value": VALUE,
    }
    return accord(*words.format_map(said).split())


@pytest.mark.parametrize("command", COMMANDS)
def test_answer_of_another_shape_is_never_a_fault_of_the_toolkit(
    command, liar, tmp_path
):
    if command == "oblivious":
        liar.said["GET /filter"] = signed("otag", otag())
    well = run(tmp_path, COMMANDS[command])
    assert well.code in (Ending.DONE, Ending.LINES), well.err
    refused = 0
    for name in sorted(liar.asked):
        for place, wrong in lies(liar.said[name]):
            liar.lie = (name, place, wrong)
            found = run(tmp_path, COMMANDS[command])
            assert found.code != Ending.UNEXPECTED, (liar.lie, found.err)
            if found.code != well.code:
                refused += 1
                assert found.code in (Ending.UNVERIFIED, Ending.USAGE, Ending.LATER), (
                    liar.lie,
                    found,
                )
            if not place and wrong != {}:
                assert found.code == Ending.UNVERIFIED, (liar.lie, found)
    assert refused


def test_lookup_answered_for_another_line_is_refused(liar, tmp_path):
    liar.said["POST /lookups"] = {"results": [{**RESULT, "line": 2}]}
    assert run(tmp_path, COMMANDS["lookup"]).code == Ending.UNVERIFIED
