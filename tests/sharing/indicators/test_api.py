"""An organization's own claims over the API."""

import pytest

from sharing.indicators.models import Indicator
from tests.coalition import send
from tests.hub.api.caller import NDJSON, Caller, rows
from tests.walls import stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet_bells"),
]

HOSTS = [f"number-{n}.example" for n in range(5)]


def test_claims_are_listed_with_what_was_said_and_without_the_value(alice):
    line = {
        "value": HOSTS[0],
        "scam_type": "romance",
        "confidence": 80,
        "labels": ["ring:7"],
        "first_seen": "2026-01-31T09:00:00Z",
        "note": "from the chat",
    }
    send(alice, [line], tlp="green")
    answer = Caller(alice).get("indicators")
    (claim,) = answer.json()["indicators"]
    assert claim["type"] == "domain"
    assert (claim["scam_type"], claim["confidence"], claim["tlp"]) == (
        "romance",
        80,
        "green",
    )
    assert claim["labels"] == ["ring:7"]
    assert claim["first_seen"] == "2026-01-31T09:00:00.000000Z"
    assert (claim["state"], claim["revision"], claim["audience"]) == ("active", 1, None)
    assert HOSTS[0] not in answer.content.decode()
    assert "from the chat" not in answer.content.decode()


def test_claims_come_once_each_when_read_page_by_page(alice):
    send(alice, HOSTS)
    system, seen = Caller(alice), []
    after: dict[str, str] = {}
    while True:
        page = system.get("indicators", limit="2", **after).json()
        seen += [claim["id"] for claim in page["indicators"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(seen) == len(set(seen)) == 5
    *every, end = rows(system.get("indicators", NDJSON))
    assert [claim["id"] for claim in every] == seen
    assert end == {"kind": "end", "next": None, "more": False}


def test_claims_of_others_are_not_listed_when_both_know_the_value(alice, bob, frank):
    send(alice, HOSTS)
    send(frank, HOSTS[:1])
    assert stored(Indicator).count() == 6
    (only,) = Caller(frank).get("indicators").json()["indicators"]
    assert stored(Indicator).get(pk=only["id"]).owner.slug == "sentry"
    assert Caller(bob).get("indicators").json() == {"indicators": [], "next": None}


def test_withdrawn_claim_stays_listed_with_its_state(alice):
    send(alice, HOSTS[:1])
    send(alice, [{"op": "withdraw", "value": HOSTS[0]}])
    (claim,) = Caller(alice).get("indicators").json()["indicators"]
    assert claim["state"] == "withdrawn"


def test_listing_is_refused_when_the_key_does_not_read(alice):
    answer = Caller(alice, scopes=["submit"]).get("indicators")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
