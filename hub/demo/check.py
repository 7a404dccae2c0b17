"""Compare what was served with the plain reading of input and clauses."""

import itertools
from collections import Counter
from typing import Any

from hub.demo import cast, claims, compare, delivery, oracle, wellknown
from hub.demo.claims import Claim
from hub.demo.delivered import Delivered
from hub.demo.oracle import Clause
from hub.demo.partner import Stream
from hub.demo.report import Report
from hub.demo.stage import Sent, Stage

NAMED = 100  # stopped lines of each contributor that the report names


def run(stage: Stage, report: Report) -> None:
    """Deliver, pull, verify; what does not match ends up in `report.faults`."""
    with stage.step("deliver"):
        delivery.wait(stage, report)
    with stage.step("pull"):
        delivered = delivery.pull(stage, report)
    with stage.step("verify"):
        verify(stage, delivered, report)
    report.ok = not report.faults


def verify(stage: Stage, delivered: Delivered, report: Report) -> None:
    known = wellknown.read(stage.plan.warninglists)
    every: list[Claim] = []
    for sent in stage.sent:
        problems = delivered.problems[sent.owner]
        every += _claims(stage, sent, problems, known, report)
    clauses = oracle.clauses(cast.AGREEMENT, cast.CAST)
    for clause in clauses:
        _verify_clause(clause, every, delivered, report)
    _verify_strangers(stage, clauses, delivered, report)
    report.matches = _matches(delivered)
    report.must("releases are missing", hold=not report.missing)
    report.must("releases came unexpected", hold=not report.unexpected)


def _claims(
    stage: Stage,
    sent: Sent,
    problems: list[dict[str, Any]],
    known: wellknown.WellKnown,
    report: Report,
) -> list[Claim]:
    """The owner's claims; every refusal of the hub must be one of ours as well.

    Fields of a file are not judged a second time: there the hub's word is taken.
    """
    owner, defaults = sent.owner, stage.plan.defaults
    reading = claims.read(sent.body, defaults, known)
    stopped = {each["line"] for each in problems if each["outcome"] == "stopped"}
    refused = [each for each in problems if each["outcome"] == "rejected"]
    rejected = {each["line"] for each in refused}
    bad_values = {each["line"] for each in refused if each["field"] == "value"}
    report.must(
        f"{owner}: the hub counts other lines",
        hold=reading.lines == report.submissions[owner].submitted,
    )
    report.must(f"{owner}: other lines were stopped", hold=stopped == reading.stopped)
    report.must(
        f"{owner}: unreadable lines were accepted", hold=reading.unreadable <= rejected
    )
    report.must(
        f"{owner}: readable values were rejected", hold=bad_values <= reading.unreadable
    )
    if sent.input.made is not None:
        report.must(
            f"{owner}: other lines were rejected", hold=rejected == sent.input.made.bad
        )
        rejected |= sent.input.made.bad
    report.stops += _stops(sent, problems)[:NAMED]
    return list(claims.fold(owner, reading, defaults, rejected).values())


def _stops(sent: Sent, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is stopped is well-known by definition, so the report may name it."""
    stops = {each["line"]: each for each in problems if each["outcome"] == "stopped"}
    return [
        {
            "by": sent.owner,
            "line": number,
            "value": record["value"],
            "reason": stops[number]["detail"],
        }
        for number, record in sent.body.records()
        if number in stops and record
    ]


def _verify_clause(
    clause: Clause, every: list[Claim], delivered: Delivered, report: Report
) -> None:
    """Every recipient holds what is due, and nobody else has the stream at all."""
    expected: list[compare.Payload] | None = None
    for slug, streams in delivered.streams.items():
        mine = [each for each in streams if each.collection["clause"] == clause.name]
        received = report.received.setdefault(slug, {})
        named = slug in clause.recipients
        report.must(f"{slug} must not read “{clause.name}”", hold=named or not mine)
        report.must(f"{slug} cannot read “{clause.name}”", hold=bool(mine) or not named)
        if not mine or not named:
            continue
        if expected is None:  # the same for all: one stream, many readers
            expected = oracle.due(clause, every, mine[0].collection, delivered)
        received[clause.name] = _verify_stream(slug, clause, expected, mine[0], report)


def _verify_stream(
    slug: str,
    clause: Clause,
    expected: list[compare.Payload],
    stream: Stream,
    report: Report,
) -> int:
    difference = compare.compare(expected, stream.records)
    report.missing += difference.missing
    report.unexpected += difference.unexpected
    where = f"{slug}, “{clause.name}”"
    for name in sorted(difference.fields):
        report.must(f"{where}: {name} differs", hold=False)
    report.must(f"{where}: seq does not rise", hold=_rises(stream))
    report.must(
        f"{where}: the hub counts other releases",
        hold=difference.received == report.released[clause.name],
    )
    return difference.received


def _rises(stream: Stream) -> bool:
    seqs = [record["seq"] for record in stream.records]
    return all(a < b for a, b in itertools.pairwise(seqs))


def _verify_strangers(
    stage: Stage, clauses: list[Clause], delivered: Delivered, report: Report
) -> None:
    """Who has no grant gets no stream and no keys; who gives knows of the collection."""
    givers = {clause.name: clause.contributors for clause in clauses}
    every = {
        each.collection["id"]: givers[each.collection["clause"]]
        for streams in delivered.streams.values()
        for each in streams
    }
    for slug, streams in delivered.streams.items():
        strange = every.keys() - {each.collection["id"] for each in streams}
        with stage.partner(slug) as system:
            for pk in sorted(strange):
                known = slug in every[pk]
                for path in (
                    ("/releases", "/keys") if known else ("", "/releases", "/keys")
                ):
                    refused = system.refused(f"/collections/{pk}{path}")
                    report.refused += refused
                    report.must(
                        f"{slug} is not refused: collection{path}", hold=refused
                    )


def _matches(delivered: Delivered) -> int:
    """Observables about which two members claim something, in the richest stream."""
    most = 0
    for streams in delivered.streams.values():
        for stream in streams:
            tokens = Counter(each["token"] for each in compare.live(stream.records))
            most = max(most, sum(n > 1 for n in tokens.values()))
    return most
