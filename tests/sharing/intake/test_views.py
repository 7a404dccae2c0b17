"""The pages of submissions: send, watch, mend, let through."""

import gzip
import io
import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from orgs.accounts.actor import Role
from sharing import pipeline
from sharing.intake import selectors
from sharing.intake.forms import pasted_type
from tests.cast import acting, browser_of, person_in
from tests.walls import by_worker

# Claims of the outbox go by the time of their transaction: each needs one of its own.
pytestmark = pytest.mark.django_db(transaction=True)

GOOD = "pig-butchering.example\nhxxps://wallet-drain[.]example/claim\n"
BAD = "not an indicator\n"
STOPPED = "google.com\n"
FORM = {"scam_type": "investment", "role": "perpetrator", "tlp": "green"}


def send(client: Client, **more):
    return client.post(
        reverse("submissions"), {**FORM, "confidence": 70, "lines": "", **more}
    )


def sent(client: Client, **more):
    """Submit, work it off, and give the address of its page."""
    response = send(client, **more)
    assert response.status_code == 302, response.content.decode()
    for shard in range(settings.OUTBOX_SHARDS):
        by_worker(pipeline.drain, shard)
    return response["Location"]


def newest(person):
    return selectors.submissions(acting(person))[0]


def test_lines_are_submitted_when_they_are_pasted(alice):
    sent(browser_of(alice), lines=GOOD, region="gb")
    found = newest(alice)
    assert (found.format, found.lines, found.accepted) == ("list", 2, 2)
    assert found.defaults["scam_type"] == "investment"
    assert found.defaults["tlp"] == "green"


@pytest.mark.parametrize(
    ("name", "body", "form"),
    [
        ("list.txt", b"a.example\nb.example\n", "list"),
        ("list.csv", b"domain,first_seen\na.example,\nb.example,\n", "csv"),
        ("no-suffix", b"value,tlp\na.example,red\nb.example,red\n", "csv"),
        (
            "excel.csv",
            b"\xef\xbb\xbfdomain;note\r\na.example;1,5\r\nb.example;\r\n",
            "csv",
        ),
        ("no-name", b"value;tlp\na.example;red\nb.example;red\n", "csv"),
        ("list.tsv", b"value\ttlp\na.example\tred\nb.example\tred\n", "csv"),
        ("x.ndjson", b'{"value":"a.example"}\n{"value":"b.example"}\n', "ndjson"),
        ("x.json", b'["a.example","b.example"]', "json"),
        ("list.txt.gz", gzip.compress(b"a.example\nb.example\n", mtime=0), "list"),
    ],
)
def test_file_is_read_by_its_name_when_it_is_uploaded(alice, name, body, form):
    file = io.BytesIO(body)
    file.name = name
    sent(browser_of(alice), file=file)
    found = newest(alice)
    assert (found.format, found.accepted) == (form, 2)


def test_form_comes_back_with_a_reason_when_nothing_was_given(alice):
    page = send(browser_of(alice))
    assert page.status_code == 422
    assert "Paste at least one line" in page.content.decode()


def test_form_comes_back_with_what_was_pasted_when_a_default_is_wrong(alice):
    page = send(browser_of(alice), lines=GOOD, region="GBR", confidence=101)
    assert page.status_code == 422
    assert "pig-butchering.example" in page.content.decode()
    assert "Two letters" in page.content.decode()


