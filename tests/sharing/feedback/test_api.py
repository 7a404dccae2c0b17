"""Feedback over the API: as documented, per line, and nothing for strangers."""

from uuid import uuid4

import pytest

from sharing.feedback.models import Sighting, Verdict
from sharing.indicators.models import Indicator
from tests.cast import home_of
from tests.hub.api.caller import Caller
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)


def lines(*said):
    return {
        "lines": [
            dict(zip(("release", "kind"), map(str, x), strict=True)) for x in said
        ]
    }


def test_many_are_told_of_at_once_each_line_by_itself(record, bob):
    answer = Caller(bob).post(
        "feedback", lines((record, "blocked"), (uuid4(), "seen"), (record, "helpful"))
    )
    told = answer.json()
    assert (told["lines"], told["given"], told["changed"]) == (3, 2, 2)
    first, second, _ = told["results"]
    assert first == {"line": 1, "release": str(record), "kind": "blocked"}
    assert second["error"]["code"] == "unknown-release"
    assert second.keys() == {"line", "error"}
    assert stored(Verdict).count() == stored(Sighting).count() == 1


def test_feedback_is_read_by_giver_and_owner_and_by_no_stranger(
    record, alice, bob, carol, frank
):
    Caller(bob).post("feedback", lines((record, "outdated"), (record, "seen")))
    mine = Caller(bob).get(f"releases/{record}/feedback").json()
    assert (mine["roll_up"], mine["counts"]) == ("negative", {"outdated": 1})
    assert mine["verdicts"][0]["yours"]
    claim = stored(Indicator).get(owner=home_of(alice)).pk
    hers = Caller(alice).get(f"indicators/{claim}/feedback").json()
    assert hers["roll_up"] == "negative"
    [clause] = hers["clauses"]
    assert clause["feedback"]["verdicts"][0]["giver"]["name"] == "Harbour Bank"
    assert clause["feedback"]["sightings"][0]["count"] == 1
    assert Caller(frank).get(f"releases/{record}/feedback").json()["verdicts"] == []
    assert Caller(carol).get(f"releases/{record}/feedback").status_code == 404
    assert Caller(bob).get(f"indicators/{claim}/feedback").status_code == 404
    key = Caller(bob, scopes=["submit"])
    assert key.get(f"releases/{record}/feedback").status_code == 403
    assert key.post("feedback", lines((record, "seen"))).status_code == 403


def test_own_words_are_taken_back(record, bob, frank):
    Caller(bob).post("feedback", lines((record, "outdated"), (record, "seen")))
    path = f"releases/{record}/feedback"
    caller = Caller(bob)
    assert Caller(frank).call("DELETE", path).status_code == 404
    assert caller.call("DELETE", path, query={"kind": "no such"}).status_code == 400
    one = caller.call("DELETE", path, query={"kind": "seen"})
    assert one.json() == {"release": str(record), "taken_back": 1}
    assert caller.call("DELETE", path).json()["taken_back"] == 1
    assert caller.call("DELETE", path).status_code == 404


@pytest.mark.parametrize("body", [{}, {"lines": {}}, {"lines": [{}] * 1001}])
def test_body_that_is_none_is_refused_whole(record, bob, body):
    assert Caller(bob).post("feedback", body).status_code == 422
