"""What gives way in a filter, what does not, and what is told of once more."""

from typing import Any
from uuid import uuid4

import pytest

from orgs.accounts.models import User
from sharing.agreements.models import Version
from sharing.inbox import services, sifted, sifting
from sharing.inbox.kinds import Outcome
from sharing.inbox.models import FilterHit
from sharing.intake.models import LineProblem
from tests.cast import acting
from tests.coalition import collection, send
from tests.hub.api.caller import Caller
from tests.sharing.inbox.test_filters import FRAUD, LINE, entries, save
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)
WEAK = {**LINE, "confidence": "79"}


def hosts(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}.scam.example" for number in range(count)]


def take_back(person: User, values: list[str]) -> None:
    send(person, [{"op": "withdraw", "value": each} for each in values])


def dealt_with(person: User) -> None:
    [entry] = entries(person)
    services.decide(actor=acting(person), places=[entry.place], outcome=Outcome.DONE)
    assert entries(person) == []


def test_what_is_taken_back_or_fits_no_more_is_forgotten(
    coalition: Version, alice: User, bob: User
) -> None:
    save(bob)
    send(alice, hosts("a", 3), **LINE)
    take_back(alice, hosts("a", 1))
    assert stored(FilterHit).count() == 2
    send(alice, ["a1.scam.example"], **WEAK)
    assert stored(FilterHit).count() == 1


def test_what_was_taken_back_gives_way_before_what_stands(
    coalition: Version, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifting, "FILTER_HITS", 5)
    save(bob)
    send(alice, hosts("a", 2), **LINE)
    send(alice, hosts("b", 3), **LINE)
    take_back(alice, hosts("b", 3))
    send(alice, hosts("c", 3), **LINE)
    assert [each.title for each in entries(bob)] == ["5 new releases fit “Sure ones”"]


def test_hits_that_are_not_served_do_not_hide_those_below(
    coalition: Version, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifted, "LOOKS", (3, 100))
    monkeypatch.setattr(sifted, "FILTER_HITS_COUNTED", 2)
    save(bob)
    send(alice, hosts("a", 2), **LINE)
    send(alice, hosts("c", 4), **LINE)
    with monkeypatch.context() as late:  # the worker did not come to it yet
        late.setattr(sifting, "sift", lambda *_, **__: None)
        take_back(alice, hosts("c", 4))
    assert stored(FilterHit).count() == 6
    assert [each.title for each in entries(bob)] == ["2 new releases fit “Sure ones”"]


def test_hits_of_a_stream_that_is_lost_do_not_hide_those_of_another(
    coalition: Version, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifted, "LOOKS", (3,))
    save(bob)
    send(alice, hosts("a", 5), **LINE)
    newest = stored(FilterHit).order_by("-at", "-id").values_list("pk", flat=True)[:4]
    lost = coalition.agreement_id  # no stream has this id
    assert stored(FilterHit).filter(pk__in=list(newest)).update(collection=lost) == 4
    assert [each.title for each in entries(bob)] == ["1 new release fits “Sure ones”"]
    assert stored(FilterHit).filter(collection=collection(FRAUD)).count() == 1


def again_after_withdrawal(person: User) -> None:
    take_back(person, ["a.scam.example"])
    send(person, ["a.scam.example"], **LINE)


def again_after_revision(person: User) -> None:
    send(person, ["a.scam.example"], **WEAK)
    send(person, ["a.scam.example"], **LINE)


@pytest.mark.parametrize("again", [again_after_withdrawal, again_after_revision])
def test_what_comes_again_is_told_again(
    coalition: Version, alice: User, bob: User, again: Any
) -> None:
    save(bob)
    send(alice, ["a.scam.example"], **LINE)
    dealt_with(bob)
    again(alice)
    assert [each.title for each in entries(bob)] == ["1 new release fits “Sure ones”"]


@pytest.mark.parametrize(
    ("before", "status"),
    [
        ("2024-01-01T00:00:00+23:00~1", 200),
        ("0001-01-01T00:00:00+23:00~1", 400),
        ("9999-12-31T23:59:59-23:00~1", 400),
    ],
)
def test_place_with_a_far_offset_is_a_time_or_none(
    bob: User, before: str, status: int
) -> None:
    mine = save(bob)
    answer = Caller(bob).get(f"release-filters/{mine.id}", before=before)
    assert answer.status_code == status


def test_parameter_that_cannot_be_stored_is_named(bob: User) -> None:
    answer = Caller(bob).get(f"release-filters/{save(bob).id}", before="\0")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "before"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("release-filters", {"name": "a\0b", "where": {"confidence": 80}}),
        ("watchlists", {"name": "a\0b", "values": ["a.example"]}),
        (
            "watchlists",
            {"name": "a", "values": ["a.example"], "labels": ["\0"]},
        ),
    ],
)
def test_text_that_cannot_be_stored_is_refused(
    coalition: Version, bob: User, path: str, body: dict[str, Any]
) -> None:
    answer = Caller(bob).post(path, body)
    assert answer.status_code == 422
    field = "labels" if "labels" in body else "name"
    assert answer.json()["errors"][0]["field"] == field


def test_lines_are_still_judged_one_by_one(
    coalition: Version, alice: User, bob: User
) -> None:
    body = {"name": "a", "values": ["a.example", "b\0.example"]}
    answer = Caller(bob).post("watchlists", body)
    assert answer.status_code == 200
    assert (answer.json()["changed"], len(answer.json()["unreadable"])) == (1, 1)
    lookup = Caller(bob).post("lookups", {"values": ["a.example", "b\0.example"]})
    assert (lookup.status_code, len(lookup.json()["results"])) == (200, 2)
    line = {"release": str(uuid4()), "kind": "helpful", "note": "\0"}
    given = Caller(bob).post("feedback", {"lines": [line]})
    assert given.status_code == 200
    assert given.json()["results"][0]["error"]["code"] == "bad-text"
    batch = send(alice, ["a.scam.example", "b\0.scam.example"], **LINE)
    told = {
        row.line: row.outcome for row in stored(LineProblem).filter(submission=batch)
    }
    assert told == {2: "rejected"}