def test_file_is_refused_when_it_is_larger_than_memory_may_hold(alice, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    page = send(browser_of(alice), file=io.BytesIO(b"a.example\n" * 200))
    assert page.status_code == 422
    assert "larger files go by the API" in page.content.decode()


def test_file_stays_in_memory_when_it_is_uploaded(settings):
    assert all("Memory" in name for name in settings.FILE_UPLOAD_HANDLERS)


def test_page_counts_and_explains_when_some_lines_are_bad(alice):
    client = browser_of(alice)
    page = client.get(sent(client, lines=GOOD + BAD + STOPPED)).content.decode()
    assert "All 4 lines done" in page
    assert "rejected" in page
    assert "stopped" in page
    assert "Every line went through" not in page


def test_faulty_line_is_shown_as_it_was_sent_to_those_who_may_mend_it(alice):
    client = browser_of(alice)
    url = sent(client, lines=BAD)
    assert 'value="not an indicator"' in client.get(url).content.decode()


def test_progress_goes_on_while_lines_wait_and_stops_when_all_are_done(alice):
    client = browser_of(alice)
    url = send(client, lines=GOOD)["Location"]
    assert client.get(f"{url}/progress").status_code == 200
    assert "every 500ms" in client.get(url).content.decode()
    for shard in range(settings.OUTBOX_SHARDS):
        by_worker(pipeline.drain, shard)
    assert client.get(f"{url}/progress").status_code == 286
    assert "every 500ms" not in client.get(url).content.decode()


def test_problems_are_downloaded_as_csv_when_asked_for(alice):
    client = browser_of(alice)
    url = sent(client, lines=GOOD + BAD)
    answer = client.get(f"{url}/problems.csv")
    lines = answer.getvalue().decode().splitlines()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert lines[0].startswith("line,outcome")
    assert lines[1].startswith("3,rejected,value,")


def test_submission_is_unknown_when_another_organization_asks(alice, frank):
    url = sent(browser_of(alice), lines=GOOD)
    stranger = browser_of(frank)
    for path in (url, f"{url}/progress", f"{url}/problems.csv"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{url}/overrule/1").status_code == 404
    assert "pig-butchering" not in stranger.get("/submissions").content.decode()


def test_stop_goes_through_when_a_second_person_overrules_it(alice, meadow):
    url = sent(browser_of(alice), lines=GOOD + STOPPED)
    second = browser_of(person_in(meadow, "amy"))
    assert "Overrule" in second.get(url).content.decode()
    assert second.post(f"{url}/overrule/3")["Location"] == url
    for shard in range(settings.OUTBOX_SHARDS):
        by_worker(pipeline.drain, shard)
    assert newest(alice).accepted == 3
    assert "overruled" in second.get(url).content.decode()


def test_stop_stays_when_the_sender_overrules_it(alice):
    client = browser_of(alice)
    url = sent(client, lines=STOPPED)
    page = client.post(f"{url}/overrule/1", follow=True).content.decode()
    assert "A second person must overrule" in page
    assert newest(alice).stopped == 1


def test_form_is_missing_when_the_role_only_reads_audit(meadow):
    signatory = browser_of(person_in(meadow, "sig", Role.SIGNATORY))
    assert send(signatory, lines=GOOD).status_code == 403


def test_list_goes_on_with_older_ones_when_there_are_many(alice, monkeypatch):
    monkeypatch.setattr("sharing.intake.views.PAGE", 2)
    client = browser_of(alice)
    for number in range(3):
        send(client, lines=f"host{number}.example")
    first = client.get(reverse("submissions"))
    older = client.get(f"{reverse('submissions')}?before={first.context['older']}")
    assert len(first.context["submissions"]) == 2
    assert len(older.context["submissions"]) == 1
    assert older.context["older"] is None


def test_list_says_what_is_wrong_when_its_page_is_no_id(alice):
    client = browser_of(alice)
    assert client.get("/submissions?before=nothing").status_code == 400
    assert client.get(f"/submissions?before={uuid.uuid4()}").status_code == 404


def test_pages_lead_to_sign_in_when_nobody_is_signed_in():
    answer = Client().get(reverse("submissions"))
    assert answer["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize(
    ("text", "media"),
    [
        ("a.example\n[.]b", "text/plain"),
        ('{"value": "a.example"}', "application/x-ndjson"),
        ('[{"value": "a.example"}]', "application/json"),
        ("Type,Value\ndomain,a.example", "text/csv"),
        ("a.example, bad", "text/plain"),
        ("[2001:db8::1]", "text/plain"),
    ],
)
def test_pasted_text_is_told_by_its_beginning(text, media):
    assert pasted_type(text) == media


def test_submissions_of_one_state_alone_are_listed(alice):
    browser = browser_of(alice)
    sent(browser, lines=GOOD)
    send(browser, lines="waits.example\n")
    by_state = {
        state: [each.state for each in listed(browser, state)]
        for state in ("done", "accepting", "held", "")
    }
    assert by_state == {
        "done": ["done"],
        "accepting": ["accepting"],
        "held": [],
        "": ["accepting", "done"],
    }
    held = browser.get(reverse("submissions"), {"state": "held"}).content.decode()
    assert "Nothing is held." in held
    assert browser.get(reverse("submissions"), {"state": "x"}).status_code == 400


def listed(browser: Client, state: str):
    page = browser.get(reverse("submissions"), {"state": state})
    return page.context["submissions"]
