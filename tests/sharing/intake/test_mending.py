"""Faulty lines are shown to those who may send them, mended, and sent again, once."""

import csv
import io
import json
from uuid import UUID

import pytest
from django.urls import reverse

from hub.lib.errors import Forbidden, Invalid, NotFound
from orgs.accounts.actor import Role
from sharing.indicators.models import Indicator
from sharing.intake import resubmitting, selectors, services
from sharing.intake.models import LineProblem, Submission
from tests.cast import acting, browser_of, person_in
from tests.coalition import collection, send, work_off
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

LINES = [
    "nothing at all",
    {"value": "a.example", "confidence": 300, "labels": ["parcel"]},
    {"value": "good.example"},
    {"value": "google.com"},
    {"value": "@nobody nowhere", "type": "platform_account"},
]


@pytest.fixture
def batch(coalition, alice):
    return send(alice, LINES, scam_type="romance", tlp="green")


def test_lines_are_shown_as_they_were_sent(batch, alice, frank):
    found = resubmitting.originals(acting(alice), batch.id, [1, 2, 3, 4])
    assert found[1] == "nothing at all"
    assert json.loads(found[2])["confidence"] == 300
    assert found[4] == "google.com"
    assert 3 not in found
    with pytest.raises(NotFound):
        resubmitting.originals(acting(frank), batch.id, [1])


def test_lines_are_neither_shown_to_nor_sent_by_whoever_may_not_submit(batch, meadow):
    auditor = acting(person_in(meadow, "aud", Role.AUDITOR))
    with pytest.raises(Forbidden):
        resubmitting.originals(auditor, batch.id, [1])
    with pytest.raises(Forbidden):
        resubmitting.resubmit(
            actor=auditor, submission_id=batch.id, texts={1: "mended.example"}
        )


def test_changed_lines_alone_are_sent_again_with_the_same_defaults(batch, alice):
    texts = resubmitting.originals(acting(alice), batch.id, [1, 2, 4])
    texts[1] = "mended[.]example"
    texts[2] = texts[2].replace("300", "30")
    new = resubmitting.resubmit(
        actor=acting(alice), submission_id=batch.id, texts=texts
    )
    work_off()
    view = selectors.submission(acting(alice), new.id)
    assert (view.lines, view.accepted) == (2, 2)
    assert view.defaults == {"scam_type": "romance", "tlp": "green"}
    rows = {row.line: row for row in selectors.problems(acting(alice), batch.id)}
    assert rows[1].mended_in == rows[2].mended_in == new.id
    assert rows[4].mended_in is None
    kept = stored(LineProblem).filter(sealed_line__isnull=False)
    assert set(kept.values_list("line", flat=True)) == {4, 5}


def test_nothing_is_sent_twice(batch, alice):
    texts = {1: "mended.example"}
    resubmitting.resubmit(actor=acting(alice), submission_id=batch.id, texts=texts)
    with pytest.raises(Invalid):
        resubmitting.resubmit(actor=acting(alice), submission_id=batch.id, texts=texts)
    assert stored(Submission).count() == 2


def test_table_of_problems_is_submitted_as_it_is_once_it_is_mended(batch, alice):
    client = browser_of(alice)
    answer = client.get(f"/submissions/{batch.id}/problems.csv")
    text = answer.getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["line"] for row in rows] == ["1", "2", "4", "5"]
    assert (rows[1]["value"], rows[1]["confidence"], rows[1]["labels"]) == (
        "a.example",
        "300",
        "parcel",
    )
    said = [(row["scam_type"], row["tlp"]) for row in rows]
    assert said == [("romance", "green")] * 4
    assert rows[3]["value"] == "'@nobody nowhere"  # what a spreadsheet must not run
    rows[0]["value"], rows[1]["confidence"] = "mended.example", "30"
    rows[3]["value"] = "'@nobody"
    rows[3]["type"] = "payment_handle"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows[:2])
    new, _ = services.submit(
        actor=acting(alice),
        stream=[out.getvalue().encode()],
        content_type="text/csv",
        defaults={"scam_type": "other", "tlp": "red"},  # as the form may stand
    )
    work_off()
    assert selectors.submission(acting(alice), new.id).accepted == 2
    assert set(stored(Indicator).values_list("scam_type", "tlp")) == {
        ("romance", "green")
    }


def test_lines_go_to_those_alone_that_their_submission_was_for(coalition, alice):
    fraud = str(collection("Fraud prevention"))
    batch = send(alice, ["nothing at all"], audience=fraud)
    resubmitting.resubmit(
        actor=acting(alice), submission_id=batch.id, texts={1: "mended.example"}
    )
    work_off()
    assert stored(Indicator).get().audience == [UUID(fraud)]


def test_page_mends_and_undoes(batch, alice, frank):
    client = browser_of(alice)
    page = client.get(f"/submissions/{batch.id}").content.decode()
    assert 'value="nothing at all"' in page
    mended = client.post(
        reverse("submission-mend", args=[batch.id]),
        {"line-1": "mended.example", "line-x": "no", "line-4": "google.com"},
    )
    new = stored(Submission).exclude(pk=batch.pk).get()
    assert mended["Location"] == f"/submissions/{new.id}"
    again = client.post(reverse("submission-mend", args=[batch.id]), follow=True)
    assert "Change at least one line" in again.content.decode()
    work_off()
    done = client.post(reverse("submission-undo", args=[new.id]), follow=True)
    assert "Being undone" in done.content.decode()
    assert client.get(f"/submissions/{new.id}/progress").status_code == 200
    work_off()
    told = client.get(f"/submissions/{new.id}/progress")
    assert (told.status_code, "Undone" in told.content.decode()) == (286, True)
    for name in ("submission-mend", "submission-undo"):
        said = {"line-1": "x.example"}
        refused = browser_of(frank).post(reverse(name, args=[batch.id]), said)
        assert refused.status_code == 404
