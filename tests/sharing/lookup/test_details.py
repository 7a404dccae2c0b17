"""Details of a hit: what the clause lets out, to whoever names the otag, counted apart."""

import pytest
from django.urls import reverse

from orgs.accounts.actor import Role
from orgs.audit.models import AuditEvent
from sharing import vocabulary as v
from sharing.distribution import finding
from sharing.lookup.models import LookupCount
from tests.cast import browser_of, home_of, person_in
from tests.coalition import collection, send
from tests.hub.api.caller import Caller
from tests.sharing.lookup.questions import (
    HOST,
    PHONE,
    asked,
    wire,
    with_questions,
)
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD = "Fraud prevention"
NOTHING = "1:" + "00" * 16


def ask(person, *hits, pk=None, **credential):
    path = f"collections/{pk or asked()}/details"
    return Caller(person, **credential).post(path, {"tokens": [*hits]})


def found(answer) -> list[list[dict]]:
    assert answer.status_code == 200, answer.content
    return [each["releases"] for each in answer.json()["results"]]


def test_hit_is_answered_by_each_release_as_the_clause_lets_it_be(questions, bob):
    answer = ask(bob, wire(PHONE, "phone"), NOTHING, wire(HOST, "domain"))
    [phone], nothing, hosts = found(answer)
    assert nothing == []
    assert phone["type"] == "phone"
    assert phone["token"] == wire(PHONE, "phone")
    assert phone["collection"] == str(asked())
    assert phone["originator"]["name"] == "Meadow Social"
    assert not {"value", "cursor", "seq"} & set(phone)
    assert sorted(each["confidence"] for each in hosts) == [60, 80]
    told = answer.json()
    assert (told["asked"], told["hits"], told["unreadable"]) == (3, 2, 0)


@pytest.mark.parametrize("hit", ["1:00", "x", 7, None, "1:" + "0" * 64], ids=str)
def test_line_that_is_no_otag_harms_no_other(questions, bob, hit):
    answer = ask(bob, hit, wire(PHONE, "phone"))
    assert [len(each) for each in found(answer)] == [0, 1]
    assert answer.json()["results"][0]["error"]["code"] == "bad-token"


def test_otag_of_another_generation_finds_nothing(questions, bob):
    old = wire(HOST, "domain")
    with_questions(questions.agreement_id, types=["domain"])
    assert found(ask(bob, old, wire(HOST, "domain", 2)))[0] == []
    assert len(found(ask(bob, wire(HOST, "domain", 2)))[0]) == 2
    assert found(ask(bob, wire(PHONE, "phone", 2))) == [[]]


def test_otag_under_another_generations_number_finds_nothing(questions, bob):
    hit = wire(PHONE, "phone")
    assert found(ask(bob, hit.replace("1:", "2:", 1), hit))[0] == []


def test_what_was_withdrawn_is_not_told_any_more(questions, bob, alice):
    send(alice, [{"op": "withdraw", "value": PHONE}])
    assert found(ask(bob, wire(PHONE, "phone"))) == [[]]


def test_details_are_for_readers_alone(questions, bob, carol, dana, alice):
    hit = wire(PHONE, "phone")
    assert ask(carol, hit).status_code == 404
    assert ask(dana, hit).status_code == 404
    assert ask(bob, hit, scopes=["submit", "keys"]).status_code == 403
    with_questions(questions.agreement_id, to=[{"kind": "bank"}])
    assert ask(alice, hit).status_code == 403


def test_collection_with_a_stream_is_refused(questions, bob, carol):
    answer = ask(bob, NOTHING, pk=collection(FRAUD))
    assert answer.status_code == 409
    assert "has a stream" in answer.json()["detail"]
    assert ask(carol, NOTHING, pk=collection(FRAUD)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"tokens": []},
        {"tokens": [NOTHING] * (v.DETAILS_AT_ONCE + 1)},
        {"tokens": NOTHING},
        {"tokens": [NOTHING], "values": [HOST]},
        [],
    ],
)
def test_request_that_is_none_is_refused_whole(questions, bob, body):
    path = f"collections/{asked()}/details"
    assert Caller(bob).post(path, body).status_code == 422


def test_request_is_audited_and_counted_apart_and_nothing_of_it_is_kept(questions, bob):
    hit = wire(PHONE, "phone")
    found(ask(bob, hit, NOTHING, "x"))
    event = AuditEvent.objects.get(verb="lookup:details:read")
    assert event.subject == str(asked())
    assert event.detail == {"asked": 3, "hits": 1}
    [count] = stored(LookupCount).all()
    assert (count.kind, count.asked, count.hits) == ("details", 2, 1)
    assert count.organization == home_of(bob)


def test_quota_is_its_own_and_refuses_the_whole_request(questions, bob, monkeypatch):
    monkeypatch.setattr(v, "DETAILS_A_DAY", 3)
    hit = wire(PHONE, "phone")
    found(ask(bob, hit, hit))
    with monkeypatch.context() as blind:
        blind.setattr(finding, "with_tokens", None)  # nothing is looked for
        refused = ask(bob, hit, hit)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    (event,) = AuditEvent.objects.filter(verb="lookup:releases:refuse")
    assert (event.subject, event.detail) == (str(asked()), {"kind": "details"})
    found(ask(bob, hit))
    assert Caller(bob).post("lookups", {"values": [HOST]}).status_code == 200


# On the screen


def place(name: str = "collection") -> str:
    return reverse(name, args=[asked()])


def test_page_of_the_collection_says_how_one_asks_and_what_it_reveals(questions, bob):
    shown = browser_of(bob).get(place()).content.decode()
    assert "There are no records to read here" in shown
    assert f"/api/v1/collections/{asked()}/filter" in shown
    assert "oprf/evaluate" in shown
    assert "Asking reveals the hit." in shown
    assert "Meadow Social" not in shown


def test_page_tells_what_the_claims_say(questions, bob):
    hits = f"{wire(PHONE, 'phone')}\n{NOTHING} x"
    shown = browser_of(bob).post(place("collection-details"), {"tokens": hits})
    text = shown.content.decode()
    assert "1 of 3 asked for has a record" in text
    assert "Meadow Social" in text
    assert "nothing: unknown, of another generation, or not for you" in text
    assert "A token is written generation:hex." in text
    assert PHONE not in text


def test_page_says_why_when_nothing_was_asked(questions, bob):
    back = browser_of(bob).post(
        place("collection-details"), {"tokens": " "}, follow=True
    )
    assert back.redirect_chain == [(place(), 302)]
    assert "tokens" in back.content.decode()


def test_pages_are_for_readers_alone(questions, bob, carol, harbour, alice):
    auditor = person_in(harbour, "ann", Role.AUDITOR)
    body = {"tokens": NOTHING}
    for person, status in ((carol, 404), (auditor, 403)):
        browser = browser_of(person)
        assert browser.get(place()).status_code == status
        assert browser.post(place("collection-details"), body).status_code == status
    with_questions(questions.agreement_id, to=[{"kind": "bank"}])
    assert browser_of(alice).get(place()).status_code == 403
    answer = browser_of(alice).post(place("collection-details"), body)
    assert answer.status_code == 403
