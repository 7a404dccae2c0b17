"""Laws of intake: whatever comes in, every line ends as one thing, and none takes others along."""

import contextlib
import csv
import io
import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.lib.errors import Malformed
from orgs.accounts.models import User
from sharing import vocabulary as v
from sharing.events.models import OutboxRow
from sharing.indicators.claims import ACCEPTED, How, Line, Op, Outcome
from sharing.indicators.types import TYPES
from sharing.intake import reading, selectors
from sharing.intake import services as intake
from sharing.intake.fields import READ, SUBMISSION, BadFieldError, defaults_of
from sharing.intake.models import Chunk, LineProblem
from sharing.intake.parsing import Trouble, parse, takes_back
from sharing.intake.rawlines import RawLine
from tests.cast import acting
from tests.coalition import work_off
from tests.walls import stored

FORMS = ("ndjson", "json", "csv", "list")
HEADERS = {"ndjson": b"", "json": b"", "list": b"", "csv": b"value,tlp,note\n"}

GOOD = [text for kind in TYPES.values() for text, _ in kind.examples]
BAD = [text for kind in TYPES.values() for text in kind.bad_examples]
SPOILED = st.builds(
    lambda text, at, dirt: (
        text[: at % (len(text) + 1)] + dirt + text[at % (len(text) + 1) :]
    ),
    st.sampled_from(GOOD + BAD),
    st.integers(0, 99),
    st.text(max_size=3)
    | st.sampled_from(["\0", "\ufeff", "\u202e", "[.]", "xn--", "٣"]),
)
VALUES = st.sampled_from(GOOD) | st.sampled_from(BAD) | SPOILED | st.text(max_size=40)
TIMES = st.datetimes().map(lambda moment: moment.isoformat()) | st.sampled_from(
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-01-31T09:00:00Z",
        "٢٠٢٦-01-31",
    ]
)
WORDS: list[Any] = [
    word
    for words in (v.ScamType, v.Role, v.Status, v.ReviewStatus, v.Severity, v.Tlp)
    for word in words
]
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.uuids().map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from([*READ, "op", "type", "region", "columns", "x"])
CONTENT = (
    ANYTHING
    | TIMES
    | st.sampled_from(WORDS)
    | st.sampled_from(["submit", "withdraw", "correct", *TYPES])
)
RECORDS = st.builds(
    lambda value, rest: {"value": value, **rest},
    VALUES | ANYTHING,
    st.dictionaries(FIELDS, CONTENT, max_size=3),
)
COLLECTION = "00000000-0000-4000-8000-000000000001"
HEX = st.sampled_from(["ab" * 32, "AB" * 32, "ab" * 31, "x" * 64, ""])
HASHES = st.builds(
    lambda kind, nv, hashes, rest: {"type": kind, "nv": nv, **hashes, **rest},
    st.sampled_from([*TYPES, "fax"]) | ANYTHING,
    st.sampled_from([1, 1, 1, "1", 2, True]) | ANYTHING,
    st.dictionaries(
        st.sampled_from(["digest", "sha256"]), HEX | ANYTHING, min_size=1, max_size=2
    ),
    st.dictionaries(FIELDS, CONTENT, max_size=2)
    | st.just({"op": "withdraw"})
    | st.just({"op": "correct", "audience": [COLLECTION]}),
)
TAKING = st.builds(
    lambda value, op, rest: {"value": value, "op": op, **rest},
    st.sampled_from(GOOD),
    st.sampled_from(["withdraw", "correct", "submit"]),
    st.fixed_dictionaries(
        {},
        optional={
            "audience": st.lists(st.uuids().map(str), max_size=2),
            "confidence": st.none() | st.integers(0, 100),
            "type": st.none(),
        },
    ),
)
LINES = (
    RECORDS.map(json.dumps)
    | HASHES.map(json.dumps)
    | VALUES.map(json.dumps)
    | ANYTHING.map(json.dumps)
    | st.sampled_from(
        [
            '{"value":"a.example","value":"b.example"}',
            '{"value":NaN}',
            '"\\ud800"',
            "[" * 5000,
            '{"value":' * 2000,
            '{"confidence":' + "9" * 5000 + "}",
            "",
        ]
    )
).map(str.encode)


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def judged(raw: RawLine, said: dict[str, Any]) -> Line | Trouble:
    """What parsing makes of a line: one of the two, with its number, never a failure."""
    found = parse(raw, defaults_of(said), overruled=False)
    assert isinstance(found, Line | Trouble)
    assert found.number == raw.number
    if isinstance(found, Trouble):
        assert found.code != "unreadable", "an error that nobody foresaw"
        assert found.outcome in (Outcome.REJECTED, Outcome.STOPPED)
        assert len(found.field) <= 40
        assert 0 < len(found.detail) <= 400
    else:
        if found.canonical is not None:
            found.canonical.encode()
        assert (found.canonical is None) == (found.how is How.HASHED)
        assert len(found.digest) == 32
    return found


