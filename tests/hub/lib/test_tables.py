"""CSV to take along: nothing in it is a formula."""

import csv

import pytest

from hub.lib.tables import csv_rows, harmless


@pytest.mark.parametrize("start", [*"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"])
def test_cell_is_no_formula_when_it_starts_like_one(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("cell", ["plain", "a=1", "+442079460958", "-1", ""])
def test_cell_stays_as_it_is_when_no_spreadsheet_runs_it(cell):
    assert harmless(cell) == cell


def test_rows_come_back_when_cells_hold_all_that_divides_them():
    cells = ['a "b", c', "two\nlines", "=1", None, 7]
    lines = "".join(csv_rows(["a", "b", "c", "d", "e"], [cells]))
    head, row = csv.reader(lines.splitlines(keepends=True))
    assert head == ["a", "b", "c", "d", "e"]
    assert row == ['a "b", c', "two\nlines", "'=1", "", "7"]
