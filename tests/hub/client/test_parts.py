"""The parts of the toolkit: lists of one's own, kept streams, work on all cores."""

import gzip
import sqlite3
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from hub.client.asking import Found, of_one_line
from hub.client.errors import ToolError, UnverifiedError
from hub.client.ownlist import Line, OwnList
from hub.client.spreading import AHEAD, ALONE, spread
from hub.client.state import State

PLACE = UUID(int=1)


def own(tmp_path: Path, content: bytes, name: str = "own.csv", **more: str) -> list:
    path = tmp_path / name
    path.write_bytes(content)
    return [tuple(line) for line in OwnList(path, **more)]


def test_list_counts_blank_lines_and_leaves_comments_out(tmp_path):
    text = b"\xef\xbb\xbfone\n\n# no\n  two \r\n\xff\n"
    expected = [(1, "one"), (4, "two"), (5, "\udcff")]
    assert own(tmp_path, text, "own.txt") == expected
    assert own(tmp_path, gzip.compress(text), "own.txt.gz") == expected


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        (b"a,value,b\n1,x,2\n\n3,y\n", {}, [(2, "x"), (4, "y")]),
        (b"phone,email\n1,2\n", {"column": "EMAIL "}, [(2, "2")]),
        (b"only\nx\n", {}, [(2, "x")]),
        (b"a;phone\n1;2\n", {"delimiter": ";"}, [(2, "2")]),
        (b'n,value\n"1\n2",x\n3,y\n', {}, [(2, "x"), (4, "y")]),
        (b"n,value\n1\n", {}, [(2, "")]),
        (b'"n\nm",value\n1,x\n', {}, [(3, "x")]),
    ],
)
def test_table_gives_the_column_of_values(tmp_path, text, more, expected):
    assert own(tmp_path, text, **more) == expected


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (b"", {}),
        (b"a,b\n1,2\n", {}),
        (b"phone,email\n1,2\n", {}),
        (b"value,value\n1,2\n", {}),
        (b"a,b\n1,2\n", {"column": "c"}),
        (b"value\n" + b"x" * 200_000 + b"\n", {}),
    ],
)
def test_table_without_one_plain_column_of_values_is_refused(tmp_path, text, more):
    with pytest.raises(ToolError):
        own(tmp_path, text, **more)


@pytest.mark.parametrize("name", ["own.txt", "own.csv", "own.txt.gz"])
def test_line_without_an_end_is_named_and_never_held(tmp_path, name):
    path = tmp_path / name
    content = b"value\nx\n" + b"y" * 60_000_000
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    tracemalloc.start()
    try:
        with pytest.raises(ToolError, match=rf"Line 3 of .*{name} has 1,048,576 char"):
            list(OwnList(path))
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


def test_long_line_with_an_end_is_a_line(tmp_path):
    content = b"x" * 1_000_000 + b"\ny\n"
    assert [line for line, _ in own(tmp_path, content, "own.txt")] == [1, 2]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('"x,1\n3,y\n4,z\n', 2),
        ('"x', 2),
        ('2,x\n3,"y\n4,z\n5,"w"\n', 3),
        ('2,x\n"3,y\n4,z\n"5",w\n', 3),
        ('2,x\n"3\n3",y\n"4,y\n5,"w"\n', 5),
        ('"2\n2","x\n4,z\n', 3),
        ('2,"x\n3,y\n4,z",more\n', 2),
        ('"2",x\r\n"3,y\r\n"4",z\r\n', 3),
        ('2,"x' + "\n3,y" * 50_000, 2),
    ],
)
def test_quote_that_is_not_closed_is_named_by_its_line(tmp_path, rows, line):
    said = f"opened on line {line} is not closed"
    with pytest.raises(ToolError, match=said):
        own(tmp_path, f"n,value\n{rows}".encode())


def test_cells_may_hold_line_breaks_and_quotes(tmp_path):
    text = 'n,value\n"1\n2 ""x"" , y\n",x\n3,"y" z\n"4",\n\n5\n'
    expected = [(2, "x"), (5, "y z"), (6, ""), (8, "")]
    assert own(tmp_path, text.encode()) == expected