@given(
    st.sampled_from([",", ";", "\t"]),
    st.lists(
        st.tuples(
            st.text("ab,;\t.\"' é", max_size=9), st.text('ab,;\t é"', max_size=9)
        ),
        max_size=6,
    ),
)
def test_cells_are_the_same_whatever_parts_them(
    delimiter: str, rows: list[tuple[str, str]]
) -> None:
    def written(by: str) -> bytes:
        out = io.StringIO()
        table = csv.writer(out, delimiter=by, quoting=csv.QUOTE_ALL)
        table.writerows([("value", "note"), *rows])
        return out.getvalue().encode()

    found = list(reading.lines([written(delimiter)], "csv"))
    assert found == list(reading.lines([written(",")], "csv"))


@given(
    body=st.binary(max_size=400)
    | st.lists(LINES | st.binary(max_size=30), max_size=8).map(b"\n".join),
    form=st.sampled_from(FORMS),
    size=st.integers(1, 500),
)
@example(b'"a.example"\r\n\0\n\xff\n\xef\xbb\xbf"b.example"', "ndjson", 3)
@example(b'"a\n"b', "csv", 9)
@settings(max_examples=400, deadline=None)
def test_body_is_refused_or_every_line_of_it_ends_as_one_thing(
    body: bytes, form: str, size: int
) -> None:
    cut = pieces(HEADERS[form] + body, size)
    with refusal(form):
        found = list(reading.lines(cut, form))
        whole = list(reading.lines([HEADERS[form] + body], form))
        assert found == whole, "where the body was cut makes no difference"
        assert all(one.number < two.number for one, two in pairwise(found))
        if form in ("ndjson", "list"):
            assert [line.number for line in found] == list(filled(body, form))
        for raw in found:
            judged(raw, {})


def refusal(form: str) -> AbstractContextManager[None]:
    """Of tables and arrays it may be said that they cannot be read; of lines, never."""
    if form in ("json", "csv"):
        return contextlib.suppress(Malformed)
    return contextlib.nullcontext()


def filled(body: bytes, form: str) -> Iterator[int]:
    for number, line in enumerate(body.removeprefix(BOM_UTF8).split(b"\n"), 1):
        text = line.strip(b" \t\r")
        if text and not (form == "list" and text.startswith(b"#")):
            yield number


@given(
    line=LINES,
    said=st.dictionaries(
        st.sampled_from(sorted(SUBMISSION | {"type", "region"})), st.sampled_from(WORDS)
    ),
)
@settings(max_examples=600, deadline=None)
def test_line_ends_as_one_thing_whatever_json_it_is(
    line: bytes, said: dict[str, Any]
) -> None:
    try:
        defaults_of(said)
    except BadFieldError:
        said = {}
    judged(RawLine(7, line), said)


@given(
    line=LINES
    | HASHES.map(json.dumps).map(str.encode)
    | TAKING.map(json.dumps).map(str.encode)
)
@example(b'{"v\\u0061lue":"a.example","\\u006fp":"w\\u0069thdraw"}')
@example(b'{"value":"a.example","op":"correct","audience":[],"confidence":null}')
@example(b'{"value":"a.example","op":"withdraw","op":"submit"}')
@settings(max_examples=600, deadline=None)
def test_line_that_is_never_held_can_do_nothing_but_take_back(line: bytes) -> None:
    raw = RawLine(7, line)
    found = parse(raw, defaults_of({}), overruled=False)
    if not isinstance(found, Line):
        return
    narrows = found.op is Op.CORRECT and found.given.keys() == {"audience"}
    assert takes_back(raw) is (found.op is Op.WITHDRAW or narrows)


@given(record=RECORDS)
@settings(max_examples=200, deadline=None)
def test_normal_form_is_read_as_itself(record: dict[str, Any]) -> None:
    first = judged(RawLine(1, json.dumps(record).encode()), {})
    if isinstance(first, Line) and first.canonical is not None:
        again = {"value": first.canonical, "type": first.kind, "op": "withdraw"}
        second = judged(RawLine(1, orjson.dumps(again)), {})
        assert isinstance(second, Line)
        assert second.digest == first.digest


@pytest.mark.django_db(transaction=True)
@given(sent=st.lists(LINES, min_size=1, max_size=40))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_accepted_rejected_and_stopped_are_all_the_lines(
    coalition: object, alice: User, sent: list[bytes]
) -> None:
    body = b"\n".join([b'"sure.example"', *sent])
    batch, _ = intake.submit(
        actor=acting(alice), stream=[body], content_type="application/x-ndjson"
    )
    work_off()
    found = selectors.submission(acting(alice), batch.id)
    assert found.state == "done"
    assert found.accepted + found.rejected + found.stopped == found.lines == batch.lines
    results = {
        each.line: each.outcome
        for each in selectors.line_results(acting(alice), batch.id)
    }
    assert results[1] in ACCEPTED
    assert Counter(map(str, results.values())) == found.counts
    bad = {line for line, outcome in results.items() if outcome not in ACCEPTED}
    problems = stored(LineProblem).filter(submission=batch)
    assert set(problems.values_list("line", flat=True)) == bad
    assert not problems.filter(code="unreadable").exists()
    assert not stored(Chunk).exists()
    assert not OutboxRow.objects.filter(done_at=None).exists()
