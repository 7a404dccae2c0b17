"""What people paste, value by value: types guessed, faults by line, nothing twice."""

import pytest

from hub.lib.errors import Invalid
from sharing.intake.rawlines import RawLine
from sharing.lookup import pasting
from sharing.tokens import scheme
from sharing.vocabulary import LOOKUP_LINES

HOST = "parcel-fee.example"


def read(text, kind=None, region=None):
    return pasting.read(text, kind, region)


def values(text, **more):
    return [each.text for each in read(text, **more).values if not each.fault]


def test_values_are_read_when_they_are_defanged():
    pasted = f"hxxps://parcel-fee[.]example/pay\n\n{HOST}\nmule(at)mail[.]example\n"
    assert values(pasted) == [
        "https://parcel-fee.example/pay",
        HOST,
        "mule@mail.example",
    ]


def test_lines_are_counted_as_people_do_when_some_are_blank_or_remarks():
    paste = read(f"# from a colleague\n\n{HOST}\nnothing at all\n")
    assert [each.lines for each in paste.values] == [[3], [4]]
    assert paste.lines == 2


def test_value_is_asked_once_when_it_stands_there_twice():
    paste = read(f"{HOST}\nother.example\nPARCEL-FEE[.]example\n")
    assert [(each.text, each.lines) for each in paste.values] == [
        (HOST, [1, 3]),
        ("other.example", [2]),
    ]
    assert [each.line for each in paste.question.lines] == [1, 2]


def test_type_of_a_csv_line_counts_when_it_names_one():
    paste = read(f"type,value,comment\ndomain,{HOST},x\n,{HOST}/pay,\nnone,{HOST},\n")
    host, url, bad = paste.values
    assert (host.asked.kind, host.asked.guessed, host.lines) == ("domain", False, [2])
    assert (url.asked.kind, url.asked.guessed) == ("url", True)
    assert (bad.lines, bad.field) == ([4], "type")


def test_hash_finds_what_its_value_does_when_a_csv_holds_hashes():
    digest = scheme.digest("domain", 1, HOST).hex()
    (by_hash,) = read(f"type,nv,digest\ndomain,1,{digest}\n").values
    (by_value,) = read(HOST).values
    assert by_hash.asked.digest == by_value.asked.digest


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("nothing at all", "value"),
        ("020 7946 0958", "value"),
        ('{"value": 7}', "value"),
        ('{"value": "x.example", "region": 7}', "region"),
        ('{"value": "x.example", "type": ["domain"]}', "type"),
        ('{"type": ["domain"], "nv": 1, "digest": {}}', "value"),
        ("{broken", "line"),
        ("[1,", "value"),
    ],
)
def test_bad_line_harms_no_other_when_it_cannot_be_read(line, field):
    more = '{"value": "good.example"}' if line.startswith("{") else "good.example"
    bad, good = read(f"{line}\n{more}").values
    assert bad.fault.endswith((".", "!"))
    assert bad.field == field
    assert good.text == "good.example"


def test_telephone_is_read_when_a_region_is_named():
    assert values("020 7946 0958", region="GB") == ["+442079460958"]


def test_values_are_found_when_they_stand_in_prose():
    prose = "Seen 2024-11-25: victim paid at hxxps://parcel-fee[.]example, then (evil.example)."
    assert values(prose) == ["https://parcel-fee.example/", "evil.example"]


@pytest.mark.parametrize(
    "line",
    [f"{HOST},phishing,2024", f"{HOST}\tphishing", f"{HOST} phishing", f"<{HOST}>; 7"],
)
def test_value_is_found_when_it_stands_in_a_table_without_a_header(line):
    assert values(line) == [HOST]


def test_no_more_words_are_tried_than_the_bound_when_a_paste_is_all_prose():
    reader = pasting._Reader(None, None, words=3)
    line = RawLine(1, b'"no.1 no.2 no.3 evil.example"')
    assert [each.fault for each in reader.read(line)] != [""]
    assert [each.text for each in pasting._Reader(None, None, words=4).read(line)] == [
        "evil.example"
    ]


def test_broken_url_has_no_parts():
    assert values("https://parcel fee.example/pay") == []


def test_value_with_a_fault_of_its_own_is_not_taken_apart():
    assert values("1 2 parcel-fee.example", kind="phone") == []
    assert values("see parcel-fee.example", kind="domain") == []


def test_card_is_shown_by_its_end_when_it_is_looked_up():
    assert values("4111 1111 1111 1111") == ["…1111"]


def test_no_more_than_the_bound_is_taken_when_lines_are_many():
    lines = [f"h{n}.example" for n in range(LOOKUP_LINES)]
    assert len(read("\n".join(lines)).values) == LOOKUP_LINES
    with pytest.raises(Invalid, match="second go"):
        read("\n".join([*lines, "one.more.example"]))
    with pytest.raises(Invalid, match="second go"):
        read("\n".join([f"see a{n}.example b{n}.example" for n in range(6_000)]))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_table_is_read_when_other_than_commas_part_its_cells(delimiter):
    rows = [("Domain", "Colour"), ("a[.]example", "red, or blue"), ("b.example", "")]
    text = "\ufeff" + "".join(delimiter.join(row) + "\r\n" for row in rows)
    found = pasting.read(text, None, None)
    assert [each.text for each in found.values] == ["a.example", "b.example"]
    assert [each.lines for each in found.values] == [[2], [3]]