def test_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ToolError, match=r"nowhere\.txt cannot be read"):
        OwnList(tmp_path / "nowhere.txt")
    (tmp_path / "bad.gz").write_bytes(gzip.compress(b"x" * 9999)[:-9])
    with pytest.raises(ToolError, match="damaged"):
        list(OwnList(tmp_path / "bad.gz"))


def release(number: int, token: str = "aa" * 32, **more: object) -> dict:
    said = {"kind": "release", "id": str(UUID(int=number)), "token": f"1:{token}"}
    return {**said, **more}


def test_state_moves_records_and_cursor_together(tmp_path):
    with State.at(tmp_path, PLACE) as state:
        state.apply("", [release(1), release(2, "bb" * 32)], "1.2")
        with pytest.raises(UnverifiedError):
            state.apply("1.2", [release(3), {"kind": "release", "id": "?"}], "1.4")
    with State.at(tmp_path, PLACE) as state:
        assert (state.cursor, state.count()) == ("1.2", 2)
        again = release(1, "cc" * 32, confidence=9)
        gone = {"kind": "tombstone", "id": str(UUID(int=2))}
        state.apply("1.2", [again, gone, {"kind": "control", "event": "x"}], "1.5")
        assert list(state.everything()) == [again]
        assert list(state.heads()) == [0xCCCCCCCCCCCCCCCC]
        assert state.records(1, bytes([0xCC]) * 32) == [again]
        assert state.records(2, bytes([0xCC]) * 32) == []


def test_state_is_not_moved_by_two(tmp_path):
    with State.at(tmp_path, PLACE) as one, State.at(tmp_path, PLACE) as other:
        one.apply("", [release(1)], "1.1")
        with pytest.raises(ToolError, match="Another process"):
            other.apply("", [release(2)], "1.2")
        assert one.count() == 1


def test_state_that_is_no_state_is_refused(tmp_path):
    with pytest.raises(ToolError, match="pull it first"):
        State.at(tmp_path, PLACE, new=False)
    (tmp_path / f"{PLACE}.sqlite3").write_bytes(b"nonsense" * 1000)
    with pytest.raises(ToolError, match=sqlite3.DatabaseError.__name__):
        State.at(tmp_path, PLACE)


def lengths(more: int):
    return lambda piece: (len(piece) + more, piece[0])


def test_work_comes_back_in_order_and_reads_no_further_than_it_must():
    taken = 0

    def lines() -> Iterator[int]:
        nonlocal taken
        for number in range(400):
            taken += 1
            yield number

    found = spread(lengths, (1,), lines(), jobs=2, size=10)
    first = next(found)
    assert taken <= (ALONE + 1 + AHEAD * 2) * 10 < 400
    assert [first, *found] == [(11, number) for number in range(0, 400, 10)]


def test_short_work_is_done_here():
    assert list(spread(lengths, (0,), range(7), jobs=8, size=5)) == [(5, 0), (2, 5)]


FEW = {"originators": "6", "over_correlating": False, "reason": None}
MANY = {"originators": "100 or more", "over_correlating": True, "reason": "So many."}


@pytest.mark.parametrize(
    ("first", "second", "told", "cut"),
    [
        (None, FEW, FEW, True),
        (FEW, None, FEW, False),
        (FEW, MANY, MANY, True),
        (MANY, FEW, MANY, True),
    ],
)
def test_line_with_several_digests_tells_what_the_one_with_a_hit_tells(
    first, second, told, cut
):
    line = Line(7, "own.example")
    results = [
        {"line": place, "releases": [{"id": str(place)}]}
        | ({"correlation": said, "cut": place == 2} if said else {"releases": []})
        for place, said in ((1, first), (2, second))
    ]
    (found,) = of_one_line(Found(line, each) for each in results)
    assert found.line == line
    assert found.result["line"] == 7
    assert (found.result["correlation"], found.result["cut"]) == (told, cut)
    assert len(found.result["releases"]) == (first is not None) + (second is not None)
