"""Bodies in every format become numbered lines."""

import gzip

import orjson
import pytest

from hub.lib.errors import Invalid, Malformed, TooLarge, UnsupportedType
from sharing import vocabulary as v
from sharing.intake import reading


def read(body: bytes, form: str, *, pieces: int = 7):
    cut = [body[i : i + pieces] for i in range(0, len(body), pieces)]
    return [(line.number, line.data) for line in reading.lines(cut, form)]


def test_ndjson_keeps_lines_as_they_are_and_counts_blank_ones():
    found = read(b'{"value":"a"}\r\n\n  "b"\nnot json', "ndjson")
    assert found == [(1, b'{"value":"a"}'), (3, b'"b"'), (4, b"not json")]


def test_list_turns_lines_into_strings_and_leaves_comments_out():
    found = read("﻿evil.example\n# a comment\nbücher.example\n".encode(), "list")
    assert [(n, orjson.loads(d)) for n, d in found] == [
        (1, "evil.example"),
        (3, "bücher.example"),
    ]


def test_json_array_gives_one_line_per_item():
    assert read(b'[{"value":"a"}, "b"]', "json") == [(1, b'{"value":"a"}'), (2, b'"b"')]


@pytest.mark.parametrize("body", [b'{"a":1}', b"[1,", b"", b"[" * 100_000])
def test_json_that_is_no_array_is_malformed(body):
    with pytest.raises(Malformed):
        read(body, "json", pieces=50_000)


def test_csv_uses_its_header_and_leaves_other_columns_out():
    body = (
        b'address,etherscan_tag,confidence\n0xabc,"a, b",80\n,,\n0xdef,"two\nlines",\n'
    )
    assert [(n, orjson.loads(d)) for n, d in read(body, "csv")] == [
        (2, {"value": "0xabc", "confidence": "80"}),
        (4, {"value": "0xdef"}),
    ]


def test_csv_types_the_values_of_a_column_that_names_a_type():
    assert orjson.loads(read(b"phone\n0123", "csv")[0][1]) == {
        "value": "0123",
        "type": "phone",
    }


def test_csv_row_of_another_length_is_passed_on_to_get_its_error():
    (line,) = read(b"value,tlp\na", "csv")
    assert "columns" in orjson.loads(line[1])


@pytest.mark.parametrize("body", [b"name,colour\na,b\n", b"url,host\na,b\n"])
def test_csv_without_one_value_column_is_invalid(body):
    with pytest.raises(Invalid):
        read(body, "csv")


def test_csv_with_a_quote_that_never_ends_is_malformed():
    with pytest.raises(Malformed):
        read(b'value\n"abc\n', "csv")


def test_line_that_is_too_long_is_cut_and_its_neighbours_survive():
    long = b"a" * (3 * v.LINE_BYTES)
    found = read(b"x\n" + long + b"\ny", "list", pieces=1000)
    assert [n for n, _ in found] == [1, 2, 3]
    assert len(found[1][1]) > v.LINE_BYTES


def test_gzip_of_several_members_is_one_body():
    packed = gzip.compress(b"a\n") + gzip.compress(b"b\n")
    cut = [packed[i : i + 5] for i in range(0, len(packed), 5)]
    assert b"".join(reading.unpacked(cut, "gzip")) == b"a\nb\n"


@pytest.mark.parametrize("body", [b"plain", gzip.compress(b"abc" * 50, mtime=0)[:-9]])
def test_gzip_that_is_broken_is_malformed(body):
    with pytest.raises(Malformed):
        list(reading.unpacked([body], "gzip"))


def test_body_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(v, "BODY_BYTES", 1000)
    with pytest.raises(TooLarge):
        list(reading.unpacked([gzip.compress(b"0" * 100_000)], "gzip"))


def test_other_media_types_are_unsupported():
    with pytest.raises(UnsupportedType):
        reading.format_of("application/xml")
    with pytest.raises(UnsupportedType):
        list(reading.unpacked([b""], "br"))
