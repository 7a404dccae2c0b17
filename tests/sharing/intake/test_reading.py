"""Bodies in every format become numbered lines."""

import codecs
import csv
import gzip
import io
import itertools

import orjson
import pytest

from hub.lib.errors import Invalid, Malformed, TooLarge, UnsupportedType
from sharing import vocabulary as v
from sharing.intake import reading
from sharing.intake.rawlines import RawLine
from sharing.intake.tables import delimiter_of, header_of, proposed, renamed


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


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["bare", "mark"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_table_is_read_whatever_parts_its_cells(delimiter, ends, mark):
    rows = [
        ["Value", "Note", "colour"],
        ["a.example", "one; two, three\tfour", ""],
        ["b.example", 'said "no"', "red"],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ends).writerows(rows)
    found = read(mark + out.getvalue().encode(), "csv")
    assert [(n, orjson.loads(data)) for n, data in found] == [
        (2, {"value": "a.example", "note": "one; two, three\tfour"}),
        (3, {"value": "b.example", "note": 'said "no"'}),
    ]


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("value", ","),
        ("value,labels;more", ","),
        ("value;labels,more", ";"),
        ("Indicator;Category;Tags", ";"),  # of others: known by what they mean
        ("Colour\tShape", "\t"),
        ('"value";"a, b, c"', ";"),
        ('value;"never ends', ";"),
        ("", ","),
    ],
)
def test_delimiter_is_what_finds_most_names(header, delimiter):
    assert delimiter_of(header) == delimiter


@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
def test_columns_are_renamed_under_the_delimiter_of_their_table(delimiter):
    body = b"Indicator,Colour,Tags\na.example,red,parcel\n".replace(b",", delimiter)
    names = header_of(body)
    assert names == ["Indicator", "Colour", "Tags"]
    table = b"".join(renamed([body], proposed(names)))
    assert [orjson.loads(data) for _, data in read(table, "csv")] == [
        {"value": "a.example", "labels": "parcel"}
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


@pytest.mark.parametrize("text", ["http://сайт.example/суп", "\uff21.example", "a/»"])
def test_first_line_loses_no_byte_to_a_byte_order_mark(text):
    for mark in ("", "\ufeff"):
        ((_, data),) = read((mark + text).encode(), "list")
        assert orjson.loads(data) == text


@pytest.mark.parametrize("form", ["list", "csv"])
def test_line_that_is_not_utf8_says_so_and_its_neighbours_survive(form):
    body = b"url\nhttp://a.example/\xe9\nb.example\n"
    found = [orjson.loads(data) for _, data in read(body, form)][-2:]
    assert "encoding" in found[0]
    assert found[1] in ("b.example", {"value": "b.example"})


def test_other_encoding_in_a_column_that_is_left_out_does_no_harm():
    ((_, data),) = read(b"value,tag\na.example,caf\xe9\n", "csv")
    assert orjson.loads(data) == {"value": "a.example"}


def test_csv_row_with_a_stray_quote_is_passed_on_and_its_neighbours_survive():
    body = b'value,tlp\na.example,\n"b".example,red\n"c.example",\r\nd\re,\nf.example,'
    found = [(n, orjson.loads(data)) for n, data in read(body, "csv")]
    assert found == [
        (2, {"value": "a.example"}),
        (3, {"quotes": "stray"}),
        (4, {"value": "c.example"}),
        (5, {"quotes": "stray"}),
        (6, {"value": "f.example"}),
    ]


def test_csv_row_that_is_too_long_is_passed_on_and_its_neighbours_survive():
    body = b'value,tag\na.example,\n"' + b"b" * 10**6 + b'",x\nc.example,\n'
    found = [(n, orjson.loads(data)) for n, data in read(body, "csv", pieces=9000)]
    assert [n for n, _ in found] == [2, 3, 4]
    assert "columns" in found[1][1]
    assert found[2][1] == {"value": "c.example"}


def test_csv_with_a_quote_that_swallows_lines_is_malformed():
    with pytest.raises(Malformed, match="after line 2"):
        read(b'value\na\n"b\nc\n"d\ne\n', "csv")


@pytest.mark.parametrize("pieces", [1000, 10**7])
def test_long_line_is_too_long_wherever_its_text_stands(pieces):
    space = b" " * (3 * v.LINE_BYTES)
    body = b"\n".join([b"a" + space + b"b" + space, space, space + b"c", b"d"])
    found = read(body, "ndjson", pieces=pieces)
    assert [(n, len(data) > v.LINE_BYTES) for n, data in found] == [
        (1, True),
        (3, False),
        (4, False),
    ]


@pytest.mark.parametrize(
    ("form", "body"),
    [("list", b"\n" * 9), ("csv", b"url\n" + b"\n" * 9), ("json", b"[1,2,3,4,5,6]")],
)
def test_body_of_too_many_lines_is_refused_although_they_are_blank(
    form, body, monkeypatch
):
    monkeypatch.setattr(v, "BODY_LINES", 5)
    with pytest.raises(TooLarge):
        read(body, form)


def test_gzip_of_empty_members_is_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(v, "BODY_BYTES", 1000)
    with pytest.raises(TooLarge):
        list(reading.unpacked(itertools.repeat(gzip.compress(b"")), "gzip"))


def test_chunks_span_few_lines_so_that_blank_ones_cost_nothing(monkeypatch):
    monkeypatch.setattr(v, "CHUNK_LINES", 3)
    numbers = [1, 2, 3, 4, 5, 36, 66, 1000]
    found = reading.chunks(RawLine(n, b"1") for n in numbers)
    cut = [[line.number for line in some] for some in found]
    assert cut == [[1, 2, 3], [4, 5], [36], [66], [1000]]
