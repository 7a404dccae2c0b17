"""Submissions over the API."""

import gzip
import json
from uuid import uuid4

import pytest

from sharing.intake import services
from sharing.intake.models import Submission
from tests.coalition import send, work_off
from tests.hub.api.caller import NDJSON, Caller, rows
from tests.walls import stored

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("quiet_bells"),
]

# The worker's temporary tables end with its transaction.
worked = pytest.mark.django_db(transaction=True)

GOOD = ["quick-profit.example", "https://wallet-drain.example/claim"]
LINES = "".join(json.dumps({"value": value}) + "\n" for value in GOOD)
BROKEN = "0x52908400098527886E0F7030069857D2E4169eE7"  # a wrong checksum


@worked
@pytest.mark.parametrize(
    ("media_type", "body", "form"),
    [
        (NDJSON, LINES, "ndjson"),
        ("application/json", json.dumps(GOOD), "json"),
        ("text/csv", "value\n" + "\n".join(GOOD), "csv"),
        ("text/plain; charset=utf-8", "\n".join(GOOD), "list"),
    ],
)
def test_submission_is_taken_and_worked_off_in_every_format(
    alice, media_type, body, form
):
    system = Caller(alice)
    taken = system.post("submissions", body, media_type)
    assert taken.status_code == 202
    assert taken.json()["lines"] == 2
    assert taken.json()["state"] == "accepting"
    path = taken.headers["Location"].partition("/api/v1/")[2]
    assert path == f"submissions/{taken.json()['id']}"
    work_off()
    found = system.get(path).json()
    assert (found["state"], found["format"], found["accepted"]) == ("done", form, 2)
    assert found["progress"] == 1.0
    assert found["counts"] == {"created": 2}


def test_submission_is_unpacked_when_it_comes_as_gzip(alice):
    taken = Caller(alice).post(
        "submissions",
        gzip.compress(LINES.encode()),
        NDJSON,
        headers={"Content-Encoding": "gzip"},
    )
    assert taken.json()["lines"] == 2


def test_defaults_are_those_of_the_query(alice):
    system = Caller(alice)
    query = {"scam_type": "romance", "tlp": "amber+strict", "confidence": "7"}
    taken = system.post("submissions", LINES, NDJSON, query=query)
    found = system.get(f"submissions/{taken.json()['id']}").json()
    assert found["defaults"] == query


def test_repeat_is_answered_alike_when_the_key_is_the_same(alice):
    system = Caller(alice)
    key = {"Idempotency-Key": "batch 1"}
    first = system.post("submissions", LINES, NDJSON, headers=key)
    again = system.post("submissions", LINES, NDJSON, headers=key)
    assert again.status_code == 202
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert stored(Submission).count() == 1


@pytest.mark.parametrize(
    ("body", "query"),
    [("x.example", {}), (LINES, {"tlp": "red"})],
    ids=["body", "query"],
)
def test_key_is_refused_when_it_comes_with_something_else(alice, body, query):
    system = Caller(alice)
    key = {"Idempotency-Key": "batch 1"}
    system.post("submissions", LINES, NDJSON, headers=key)
    other = system.post("submissions", body, NDJSON, headers=key, query=query)
    assert other.status_code == 409
    assert other.json()["code"] == "idempotency-key-reused"


@pytest.mark.parametrize(
    ("body", "media_type", "more", "status", "code"),
    [
        (LINES, "application/xml", {}, 415, "unsupported-type"),
        (LINES, "", {}, 415, "unsupported-type"),
        (
            LINES,
            NDJSON,
            {"headers": {"Content-Encoding": "br"}},
            415,
            "unsupported-type",
        ),
        (
            b"\x1f\x8bnot",
            NDJSON,
            {"headers": {"Content-Encoding": "gzip"}},
            400,
            "bad-gzip",
        ),
        ("", NDJSON, {"CONTENT_LENGTH": "0", "CONTENT_TYPE": NDJSON}, 422, "empty"),
        (" \n\n", "text/plain", {}, 422, "empty"),
        ('["a.example"', "application/json", {}, 400, "bad-json"),
        ("a,b\n1,2\n", "text/csv", {}, 422, "no-value-column"),
        ('value\n"a', "text/csv", {}, 400, "bad-csv"),
        (LINES, NDJSON, {"query": {"tlp": "purple"}}, 422, "bad-default"),
        (LINES, NDJSON, {"query": {"confidence": "101"}}, 422, "bad-default"),
        (LINES, NDJSON, {"query": {"audience": "me"}}, 422, "bad-default"),
        (LINES, NDJSON, {"query": {"region": "Britain"}}, 422, "bad-default"),
        (LINES, NDJSON, {"query": {"scam_typ": "romance"}}, 400, "unknown-parameter"),
        (LINES, NDJSON, {"query": {"tlp": ["red", "green"]}}, 400, "bad-parameter"),
        (LINES, NDJSON, {"headers": {"Idempotency-Key": "k" * 256}}, 400, "malformed"),
    ],
)
def test_submission_is_refused_whole_when_it_cannot_be_read(
    alice, body, media_type, more, status, code
):
    answer = Caller(alice).post("submissions", body, media_type, **more)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["type"].endswith(f"/problems/{code}")
    assert stored(Submission).count() == 0


