"""The page of a check: what was sent comes back to be submitted, columns are asked for."""

import gzip
import io

import pytest
from django.urls import reverse

from sharing.intake.models import Submission
from tests.cast import browser_of
from tests.coalition import work_off
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FORM = {"scam_type": "investment", "role": "perpetrator", "tlp": "green"}
FOREIGN = b"Indicator,Category,Tags\npay.example,bad,parcel\nrent.example,bad,\n"


def check(client, **more):
    said = {**FORM, "confidence": 70, "lines": "", **more}
    return client.post(reverse("submission-check"), said)


def named(name, body):
    file = io.BytesIO(body)
    file.name = name
    return file


def sent_again(client, page, **more):
    """What the page's own form would send."""
    form = page.context["form"]
    said = {
        field.html_name: field.value() or "" for field in form if field.name != "file"
    }
    response = client.post(reverse("submissions"), {**said, **more})
    assert response.status_code == 302, response.content.decode()
    work_off()
    return stored(Submission).get()


def test_page_shows_lines_partners_and_bytes(coalition, alice):
    page = check(browser_of(alice), lines="hxxps://pay[.]example/x\nnothing at all\n")
    text = page.content.decode()
    assert page.status_code == 200
    assert "2 lines checked" in text
    assert "https://pay.example/x" in text
    assert "Line 2, value:" in text
    assert "Liaison Office" in text
    assert "&quot;type&quot;:&quot;url&quot;" in text
    assert stored(Submission).count() == 0


def test_what_was_checked_is_submitted_as_it_was(coalition, alice):
    client = browser_of(alice)
    page = check(client, lines="pay.example\n", region="GB")
    batch = sent_again(client, page)
    assert (batch.lines, batch.defaults["region"], batch.defaults["tlp"]) == (
        1,
        "GB",
        "green",
    )


def test_file_comes_back_as_text_of_its_format(coalition, alice):
    client = browser_of(alice)
    page = check(client, file=named("x.csv", b"value,tlp\npay.example,red\n"))
    batch = sent_again(client, page)
    assert (batch.lines, batch.format) == (1, "csv")


@pytest.mark.parametrize(
    "file",
    [
        ("x.txt.gz", gzip.compress(b"pay.example\n", mtime=0)),
        ("x.txt", b"pay.example\n\xff\xfe\n"),
    ],
)
def test_file_must_be_chosen_again_when_it_is_no_plain_text(coalition, alice, file):
    text = check(browser_of(alice), file=named(*file)).content.decode()
    assert "choose it again" in text


def test_columns_of_a_foreign_table_are_asked_for_and_then_read(coalition, alice):
    client = browser_of(alice)
    page = check(client, file=named("theirs.csv", FOREIGN))
    assert "Say below what the columns are" in page.content.decode()
    found = page.context["columns"]["found"]
    assert [each.meant for each in found] == ["value", "", "labels"]
    carried = {"lines": FOREIGN.decode(), "format": "text/csv"}
    columns = {"column": ["value", "", "labels"]}
    page = check(client, **carried, **columns)
    assert page.status_code == 200
    assert page.context["counts"] == {"created": 2}
    assert sent_again(client, page, **columns).lines == 2


def test_columns_that_fit_the_table_no_longer_are_left(coalition, alice):
    page = check(
        browser_of(alice), lines="value\npay.example\n", column=["domain", "", ""]
    )
    assert page.context["counts"] == {"created": 1}


def test_every_line_is_taken_along_as_csv(coalition, alice):
    answer = check(browser_of(alice), lines="pay.example\nnothing\n", **{"as": "csv"})
    rows = answer.getvalue().decode().splitlines()
    assert rows[0] == "line,outcome,read_as,value,field,reason,same_as"
    assert rows[1] == "1,created,domain (guessed),pay.example,,,"
    assert rows[2].startswith("2,rejected,,nothing,value,")


def test_form_comes_back_with_a_reason_when_it_cannot_be_checked(coalition, alice):
    client = browser_of(alice)
    assert check(client).status_code == 422
    page = check(client, lines="[broken", format="application/json")
    assert page.status_code == 422
    assert "not a JSON array" in page.content.decode()
