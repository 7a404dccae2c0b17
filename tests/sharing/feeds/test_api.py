"""Collections over the API: streams, keys, receipts, and who gets none of them."""

import hashlib
import hmac
import json
from uuid import uuid4

import pytest

from hub.lib.errors import NotFound
from orgs.audit.models import AuditEvent
from sharing.agreements.models import StreamHead
from sharing.distribution.models import Receipt
from sharing.feeds import selectors
from sharing.tokens import scheme
from tests.coalition import collection, send
from tests.hub.api.caller import NDJSON, Caller, rows, text
from tests.walls import stored

pytestmark = pytest.mark.django_db

FRAUD, POLICE = "Fraud prevention", "Investigation"
HOSTS = [f"number-{n}.example" for n in range(5)]


# The worker's temporary tables end with its transaction.
worked = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fraud(coalition) -> str:
    """The collection, still empty."""
    return f"collections/{collection(FRAUD)}"


@pytest.fixture
def full(transactional_db, fraud, alice) -> str:
    """The collection, with five releases of alice's."""
    send(alice, [{"value": host, "confidence": 80} for host in HOSTS])
    return fraud


@worked
def test_collections_say_what_may_be_read_and_given(full, alice, bob):
    reads = Caller(bob).get("collections").json()["collections"]
    named = {each["title"]: each for each in reads}
    assert named[FRAUD]["can_read"] is True
    assert named[FRAUD]["can_contribute"] is False
    assert (named[FRAUD]["releases"], named[FRAUD]["head"]) == (5, "1.5")
    assert POLICE not in named
    gives = {
        each["title"]: each
        for each in Caller(alice).get("collections").json()["collections"]
    }
    assert gives[POLICE]["can_read"] is False
    assert gives[POLICE]["can_contribute"] is True


def test_collection_is_shown_when_it_may_be_read(fraud, bob):
    assert Caller(bob).get(fraud).json()["disclosure"] == "token"


@worked
def test_page_holds_records_in_order_and_says_where_to_go_on(full, bob):
    system = Caller(bob)
    first = system.get(f"{full}/releases", limit="2")
    assert [record["cursor"] for record in first.json()["records"]] == ["1.1", "1.2"]
    assert (first.json()["next"], first.json()["more"]) == ("1.2", True)
    assert first.headers["Accord-Cursor"] == "1.2"
    rest = system.get(f"{full}/releases", after="1.2").json()
    assert [record["seq"] for record in rest["records"]] == [3, 4, 5]
    assert (rest["next"], rest["more"]) == ("1.5", False)
    nothing = system.get(f"{full}/releases", after="1.5").json()
    assert nothing == {"records": [], "next": "1.5", "more": False}


@worked
def test_token_of_the_stream_is_found_with_the_key(full, bob):
    system = Caller(bob)
    (key,) = system.get(f"{full}/keys").json()["keys"]
    message = (
        b"accord/v1/token\0" + b"\x00\x06domain" + scheme.digest("domain", 1, HOSTS[3])
    )
    mine = hmac.digest(bytes.fromhex(key["key"]), message, hashlib.sha256).hex()
    records = system.get(f"{full}/releases").json()["records"]
    assert f"{key['generation']}:{mine}" in {record["token"] for record in records}


@worked
def test_page_as_ndjson_names_its_cursor_and_its_end(full, bob):
    answer = Caller(bob).get(f"{full}/releases", NDJSON, limit="2")
    *records, end = rows(answer)
    assert [record["seq"] for record in records] == [1, 2]
    assert end == {"kind": "end", "next": "1.2", "more": True}
    assert answer.headers["Accord-Cursor"] == "1.2"


@worked
def test_whole_stream_comes_piece_by_piece_when_no_limit_is_given(
    full, bob, monkeypatch
):
    monkeypatch.setattr("sharing.feeds.api.PIECE_ROWS", 2)
    *records, end = rows(Caller(bob).get(f"{full}/releases", NDJSON))
    assert [record["seq"] for record in records] == [1, 2, 3, 4, 5]
    assert end == {"kind": "end", "next": "1.5", "more": False}
    assert stored(Receipt).get().delivered_seq == 5


@worked
def test_stream_tells_why_it_ends_when_the_grant_ends_meanwhile(full, bob, monkeypatch):
    monkeypatch.setattr("sharing.feeds.api.PIECE_ROWS", 2)
    page, calls = selectors.page, []

    def ending(*args):
        calls.append(args)
        if len(calls) > 1:
            raise NotFound
        return page(*args)

    monkeypatch.setattr(selectors, "page", ending)
    *records, end = rows(Caller(bob).get(f"{full}/releases", NDJSON))
    assert [record["seq"] for record in records] == [1, 2]
    assert (end["next"], end["more"]) == ("1.2", True)
    assert end["problem"]["code"] == "not-found"


