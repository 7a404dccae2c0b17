"""Lines that give a hash in place of the value: the same claim, and no value anywhere."""

import json
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse

from hub.client import hashed, token
from sharing.distribution.planning import Planner
from sharing.indicators.models import Indicator
from sharing.indicators.types import TYPES
from sharing.intake import selectors, services
from sharing.intake.fields import Defaults
from sharing.intake.forms import pasted_type
from sharing.intake.models import LineProblem
from sharing.intake.parsing import Trouble, parse, takes_back
from sharing.intake.rawlines import RawLine
from sharing.tokens import scheme
from sharing.tokens import services as tokens
from tests.cast import acting, browser_of, person_in
from tests.coalition import collection, pulled, send, work_off
from tests.hub.api.caller import NDJSON, Caller
from tests.sharing.intake.held import make_new, make_small
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+447700900123"
CARD = "4111111111111111"
VALUE, TOKENS = "Investigation", "Fraud prevention"
SAID: Any = {"scam_type": "investment", "tlp": "green", "confidence": "90"}


def digest_line(value: str, kind: str = "phone", **more: Any) -> dict[str, Any]:
    d = scheme.digest(kind, 1, value)
    return {"type": kind, "nv": 1, "digest": d.hex(), **more}


def plain_line(value: str, kind: str = "phone", **more: Any) -> dict[str, Any]:
    h = scheme.content_hash(value)
    return {"type": kind, "nv": 1, "sha256": h.hex().upper(), **more}


FORMS = [digest_line, plain_line]


def releases(person, title):
    return [row for row in pulled(person, title) if row["kind"] == "release"]


@pytest.mark.parametrize("form", FORMS)
def test_hash_finds_the_claim_of_its_value_and_the_value_that_of_its_hash(
    coalition, alice, form
):
    send(alice, [form(PHONE)], **SAID)
    row = stored(Indicator).get()
    assert (row.by_hash, row.value_sealed) == (True, None)
    send(alice, [PHONE], **SAID)
    again = stored(Indicator).get()
    assert (again.pk, again.index, again.by_hash) == (row.pk, row.index, False)
    batch = send(alice, [form(PHONE)], **SAID)
    assert stored(Indicator).get().pk == row.pk
    results = list(selectors.line_results(acting(alice), batch.id))
    assert [(each.line, each.outcome) for each in results] == [(1, "updated")]


def rows_of(kind: str) -> str:
    lines = [digest_line(PHONE), plain_line("evil.example", "domain")]
    if kind == "json":
        return json.dumps(lines)
    if kind == "ndjson":
        return "\n".join(map(json.dumps, lines))
    head = "type,nv,digest,sha256,confidence\n"
    cells = (
        f"{each['type']},{each['nv']},{each.get('digest', '')},{each.get('sha256', '')},9"
        for each in lines
    )
    return head + "\n".join(cells) + "\n"


MEDIA = {"ndjson": NDJSON, "json": "application/json", "csv": "text/csv"}


@pytest.mark.parametrize("kind", MEDIA)
def test_hashes_are_taken_in_every_format_that_has_fields(coalition, alice, kind):
    taken = Caller(alice).post("submissions", rows_of(kind), MEDIA[kind])
    assert taken.status_code == 202
    work_off()
    assert set(stored(Indicator).values_list("type", "by_hash")) == {
        ("phone", True),
        ("domain", True),
    }


@pytest.mark.parametrize("kind", MEDIA)
def test_hashes_are_taken_when_they_are_pasted_into_the_form(coalition, alice, kind):
    said = {**SAID, "role": "perpetrator", "lines": rows_of(kind)}
    answer = browser_of(alice).post(reverse("submissions"), said)
    assert answer.status_code == 302
    work_off()
    assert stored(Indicator).filter(by_hash=True).count() == 2


def test_values_and_hashes_come_in_one_table(coalition, alice):
    rows = [f",phone,1,{digest_line(PHONE)['digest']}", "evil.example,,,"]
    body = "value,type,nv,digest\n" + "\n".join(rows)
    assert pasted_type(body) == "text/csv"
    Caller(alice).post("submissions", body, "text/csv")
    work_off()
    assert set(stored(Indicator).values_list("type", "by_hash")) == {
        ("phone", True),
        ("domain", False),
    }


def test_column_of_hashes_is_about_something_else_when_the_table_has_no_nv(
    coalition, alice
):
    body = f"url,sha256\nhttps://evil.example/x,{'ab' * 32}\n"
    Caller(alice).post("submissions", body, "text/csv")
    work_off()
    assert stored(Indicator).get().by_hash is False


