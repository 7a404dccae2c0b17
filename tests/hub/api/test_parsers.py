"""Strict JSON: what two readers could take differently is refused."""

import io
import time

import pytest

from hub.api.parsers import BODY_BYTES, DEPTH, StrictJSONParser, read
from hub.lib.errors import Invalid, Malformed, TooLarge


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 2.5, true, null, "\\u00e9"]}', {"a": [1, 2.5, True, None, "é"]}),
        (b'"[[[[[{{{"', "[[[[[{{{"),
        (b'["a\\"]]", "\\\\"]', ['a"]]', "\\"]),
        (b"[" * DEPTH + b"]" * DEPTH, None),
    ],
)
def test_json_is_read(body, value):
    found = read(body)
    assert value is None or found == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": 1, "a": 1}',
        b'[{"b": {"a": 1, "a": 2}}]',
        b"NaN",
        b"[-Infinity]",
        b"1e999",
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"1" * 5000,
        b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1),
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b"{} {}",
    ],
)
def test_json_is_refused(body):
    with pytest.raises(Malformed) as refused:
        read(body)
    assert refused.value.problem_code == "bad-json"


@pytest.mark.parametrize(
    "body",
    [b'"' + b"\\" * 999_999, b'"' + b'\\"' * 500_000, b'"a' * 300_000, b"[]" * 500_000],
)
def test_hostile_json_is_refused_in_linear_time(body):
    began = time.perf_counter()
    with pytest.raises(Malformed):
        read(body)
    assert time.perf_counter() - began < 5


def test_body_is_refused_when_it_is_too_large():
    with pytest.raises(TooLarge):
        StrictJSONParser().parse(io.BytesIO(b" " * (BODY_BYTES + 1)))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"name": "a\\u0000b"}', "name"),
        (b'{"a": [{"b": "\\u0000"}]}', "a"),
        (b'{"a": {"\\u0000": 1}}', "a"),
        (b'{"\\u0000": 1}', "body"),
        (b'["\\u0000"]', "body"),
    ],
)
def test_text_that_no_database_stores_is_refused_with_its_field(body, field):
    with pytest.raises(Invalid) as refused:
        StrictJSONParser().parse(io.BytesIO(body))
    assert refused.value.errors[0]["field"] == field


def test_backslash_before_a_number_is_no_such_text():
    body = rb'{"a": "\\u0000"}'
    assert StrictJSONParser().parse(io.BytesIO(body)) == {"a": r"\u0000"}
