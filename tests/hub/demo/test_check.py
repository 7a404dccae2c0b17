"""The check is green when all is right, and names each thing that is wrong."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hub.demo import cast, check, claims, compare, generator, oracle, table, wellknown
from hub.demo.delivered import Delivered
from hub.demo.partner import Stream
from hub.demo.reader import NDJSON, Body
from hub.demo.report import Counts, Report
from hub.demo.stage import Input, Plan, Sent, Stage

IDS = {"Fraud prevention": "a", "Investigation": "b", "Vendor exchange": "c"}


class Refusing:
    def refused(self, path: str) -> bool:
        return True


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    @contextlib.contextmanager
    def partner(_: Stage, slug: str) -> Iterator[Refusing]:
        yield Refusing()

    monkeypatch.setattr(Stage, "partner", partner)
    found = Stage(Plan(), out=io.StringIO())
    for slug in ("meadow", "sentry"):
        made = generator.generate(slug, 300)
        body = Body("made up", NDJSON, made.body)
        found.sent.append(Sent(Input(slug, body, made), "s", 1_800_000_000.0))
    return found


def problems(sent: Sent) -> list[dict[str, Any]]:
    made = sent.input.made
    assert made
    outcomes = {"rejected": made.bad, "stopped": made.stopped}
    return [
        {"line": line, "outcome": outcome, "field": "", "detail": "because"}
        for outcome, lines in outcomes.items()
        for line in lines
    ]


@pytest.fixture
def report() -> Report:
    found = Report()
    for slug in ("meadow", "sentry"):
        found.submissions[slug] = Counts(300, 297, 2, 1)
    return found


def real(payload: dict[str, Any], seq: int) -> dict[str, Any]:
    """A record as the hub might have served it: for each rule a value that obeys it."""
    said = {
        name: value.example if isinstance(value, compare.OneOf) else value
        for name, value in payload.items()
    }
    return {"kind": "release", "id": str(seq), "seq": seq, **said}


def claimed(stage: Stage) -> list[claims.Claim]:
    known, found = wellknown.read(None), list[claims.Claim]()
    for sent in stage.sent:
        reading = claims.read(sent.body, claims.DEFAULTS, known)
        assert sent.input.made
        bad = sent.input.made.bad
        found += claims.fold(sent.owner, reading, claims.DEFAULTS, bad).values()
    return found


@pytest.fixture
def delivered(stage: Stage, report: Report) -> Delivered:
    """What a hub without fault would have served."""
    found = Delivered(
        keys={pk: {1: "22" * 32} for pk in IDS.values()},
        originators={m.slug: {"id": m.slug, "name": m.name} for m in cast.CAST},
        clauses={name: f"clause {pk}" for name, pk in IDS.items()},
        streams={member.slug: [] for member in cast.CAST},
        problems={sent.owner: problems(sent) for sent in stage.sent},
        began=1_800_000_000.0,
        ended=1_800_000_001.0,
    )
    every = claimed(stage)
    for clause in oracle.clauses(cast.AGREEMENT, cast.CAST):
        collection = {"id": IDS[clause.name], "generation": 1, "clause": clause.name}
        due = oracle.due(clause, every, collection, found)
        records = [real(payload, seq) for seq, payload in enumerate(due, start=1)]
        report.released[clause.name] = len(records)
        for slug in clause.recipients:
            copies = [dict(record) for record in records]
            found.streams[slug].append(Stream(collection, copies, "1.9"))
    return found


Spoil = Callable[[Delivered], object]


def records(delivered: Delivered, slug: str, place: int = 0) -> list[dict[str, Any]]:
    return delivered.streams[slug][place].records


def test_check_is_ok_when_everybody_got_exactly_their_due(stage, delivered, report):
    check.verify(stage, delivered, report)
    assert report.faults == []
    assert report.matches > 0
    assert report.received["northline"] == {}
    # Who contributes knows of the collection, and still gets neither stream nor keys.
    assert report.refused == 2 * (1 + 2) + 3 * (1 + 2 + 3)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda d: records(d, "harbour").pop(), "releases are missing"),
        (
            lambda d: records(d, "liaison").append(
                records(d, "liaison")[-1] | {"id": "x", "seq": 10**6}
            ),
            "releases came unexpected",
        ),
        (
            lambda d: records(d, "harbour")[0].update(value="evil.example"),
            "harbour, “Fraud prevention”: value differs",
        ),
        (
            lambda d: records(d, "liaison")[0].update(note="free text"),
            "liaison, “Investigation”: note differs",
        ),
        (
            lambda d: records(d, "meadow")[0].update(confidence=1),
            "meadow, “Fraud prevention”: confidence differs",
        ),
        (
            lambda d: records(d, "sentry").sort(key=lambda r: -r["seq"]),
            "sentry, “Fraud prevention”: seq does not rise",
        ),
        (
            lambda d: d.streams["northline"].append(d.streams["harbour"][0]),
            "northline must not read “Fraud prevention”",
        ),
        (
            lambda d: d.streams["liaison"].append(d.streams["harbour"][0]),
            "liaison must not read “Fraud prevention”",
        ),
        (lambda d: d.streams["liaison"].clear(), "liaison cannot read “Investigation”"),
        (lambda d: d.problems["meadow"].pop(), "meadow: other lines were stopped"),
        (lambda d: d.problems["sentry"].pop(0), "sentry: other lines were rejected"),
    ],
)
def test_check_names_the_fault_when_something_is_wrong(
    stage, delivered, report, spoil: Spoil, fault: str
):
    spoil(delivered)
    check.verify(stage, delivered, report)
    assert fault in report.faults


def test_check_notes_the_fault_when_a_stranger_is_not_refused(
    stage, delivered, report, monkeypatch
):
    monkeypatch.setattr(Refusing, "refused", lambda *_: False)
    check.verify(stage, delivered, report)
    assert "northline is not refused: collection/keys" in report.faults


def test_report_ends_with_its_json_when_shown(stage, delivered, report):
    check.verify(stage, delivered, report)
    report.ok = not report.faults
    report.input = {sent.owner: sent.body.name for sent in stage.sent}
    out = io.StringIO()
    table.show(report, out)
    found = json.loads(out.getvalue().rstrip().rpartition("\n")[2])
    assert found["ok"] is True
    assert (
        found["submitted"] == found["accepted"] + found["rejected"] + found["stopped"]
    )
    assert found["received"]["harbour"]["Fraud prevention"] > 0