@worked
def test_stream_tells_no_words_of_an_error_when_it_breaks(full, bob, monkeypatch):
    monkeypatch.setattr("sharing.feeds.api.PIECE_ROWS", 2)
    page, calls = selectors.page, []

    def broken(*args):
        calls.append(args)
        if len(calls) > 1:
            raise RuntimeError(HOSTS[0])
        return page(*args)

    monkeypatch.setattr(selectors, "page", broken)
    answer = Caller(bob).get(f"{full}/releases", NDJSON)
    assert rows(answer)[-1]["problem"]["code"] == "internal"
    assert HOSTS[0] not in text(answer)


@worked
def test_tombstone_follows_when_a_claim_is_withdrawn(full, alice, bob):
    system = Caller(bob)
    release = system.get(f"{full}/releases").json()
    send(alice, [{"op": "withdraw", "value": HOSTS[0]}])
    (record,) = system.get(f"{full}/releases", after=release["next"]).json()["records"]
    assert record["kind"] == "tombstone"
    assert record["id"] in {each["id"] for each in release["records"]}


@pytest.mark.parametrize("part", ["", "/releases", "/keys"])
@pytest.mark.parametrize("person", ["carol", "dana", "erin"])
def test_stranger_is_told_that_there_is_no_such_collection(
    fraud, request, part, person
):
    if person == "erin":
        answer = Caller(None).get(fraud + part)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        return
    system = Caller(request.getfixturevalue(person))
    answer = system.get(fraud + part)
    assert answer.status_code == 404
    assert answer.json() == system.get(f"collections/{uuid4()}{part}").json()


@pytest.mark.parametrize("accept", ["application/json", NDJSON])
def test_stream_is_refused_before_it_begins_when_it_may_not_be_read(
    fraud, carol, accept
):
    answer = Caller(carol).get(f"{fraud}/releases", accept)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "cursor", ["x", "1", "1.", "1.x", "-1.2", "1.2.3", "1." + "9" * 40]
)
def test_cursor_is_refused_when_it_is_none(fraud, bob, cursor):
    answer = Caller(bob).get(f"{fraud}/releases", after=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")
    receipt = Caller(bob).post(f"{fraud}/receipts", {"cursor": cursor})
    assert (receipt.status_code, receipt.json()["code"]) == (400, "bad-cursor")
    assert receipt.json()["errors"][0]["field"] == "cursor"


@worked
@pytest.mark.parametrize("cursor", ["1.3", "1.99", "7.1"])
def test_reader_starts_again_when_tombstones_are_gone_or_the_cursor_is_ahead(
    full, bob, cursor
):
    StreamHead.objects.update(horizon_seq=5)
    answer = Caller(bob).get(f"{full}/releases", after=cursor)
    assert (answer.status_code, answer.json()["code"]) == (410, "resync-required")


def test_receipt_only_ever_goes_forward(full, bob):
    system = Caller(bob)
    system.get(f"{full}/releases", limit="4")
    receipt = system.post(f"{full}/receipts", {"cursor": "1.3"})
    assert receipt.status_code == 200
    assert (receipt.json()["acknowledged"], receipt.json()["delivered"]) == (
        "1.3",
        "1.4",
    )
    again = system.post(f"{full}/receipts", {"cursor": "1.2"})
    assert again.json() == receipt.json()
    beyond = system.post(f"{full}/receipts", {"cursor": "1.5"})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "beyond-delivered")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "missing", "cursor"),
        ([], "missing", "cursor"),
        ({"cursor": 12}, "missing", "cursor"),
        ({"cursor": "1.1", "note": "x"}, "unknown-field", "body"),
    ],
)
def test_receipt_is_refused_when_it_is_not_just_a_cursor(full, bob, body, code, field):
    answer = Caller(bob).post(f"{full}/receipts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)


def test_receipt_of_a_stranger_is_refused_as_if_there_were_no_collection(fraud, carol):
    answer = Caller(carol).post(f"{fraud}/receipts", {"cursor": "1.1"})
    assert answer.status_code == 404


def test_keys_need_their_scope_and_every_look_is_audited(fraud, bob):
    assert Caller(bob, scopes=["read"]).get(f"{fraud}/keys").status_code == 403
    assert not AuditEvent.objects.filter(verb="agreements:keys:read").exists()
    answer = Caller(bob).get(f"{fraud}/keys")
    event = AuditEvent.objects.get(verb="agreements:keys:read")
    key = answer.json()["keys"][0]["key"]
    assert len(key) == 64
    assert key not in json.dumps(event.detail)


@worked
def test_head_delivers_nothing_when_it_asks_for_a_stream(full, bob, carol):
    answer = Caller(bob).call("HEAD", f"{full}/releases")
    assert (answer.status_code, answer.content) == (200, b"")
    assert not stored(Receipt).exists()
    assert Caller(carol).call("HEAD", f"{full}/releases").status_code == 404