DIGEST = digest_line(PHONE)["digest"]
GOOD = {"type": "phone", "nv": 1, "digest": DIGEST}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"value": PHONE}, "digest", "both"),
        ({"sha256": DIGEST}, "sha256", "both"),
        ({"digest": None, "sha256": DIGEST, "value": PHONE}, "sha256", "both"),
        ({"digest": None}, "nv", "not-here"),
        ({"digest": None, "value": PHONE}, "nv", "not-here"),
        ({"region": "GB"}, "region", "not-here"),
        ({"type": None}, "type", "missing"),
        ({"type": "horoscope"}, "type", "unknown-word"),
        ({"type": []}, "type", "unknown-word"),
        ({"nv": None}, "nv", "missing"),
        ({"nv": 2}, "nv", "bad-nv"),
        ({"nv": 0}, "nv", "bad-nv"),
        ({"nv": True}, "nv", "bad-nv"),
        ({"nv": 1.0}, "nv", "bad-nv"),
        ({"nv": "one"}, "nv", "bad-nv"),
        ({"nv": "٣"}, "nv", "bad-nv"),
        ({"digest": DIGEST[:-2]}, "digest", "bad-digest"),
        ({"digest": DIGEST + "00"}, "digest", "bad-digest"),
        ({"digest": "x" * 64}, "digest", "bad-digest"),
        ({"digest": 7}, "digest", "bad-digest"),
        ({"digest": None, "sha256": "ab"}, "sha256", "bad-digest"),
        (
            {"digest": None, "sha256": scheme.content_hash("").hex()},
            "sha256",
            "nothing",
        ),
        ({"op": "withdraw", "tlp": "red"}, "tlp", "not-here"),
        ({"tlp": "purple"}, "tlp", "unknown-word"),
    ],
)
def test_line_with_a_hash_is_refused_with_its_field_when_something_is_wrong(
    change, field, code
):
    data = json.dumps({**GOOD, **change}).encode()
    found = parse(RawLine(1, data), Defaults({}), overruled=False)
    assert isinstance(found, Trouble)
    assert (found.outcome, found.field, found.code) == ("rejected", field, code)
    assert DIGEST not in found.detail
    assert "7700900123" not in found.detail


def test_toolkit_makes_the_line_that_shows_no_value():
    assert hashed("+44 7700 900123") == digest_line(PHONE)


def test_type_of_the_submission_is_that_of_its_hashes(coalition, alice):
    send(alice, [{"nv": 1, "digest": DIGEST}], type="phone")
    assert stored(Indicator).get().type == "phone"


@pytest.mark.parametrize("form", FORMS)
def test_hash_leaves_as_a_token_that_matches_when_a_clause_discloses_values(
    coalition, alice, bob, dana, form
):
    send(alice, [form(PHONE), {"value": "evil.example"}], **SAID)
    found = {row["type"]: row for row in releases(dana, VALUE)}
    assert found["domain"]["value"] == "evil.example"
    assert found["phone"]["value_absent"] == "hash_only"
    assert {"value", "note"}.isdisjoint(found["phone"])
    for person, title in ((dana, VALUE), (bob, TOKENS)):
        key = tokens.token_key_hex(collection(title), 1)
        held = {row["token"] for row in releases(person, title)}
        assert token(PHONE, key, 1) in held


def test_stored_value_is_forgotten_when_the_claim_is_submitted_again_by_hash(
    coalition, alice, dana
):
    send(alice, [PHONE], **SAID)
    assert stored(Indicator).get().value_sealed is not None
    send(alice, [digest_line(PHONE)], **SAID)
    row = stored(Indicator).get()
    assert (row.value_sealed, row.revision) == (None, 2)
    [record] = releases(dana, VALUE)
    assert (record["value_absent"], record["revision"]) == ("hash_only", 2)
    assert PHONE not in json.dumps(record)


def test_value_is_released_when_it_comes_after_its_hash(coalition, alice, dana):
    send(alice, [digest_line(PHONE)], **SAID)
    send(alice, [PHONE], **SAID)
    [record] = releases(dana, VALUE)
    assert (record["value"], record["revision"]) == (PHONE, 2)


def test_repeat_by_hash_changes_nothing(coalition, alice):
    send(alice, [digest_line(PHONE)], **SAID)
    batch = send(alice, [plain_line(PHONE)], **SAID)
    assert selectors.submission(acting(alice), batch.id).counts == {"unchanged": 1}


def test_correction_by_hash_leaves_the_value_where_it_is(coalition, alice, dana):
    send(alice, [PHONE], **SAID)
    send(alice, [digest_line(PHONE, op="correct", confidence=70)])
    [record] = releases(dana, VALUE)
    assert (record["value"], record["confidence"]) == (PHONE, 70)


def test_correction_by_value_brings_no_value_to_a_claim_by_hash(coalition, alice, dana):
    send(alice, [digest_line(PHONE)], **SAID)
    send(alice, [{"value": PHONE, "op": "correct", "confidence": 70}])
    assert stored(Indicator).get().value_sealed is None
    [record] = releases(dana, VALUE)
    assert (record["value_absent"], record["confidence"]) == ("hash_only", 70)


@pytest.mark.parametrize("first", [digest_line(PHONE), {"value": PHONE}])
def test_withdrawal_by_hash_takes_the_claim_and_its_value_back(
    coalition, alice, dana, first
):
    send(alice, [first], **SAID)
    batch = send(alice, [digest_line(PHONE, op="withdraw")])
    row = stored(Indicator).get()
    assert (row.state, row.value_sealed) == ("withdrawn", None)
    assert [each["kind"] for each in pulled(dana, VALUE)] == ["tombstone"]
    assert selectors.submission(acting(alice), batch.id).counts == {"withdrawn": 1}


