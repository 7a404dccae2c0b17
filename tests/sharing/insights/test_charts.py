"""Pictures that a strict policy lets through, and that say what they show."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from sharing.insights.charts import Bar, Line, bars, lines, sparkline
from sharing.insights.times import label, said, took

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
VALUES = st.lists(st.none() | st.integers(0, 10**9), max_size=12)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


@given(VALUES, WORDS)
def test_picture_is_well_formed_whatever_it_is_of(
    values: list[int | None], word: str
) -> None:
    rows = [Bar(word, value, word) for value in values]
    drawn = [
        bars("b", word, word, rows),
        lines("l", word, word, [word for _ in values], [Line(word, values)]),
        sparkline("s", word, values),
    ]
    for svg in drawn:
        root = parsed(svg)
        assert root.find("title") is not None
        assert root.get("role") == "img"
        assert "style" not in svg.replace(word, "")
        numbers = re.findall(r'\s(?:x|y|width|height|cx|cy)="([^"]*)"', svg)
        assert all(float(each) >= 0 for each in numbers)


def test_bars_are_as_long_as_their_numbers() -> None:
    rows = [Bar("a", 10, "10"), Bar("b", 5, "5"), Bar("c", None, "withheld")]
    drawn = parsed(bars("b", "t", "d", rows)).findall("rect")
    widths = [(each.get("class"), float(each.get("width") or 0)) for each in drawn]
    assert widths[0][1] == 2 * widths[1][1]
    assert widths[2][0] == "chart__hidden"


def test_line_has_a_gap_where_nothing_is_told() -> None:
    drawn = parsed(lines("l", "t", "d", ["1", "4"], [Line("a", [1, 2, None, 3])]))
    assert len(drawn.findall("polyline")) == 2
    assert len(drawn.findall("circle")) == 3


def test_names_are_no_markup() -> None:
    svg = bars("b", "<script>", "x", [Bar("<b>&", 1, "1")])
    assert "<script>" not in svg
    assert "<b>" not in svg


def test_median_and_p90_are_the_edges_above() -> None:
    edges = (1, 60, 600, 86_400)
    found = took({0: 5, 1: 4, 4: 1}, edges)
    assert (found.count, found.median, found.p90) == (10, 1, 60)
    assert took({4: 3}, edges).median is None
    assert took({}, edges).median is None
    assert [said(each) for each in edges] == [
        *("1 second", "1 minute", "10 minutes"),
        "1 day",
    ]
    assert label(4, edges) == "over 1 day"