def test_bad_default_names_its_field_and_not_what_was_sent(alice):
    answer = Caller(alice).post(
        "submissions", LINES, NDJSON, query={"region": "+447700900123"}
    )
    assert [error["field"] for error in answer.json()["errors"]] == ["region"]
    assert "447700900123" not in answer.content.decode()


def test_body_is_refused_when_its_length_is_not_announced(alice):
    answer = Caller(alice).post("submissions", LINES, NDJSON, CONTENT_LENGTH="")
    assert (answer.status_code, answer.json()["code"]) == (411, "length-required")


def test_body_is_never_held_whole_when_it_is_larger_than_djangos_limit(alice, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert Caller(alice).post("submissions", LINES, NDJSON).status_code == 202


def test_body_is_refused_when_it_unpacks_to_more_than_allowed(alice, monkeypatch):
    monkeypatch.setattr("sharing.vocabulary.BODY_BYTES", 1000)
    bomb = gzip.compress(b"\n" * 100_000)
    answer = Caller(alice).post(
        "submissions", bomb, NDJSON, headers={"Content-Encoding": "gzip"}
    )
    assert answer.status_code == 413


@worked
def test_errors_name_line_field_and_reason_and_never_the_value(alice):
    system = Caller(alice)
    lines = [*GOOD, BROKEN, "google.com", {"value": "a.example", "tlp": "purple"}]
    batch = send(alice, lines)
    page = system.get(f"submissions/{batch.id}/errors").json()
    found = [(e["line"], e["outcome"], e["field"], e["code"]) for e in page["errors"]]
    assert found == [
        (3, "rejected", "value", "bad-checksum"),
        (4, "stopped", "value", "warninglist"),
        (5, "rejected", "tlp", "unknown-word"),
    ]
    assert page["next"] is None
    assert BROKEN not in json.dumps(page)


@worked
def test_errors_come_page_by_page_and_all_at_once(alice):
    system = Caller(alice)
    batch = send(alice, [BROKEN] * 5)
    path = f"submissions/{batch.id}/errors"
    first = system.get(path, limit="2")
    assert [row["line"] for row in first.json()["errors"]] == [1, 2]
    assert first.json()["next"] == 2
    link = first.headers["Link"]
    assert link.endswith('>; rel="next"')
    query = dict(
        pair.split("=") for pair in link[1:].split(">")[0].split("?")[1].split("&")
    )
    second = system.get(path, **query)
    assert [row["line"] for row in second.json()["errors"]] == [3, 4]
    *page, end = rows(system.get(path, NDJSON, after="4", limit="2"))
    assert [row["line"] for row in page] == [5]
    assert end == {"kind": "end", "next": None, "more": False}
    *every, end = rows(system.get(path, NDJSON))
    assert [row["line"] for row in every] == [1, 2, 3, 4, 5]
    assert end == {"kind": "end", "next": None, "more": False}


@worked
def test_stream_goes_on_over_pieces_when_it_is_long(alice, monkeypatch):
    monkeypatch.setattr("hub.api.listing.PIECE_ROWS", 2)
    system = Caller(alice)
    batch = send(alice, [BROKEN] * 5)
    path = f"submissions/{batch.id}/errors"
    assert [row.get("line") for row in rows(system.get(path, NDJSON))] == [
        1,
        2,
        3,
        4,
        5,
        None,
    ]
    *page, end = rows(system.get(path, NDJSON, limit="3"))
    assert [row["line"] for row in page] == [1, 2, 3]
    assert end == {"kind": "end", "next": 3, "more": True}


@worked
def test_results_say_what_became_of_each_line(alice):
    system = Caller(alice)
    batch = send(alice, [GOOD[0], BROKEN, GOOD[0], GOOD[1]])
    path = f"submissions/{batch.id}/results"
    page = system.get(path).json()["results"]
    assert [row["line"] for row in page] == [1, 2, 3, 4]
    assert page[1]["outcome"] == "rejected"
    *every, end = rows(system.get(path, NDJSON))
    assert every == page
    assert end["more"] is False
    *some, end = rows(system.get(path, NDJSON, limit="3"))
    assert some == page[:3]
    assert end == {"kind": "end", "next": 3, "more": True}
    assert system.get(path, after="3").json() == {"results": page[3:], "next": None}


@worked
def test_withdrawal_by_value_is_taken_back_and_counted(alice):
    send(alice, GOOD)
    system = Caller(alice)
    line = json.dumps({"op": "withdraw", "value": GOOD[0]})
    taken = system.post("submissions", line, NDJSON)
    work_off()
    found = system.get(f"submissions/{taken.json()['id']}").json()
    assert found["counts"] == {"withdrawn": 1}


def test_submissions_are_listed_newest_first_page_by_page(alice):
    system = Caller(alice)
    ids = [str(send(alice, ["a.example"], work=False).id) for _ in range(3)]
    first = system.get("submissions", limit="2").json()
    assert [each["id"] for each in first["submissions"]] == [ids[2], ids[1]]
    rest = system.get("submissions", before=first["next"]).json()
    assert [each["id"] for each in rest["submissions"]] == [ids[0]]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("part", "accept"),
    [
        ("", "*/*"),
        ("/errors", "*/*"),
        ("/errors", NDJSON),
        ("/results", "*/*"),
        ("/results", NDJSON),
    ],
)
def test_submission_of_another_organization_is_not_found(alice, bob, part, accept):
    batch = send(alice, GOOD, work=False)
    answer = Caller(bob).get(f"submissions/{batch.id}{part}", accept)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (
        Caller(bob).get(f"submissions/{uuid4()}{part}", accept).json() == answer.json()
    )


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("submissions", {"before": "x"}, "bad-parameter"),
        ("submissions", {"limit": "0"}, "bad-limit"),
        ("submissions", {"page": "2"}, "unknown-parameter"),
        ("submissions/{}/errors", {"after": "-1"}, "bad-parameter"),
        ("submissions/{}/results", {"after": "x"}, "bad-parameter"),
        ("submissions/{}", {"verbose": "1"}, "unknown-parameter"),
    ],
)
def test_query_is_refused_when_it_cannot_be_read(alice, path, query, code):
    batch = send(alice, GOOD, work=False)
    answer = Caller(alice).get(path.format(batch.id), **query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert [error["field"] for error in answer.json()["errors"]] == list(query)


@pytest.mark.parametrize(
    ("scopes", "method", "status"),
    [(["submit"], "POST", 202), (["submit"], "GET", 403), (["read"], "POST", 403)],
)
def test_key_does_what_its_scopes_allow(alice, scopes, method, status):
    system = Caller(alice, scopes=scopes)
    answer = system.call(method, "submissions", data=LINES, content_type=NDJSON)
    assert answer.status_code == status


def test_failure_while_lines_are_read_is_one_problem_and_stores_nothing(
    alice, monkeypatch
):
    def broken(*_: object) -> bytes:
        raise RuntimeError(LINES)

    monkeypatch.setattr(services, "seal_lines", broken)
    answer = Caller(alice).post("submissions", LINES, NDJSON)
    assert answer.status_code == 500
    assert "quick-profit" not in answer.content.decode()
    assert stored(Submission).count() == 0


@worked
def test_submission_is_undone_by_its_sender_and_says_what_came_of_it(alice):
    system = Caller(alice)
    path = f"submissions/{system.post('submissions', LINES, NDJSON).json()['id']}"
    early = system.post(f"{path}/undo", "")
    assert (early.status_code, early.json()["code"]) == (409, "undo-too-early")
    work_off()
    assert system.get(path).json()["undo_until"]
    taken = system.post(f"{path}/undo", "")
    assert (taken.status_code, taken.json()["undoing"]) == (202, True)
    work_off()
    undone = system.get(path).json()["undo"]
    assert (undone["withdrawn"], undone["restored"], undone["fetched"]) == (2, 0, [])
    assert system.post(f"{path}/undo", "").status_code == 202  # and nothing changes
    assert system.get(path).json()["undo"] == undone


@worked
def test_undoing_is_refused_in_words_when_there_is_nothing_or_it_is_late(alice):
    system = Caller(alice)
    nothing = send(alice, ["no value at all"])
    refused = system.post(f"submissions/{nothing.id}/undo", "").json()
    assert refused["code"] == "nothing-to-undo"
    late = send(alice, GOOD)
    stored(Submission).filter(pk=late.pk).update(undo_until=late.created_at)
    refused = system.post(f"submissions/{late.id}/undo", "").json()
    assert refused["code"] == "undo-over"
    assert "withdraw what is wrong" in refused["detail"]
