"""The check over the API: as submitting is called, answered at once, kept nowhere."""

import json

import pytest

from sharing.intake.models import Submission
from tests.coalition import send
from tests.hub.api.caller import NDJSON, Caller
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

LINES = "\n".join(
    json.dumps(line)
    for line in [
        {"value": "hxxps://pay[.]example/x", "confidence": 80},
        {"value": "pay.example", "type": "domain"},
        "nothing at all",
        {"value": "google.com"},
        {"type": "phone", "nv": 1, "sha256": "9c" * 32},
        {"value": "4111 1111 1111 1111", "type": "payment_card"},
    ]
)


def test_check_answers_as_its_description_says(coalition, alice):
    found = Caller(alice).post("submissions/check", LINES, NDJSON)
    assert found.status_code == 200
    body = found.json()
    assert (body["lines"], body["counted"], body["more"]) == (6, 6, False)
    assert body["counts"] == {"created": 4, "rejected": 1, "stopped": 1}
    one, two, three, _, five, six = body["results"]
    assert (one["type"], one["how"], one["value"]) == (
        "url",
        "guessed",
        "https://pay.example/x",
    )
    assert (two["how"], three["outcome"]) == ("named", "rejected")
    assert [each["code"] for each in five["notices"]] == ["by-hash"]
    assert six["value"] == "…1111"
    clauses = {each["clause"]["name"]: each for each in body["clauses"]}
    [sample] = [
        each
        for each in clauses["Investigation"]["samples"]
        if each["payload"]["type"] == "url"
    ]
    assert sample["line"] == 1
    assert sample["payload"]["value"] == "https://pay.example/x"
    assert stored(Submission).count() == 0


def test_defaults_come_as_when_submitting(coalition, alice):
    found = Caller(alice).post(
        "submissions/check", "a.example", "text/plain", query={"tlp": "red"}
    )
    assert all(each["new"] == 0 for each in found.json()["clauses"])
    wrong = Caller(alice).post(
        "submissions/check", "a.example", "text/plain", query={"tpl": "red"}
    )
    assert wrong.status_code == 400


def test_nobody_learns_of_others_claims(coalition, alice, frank):
    send(frank, [{"value": "a.example"}])
    found = Caller(alice).post("submissions/check", "a.example", "text/plain").json()
    assert found["counts"] == {"created": 1}


@pytest.mark.parametrize("scopes", [["submit"], ["read"]])
def test_key_needs_both_scopes(coalition, alice, scopes):
    found = Caller(alice, scopes=scopes).post(
        "submissions/check", "a.example", "text/plain"
    )
    assert found.status_code == 403
