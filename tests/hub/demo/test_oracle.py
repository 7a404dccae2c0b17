"""The plain reading of the agreement, and the comparison with what was received."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.demo import cast, claims, compare, oracle
from hub.demo.claims import DEFAULTS, Claim
from hub.demo.delivered import Delivered
from hub.demo.oracle import Clause
from hub.demo.reader import NDJSON, Body
from hub.demo.wellknown import WellKnown

KEY = "11" * 32
COLLECTION = {"id": "c1", "generation": 1}
TERMS = """
title: A test
parties: [{slug: meadow}, {slug: sentry}, {slug: harbour}, {slug: liaison}]
clauses:
  - name: Everything
    from: [meadow, sentry]
    to: all parties
    types: all
    scam_types: [romance, other]
    roles: all
    review_status: all
    purposes: [detection]
    legal_basis: none
    tlp_ceiling: amber
    min_confidence: 50
    retention_days: 30
    disclosure: token
  - name: Police
    from: meadow
    to: [{kind: law_enforcement}]
    types: [domain]
    scam_types: all
    roles: all
    review_status: [reviewed]
    purposes: [investigation]
    legal_basis: none
    tlp_ceiling: red
    min_confidence: 0
    retention_days: 30
    disclosure: value
    government_recipients: yes
    redaction: {first_seen: keep, note: keep}
"""


@pytest.fixture
def clauses(tmp_path: Path) -> list[Clause]:
    path = tmp_path / "agreement.yaml"
    path.write_text(TERMS)
    return oracle.clauses(path, cast.CAST)


@pytest.fixture
def delivered() -> Delivered:
    originators = {
        member.slug: {"id": member.slug, "name": member.name} for member in cast.CAST
    }
    return Delivered(
        keys={"c1": {1: KEY}},
        originators=originators,
        clauses={"Everything": "e", "Police": "p"},
        began=1_800_000_000.0,
        ended=1_800_000_010.0,
    )


def claim(owner: str = "meadow", **says: Any) -> Claim:
    line = {"value": "evil.example", **says}
    (found,) = fold([line], owner=owner).values()
    return found


def fold(lines: list[dict[str, Any]], owner: str = "meadow") -> dict[Any, Claim]:
    body = Body("x", NDJSON, b"\n".join(map(as_json, lines)))
    reading = claims.read(body, DEFAULTS, WellKnown())
    return claims.fold(owner, reading, DEFAULTS, set())


def as_json(line: dict[str, Any]) -> bytes:
    return json.dumps(line).encode()


def test_clauses_name_who_gives_and_gets_when_kinds_and_all_are_used(clauses):
    everything, police = clauses
    assert everything.contributors == {"meadow", "sentry"}
    assert everything.recipients == {"meadow", "sentry", "harbour"}  # no government
    assert police.recipients == {"liaison"}


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ({}, True),
        ({"tlp": "amber+strict"}, False),
        ({"confidence": 49}, False),
        ({"scam_type": "phishing"}, False),
        ({"audience": ["c1"]}, True),
        ({"audience": ["c2"]}, False),
        ({"owner": "harbour"}, False),
    ],
)
def test_clause_lets_a_claim_through_when_every_term_agrees(clauses, says, expected):
    assert oracle.lets(clauses[0], claim(**says), "c1") is expected


def test_due_holds_neither_value_nor_free_text_when_the_clause_gives_tokens(
    clauses, delivered
):
    said = claim(note="call me", labels=["x"], first_seen="2026-11-01T10:11:12Z")
    (payload,) = oracle.due(clauses[0], [said], COLLECTION, delivered)
    assert not {"value", "note", "labels"} & payload.keys()
    assert payload["first_seen"] == "2026-11-01T00:00:00.000000Z"
    assert payload["first_seen"] != "2026-11-01T10:11:12Z"
    assert payload["originator"] == {"id": "meadow", "name": "Meadow Social"}
    assert payload["token"].startswith("1:")


def test_due_holds_the_value_when_the_clause_discloses_it(clauses, delivered):
    said = claim(note="call me", review_status="reviewed", first_seen="2026-11-01")
    (payload,) = oracle.due(clauses[1], [said], COLLECTION, delivered)
    assert payload["value"] == "evil.example"
    assert payload["note"] == "call me"


def test_fold_lets_the_last_line_win_when_a_value_comes_twice():
    lines: list[dict[str, Any]] = [
        {"value": "evil.example", "confidence": 10, "labels": ["a"]},
        {"value": "EVIL[.]example", "scam_type": "romance"},
    ]
    (found,) = fold(lines).values()
    assert found.repeated
    assert (found.says["confidence"], found.says["labels"]) == (50, [])
    assert found.says["scam_type"] == "romance"


def test_fold_leaves_nothing_live_when_a_line_withdraws():
    (found,) = fold(
        [{"value": "evil.example"}, {"op": "withdraw", "value": "evil.example"}]
    ).values()
    assert not found.live


def test_read_knows_stopped_and_unreadable_lines():
    lines = [{"value": "bank.example"}, {"value": "http://"}, {"value": "evil.example"}]
    body = Body("x", NDJSON, b"\n".join(map(as_json, lines)))
    found = claims.read(body, DEFAULTS, WellKnown(hosts={"bank.example"}))
    assert (found.lines, found.stopped, found.unreadable) == (3, {1}, {2})


def record(**said: Any) -> dict[str, Any]:
    return {
        "kind": "release",
        "id": "1",
        "seq": 1,
        "token": "1:aa",
        "tlp": "green",
    } | said


DUE = {"token": "1:aa", "tlp": "green"}


@pytest.mark.parametrize(
    ("records", "missing", "unexpected", "fields"),
    [
        ([record()], 0, 0, set()),
        ([], 1, 0, set()),
        ([record(), record(id="2")], 0, 1, set()),
        ([record(tlp="red")], 1, 1, {"tlp"}),
        ([record(value="evil.example")], 1, 1, {"value"}),
        ([record(), {"kind": "tombstone", "id": "1", "token": "1:aa"}], 1, 0, set()),
        ([record(token="1:bb")], 1, 1, set()),
        ([record(tlp="red"), record(seq=2)], 0, 0, set()),
    ],
)
def test_compare_counts_every_difference(records, missing, unexpected, fields):
    found = compare.compare([DUE], records)
    assert (found.missing, found.unexpected) == (missing, unexpected)
    assert found.fields == fields


def test_agreement_of_the_demo_gives_each_member_what_it_is_there_to_show():
    found = oracle.clauses(cast.AGREEMENT, cast.CAST)
    assert {each.name: sorted(each.recipients) for each in found} == {
        "Fraud prevention": ["harbour", "meadow", "sentry"],
        "Investigation": ["liaison"],
        "Vendor exchange": ["harbour", "meadow"],
    }
