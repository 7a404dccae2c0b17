"""Held submissions over the API: told why, taken back, never let through by a key."""

import pytest

from orgs.accounts.models import Organization, User
from tests.coalition import send
from tests.hub.api.caller import Caller
from tests.sharing.intake.held import LIMIT, lines, make_new, state_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet_bells"),
]


@pytest.fixture(autouse=True)
def unknown(small: None, meadow: Organization) -> None:
    make_new(meadow)


def submit(system: Caller, **headers: str):
    return system.post(
        "submissions", "\n".join(lines(2)), "text/plain", headers=headers
    )


def test_held_submission_is_taken_and_says_why(alice: User) -> None:
    system = Caller(alice)
    taken = submit(system)
    assert taken.status_code == 202
    found = taken.json()
    assert found["state"] == "held"
    assert "wait for hub staff" in found["held_reason"]
    shown = system.get(f"submissions/{found['id']}").json()
    assert (shown["state"], shown["accepted"], shown["refusal"]) == ("held", 0, None)
    assert shown["held"]["reason"] == found["held_reason"]
    assert (shown["held"]["cause"], shown["held"]["lines"]) == ("new_member", 2)
    assert shown["held"]["decided_at"] is None


def test_key_that_only_submits_is_told_why_as_well(alice: User) -> None:
    assert submit(Caller(alice, scopes=["submit"])).json()["held_reason"]


def test_repeat_is_answered_as_the_first_time_when_it_is_held(alice: User) -> None:
    system = Caller(alice)
    first, again = (submit(system, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_key_takes_a_held_submission_back(alice: User) -> None:
    batch = send(alice, lines(LIMIT))
    system, path = Caller(alice), f"submissions/{batch.id}/refuse"
    assert system.post(path, {"reason": "x" * 401}).status_code == 422
    assert system.post(path, {}).status_code == 422
    unstorable = system.post(path, {"reason": "Sent\x00twice."})
    assert (unstorable.status_code, state_of(batch)) == (422, "held")
    done = system.post(path, {"reason": " Sent\n twice."})
    assert (done.status_code, done.json()["state"]) == (200, "refused")
    shown = system.get(f"submissions/{batch.id}").json()
    assert (shown["state"], shown["refusal"]) == ("refused", "Sent twice.")
    assert shown["held"]["decided_at"] == shown["done_at"]
    assert system.post(path, {"reason": ""}).status_code == 409


def test_key_without_the_scope_is_refused_and_a_stranger_finds_nothing(
    alice: User, bob: User
) -> None:
    batch = send(alice, lines(LIMIT))
    path = f"submissions/{batch.id}/refuse"
    reader = Caller(alice, scopes=["read", "submit"])
    assert reader.post(path, {"reason": ""}).status_code == 403
    assert Caller(bob).post(path, {"reason": ""}).status_code == 404
    assert state_of(batch) == "held"


def test_no_key_lets_anything_through(alice: User) -> None:
    batch = send(alice, lines(LIMIT))
    answer = Caller(alice).post(f"submissions/{batch.id}/approve", {})
    assert answer.status_code == 404