def test_in_one_chunk_the_last_word_says_whether_the_value_is_kept(coalition, alice):
    hosts = ("a.example", "b.example", "c.example")
    send(
        alice,
        [
            {"value": hosts[0]},
            plain_line(hosts[0], "domain"),
            plain_line(hosts[1], "domain"),
            {"value": hosts[1]},
            {"value": hosts[2]},
            plain_line(hosts[2], "domain", op="correct", confidence=80),
        ],
        **SAID,
    )
    found = stored(Indicator).values_list("source_line", "by_hash")
    assert dict(found) == {2: True, 4: False, 6: False}
    kept = stored(Indicator).filter(value_sealed__isnull=False)
    assert sorted(kept.values_list("source_line", flat=True)) == [4, 6]


def test_store_refuses_a_value_beside_a_claim_by_hash(coalition, alice):
    send(alice, [digest_line(PHONE)], **SAID)
    with pytest.raises(IntegrityError, match="claims_by_hash_keep_no_value"):
        stored(Indicator).update(value_sealed=b"x")


def test_wall_in_redaction_holds_when_a_value_came_past_the_one_in_the_store(
    coalition, alice, dana, monkeypatch
):
    monkeypatch.setattr(Planner, "_open", lambda *_: PHONE)
    send(alice, [digest_line(PHONE)], **SAID)
    [record] = releases(dana, VALUE)
    assert record["value_absent"] == "hash_only"
    assert PHONE not in json.dumps(record)


def test_card_is_taken_by_its_hash_and_nothing_of_it_is_kept(coalition, alice, bob):
    send(alice, [digest_line(CARD, "payment_card", note="x")], **SAID)
    row = stored(Indicator).get()
    assert (row.value_sealed, row.note_sealed, row.by_hash) == (None, None, True)
    send(alice, [{"type": "payment_card", "value": CARD}], **SAID)
    assert stored(Indicator).get().index == row.index


TOP_SITE = "metamask.io"


def test_hash_of_a_listed_name_is_stopped_and_a_second_person_lets_it_through(
    coalition, alice, meadow
):
    batch = send(alice, [plain_line(TOP_SITE, "domain"), digest_line(PHONE)], **SAID)
    [problem] = selectors.problems(acting(alice), batch.id)
    assert (problem.outcome, problem.code, problem.line) == (
        "stopped",
        "warninglist",
        1,
    )
    assert (problem.type, problem.guessed) == ("domain", False)
    amy = person_in(meadow, "amy")
    services.overrule(actor=acting(amy), submission_id=batch.id, line=1)
    work_off()
    row = stored(Indicator).get(type="domain")
    assert row.by_hash
    assert any("Top" in name for name in row.shared_infrastructure)
    assert stored(LineProblem).get().sealed_line is None


def test_result_says_in_plain_words_what_a_hash_costs(coalition, alice):
    batch = send(alice, [digest_line(PHONE), PHONE, digest_line(PHONE, op="withdraw")])
    page = Caller(alice).get(f"submissions/{batch.id}/results").json()["results"]
    first, second, third = page
    assert (first["type"], first["nv"], first["how"]) == ("phone", 1, "hashed")
    assert [each["code"] for each in first["notices"]] == ["by-hash"]
    assert "has not seen the value" in first["notices"][0]["detail"]
    assert (second["how"], second["notices"]) == ("guessed", [])
    assert (third["outcome"], third["notices"]) == ("withdrawn", [])


def test_own_claims_tell_which_are_known_by_hash_alone(coalition, alice):
    send(alice, [digest_line(PHONE)])
    [claim] = Caller(alice).get("indicators").json()["indicators"]
    assert (claim["type"], claim["nv"], claim["by_hash"]) == ("phone", 1, True)
    assert "by hash" in browser_of(alice).get(reverse("claims")).content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_withdrawal_by_hash_never_waits_for_a_second_person(
    coalition, alice, meadow, monkeypatch, form
):
    send(alice, [PHONE], **SAID)
    make_small(monkeypatch)
    make_new(meadow)
    batch = send(alice, [form(PHONE, op="withdraw")])
    assert batch.state == "done"
    held = send(alice, [form(PHONE), form(PHONE, op="withdraw")])
    assert held.state == "held"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"op": "withdraw"}, True),
        ({"op": "correct", "audience": ["x"]}, True),
        ({"op": "correct", "audience": ["x"], "tlp": "red"}, False),
        ({}, False),
    ],
)
def test_takes_back_reads_hashes_as_values(more, expected):
    data = json.dumps(digest_line(PHONE, **more)).encode()
    assert takes_back(RawLine(1, data)) is expected


def test_every_type_is_taken_by_its_hash(coalition, alice):
    lines = [
        plain_line(canonical, kind)
        for kind, found in TYPES.items()
        for _, canonical in found.examples[:1]
    ]
    batch = send(alice, lines)
    found = selectors.submission(acting(alice), batch.id)
    assert found.accepted + found.stopped == len(TYPES)
