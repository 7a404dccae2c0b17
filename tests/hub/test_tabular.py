"""Tables of pages as CSV: what the page shows, to whom it shows it."""

import csv
import re

import pytest
from django.urls import reverse

from hub.tabular import tables_of
from orgs.accounts.actor import Role
from tests.cast import browser_of, home_of, key_of, person_in
from tests.coalition import send

PAGE = """
<main><section aria-labelledby="first-one"><h2 id="first-one">First</h2>
<table><thead><tr><th>Name</th><th>Since</th><th><span class="visually-hidden">Act</span></th></tr></thead>
<tbody>
<tr><td>=cmd|1 <svg class="icon"><use href="#x"></use></svg><div class="muted">and a line</div></td>
<td><time datetime="2026-01-31T09:05:07Z" title="x">3 days ago</time></td>
<td><form><input name="a"><button>Revoke</button></form></td></tr>
<tr><td colspan="2">Both &amp; all<br>of it</td><td></td></tr>
</tbody></table>
<table><tr><td>plain</td></tr></table></section>
<table id="own"><tr><th>A</th></tr></table></main>
"""


def test_cells_hold_what_is_read_without_what_acts():
    first, second, third = tables_of(PAGE)
    assert first.name == "first-one"
    assert first.columns == ["Name", "Since"]
    assert first.rows == [
        ["=cmd|1 and a line", "2026-01-31T09:05:07Z"],
        ["Both & all of it", ""],
    ]
    assert (second.name, second.rows) == ("first-one-2", [["plain"]])
    assert (third.name, third.columns, third.rows) == ("own", ["A"], [])


def rows_of(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]
    return list(csv.reader(answer.getvalue().decode().splitlines()))


@pytest.mark.django_db
def test_one_table_is_a_csv_with_a_header(alice, meadow):
    key_of(alice)
    head, row = rows_of(browser_of(alice).get(reverse("credentials") + "?csv=keys"))
    assert head == ["Name", "Begins with", "May", "Made", "Last used", "Ends"]
    assert row[0] == "test"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z Alice", row[3])


@pytest.mark.django_db
def test_all_tables_follow_each_other_under_their_names(coalition, bob, alice):
    send(alice, ["login-harbour.scam.example"], confidence="80", tlp="green")
    answer = browser_of(bob).get(reverse("agreements") + "?csv=all")
    assert 'filename="agreements.csv"' in answer["Content-Disposition"]
    rows = rows_of(answer)
    assert rows[0] == ["agreements"]
    assert rows[1][0] == "Agreement"
    assert rows[2][0] == "Coalition against scams"


@pytest.mark.django_db
def test_formulas_stay_texts(alice, meadow):
    person_in(meadow, "=1+1", email="x@meadow.example")
    found = rows_of(browser_of(alice).get(reverse("members") + "?csv=people"))
    assert "'=1+1" in {row[0] for row in found}


@pytest.mark.django_db
def test_csv_is_refused_as_the_page_is(alice):
    auditor = person_in(home_of(alice), "aud", Role.AUDITOR)
    for person, name, status in (
        (auditor, "members", 403),
        (auditor, "received", 403),
        (alice, "held", 403),
    ):
        answer = browser_of(person).get(reverse(name) + "?csv=all")
        assert answer.status_code == status
        assert "csv" not in answer["Content-Type"]


@pytest.mark.django_db
def test_table_that_is_none_is_not_found(alice):
    assert browser_of(alice).get(reverse("members") + "?csv=x").status_code == 404
