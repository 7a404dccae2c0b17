"""The demo reads a file just enough to send it and to number its lines."""

import gzip

import pytest

from hub.demo import reader
from hub.demo.errors import UnreadableError
from hub.demo.reader import CSV, LIST, NDJSON, Body
from sharing.intake import reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"evil.example\nhxxp://evil[.]example/a\n", LIST),
        (b"# a comment\n0.0.0.0 evil.example\n", LIST),
        (b"type,value,label\ndomain,evil.example,x\n", CSV),
        (b"address,tag\n0x00,1\n", CSV),
        (b"\xef\xbb\xbfdomain\nevil.example\n", CSV),
        (b'"Value","note"\n"evil.example","a, b"\n', CSV),
        (b'{"value":"evil.example"}\n', NDJSON),
        (b'"evil.example"\n', NDJSON),
        (b'{"value": broken\n', NDJSON),
        (b"a,b\nevil.example,1\n", LIST),
    ],
)
def test_content_type_is_found_when_the_first_line_tells(text, expected):
    assert reader.content_type(text) == expected


def test_content_type_refuses_a_file_when_it_says_nothing():
    with pytest.raises(UnreadableError):
        reader.content_type(b"\n# only a comment\n")


def test_read_keeps_the_bytes_when_the_file_is_gzip(tmp_path):
    packed = gzip.compress(b"evil.example\n")
    (tmp_path / "list.gz").write_bytes(packed)
    body = reader.read(tmp_path / "list.gz")
    assert (body.data, body.gzipped, body.content_type) == (packed, True, LIST)
    assert list(body.records()) == [(1, {"value": "evil.example"})]


def test_read_refuses_a_file_when_its_gzip_is_cut(tmp_path):
    (tmp_path / "list.gz").write_bytes(gzip.compress(b"evil.example\n")[:-4])
    with pytest.raises(UnreadableError, match="gzip"):
        reader.read(tmp_path / "list.gz")


BODIES = [
    (LIST, b"\xef\xbb\xbfone.example\r\n\n# no\ntwo.example"),
    (
        CSV,
        b'url,source,note\n"one.example",x,"a\nb"\n\n,x,\ntwo.example,x\nthree.example,,\n',
    ),
    (CSV, b"domain\none.example\ntwo.example\n"),
    (NDJSON, b'"one.example"\n\n{"value":"two.example"}\nbroken\n[1]\n'),
]


@pytest.mark.parametrize(("media", "data"), BODIES)
def test_records_have_the_line_numbers_of_the_hub_when_some_are_blank(media, data):
    ours = [number for number, _ in Body("x", media, data).records()]
    hubs = [raw.number for raw in reading.lines([data], reading.format_of(media))]
    assert ours == hubs


def test_records_carry_fields_and_type_when_csv_columns_name_them():
    data = b"domain,scam_type,colour\nevil.example,romance,red\n,phishing,red\n"
    assert list(Body("x", CSV, data).records()) == [
        (2, {"value": "evil.example", "scam_type": "romance", "type": "domain"}),
        (3, {"scam_type": "phishing", "type": "domain"}),
    ]


def test_sample_keeps_every_third_row_and_the_header_when_it_is_csv():
    rows = b"".join(b'%d.example,"a\nb"\n' % n for n in range(7))
    body = Body("x.csv", CSV, b"value,note\n" + rows)
    kept = reader.sample(body, 3)
    values = [record["value"] for _, record in kept.records() if record]
    assert values == ["0.example", "3.example", "6.example"]


def test_sample_unpacks_when_the_body_is_gzip():
    body = Body("x", LIST, gzip.compress(b"a.example\nb.example\n"), gzipped=True)
    assert reader.sample(body, 2).data == b"a.example\n"
