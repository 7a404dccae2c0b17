"""Clauses that only answer questions: rows like any other, and no way to a stream."""

import json

import pytest

from hub.lib.errors import Conflict, NotFound
from sharing.distribution import explaining, housekeeping, notices, simulating, why
from sharing.distribution.models import Release
from sharing.feeds import selectors as feeds
from sharing.indicators.models import Indicator
from sharing.lookup import services as lookup
from tests.cast import acting, browser_of, home_of
from tests.coalition import send
from tests.hub.api.caller import Caller
from tests.sharing.lookup.questions import (
    ASKED,
    HOST,
    LINE,
    PHONE,
    asked,
    claims_of,
    otag,
    wire,
    with_questions,
)
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def questions(coalition, alice, frank):
    version = with_questions(coalition.agreement_id)
    claims_of(alice, frank)
    return version


def rows():
    return stored(Release).filter(generation__collection=asked()).order_by("seq")


def claim_of(person, kind="domain") -> Indicator:
    return stored(Indicator).get(owner=home_of(person), type=kind)


def test_rows_hold_otags_and_what_the_clause_lets_out(questions, alice):
    phone, *hosts = sorted(
        rows(), key=lambda row: bytes(row.token) != otag(PHONE, "phone")
    )
    assert [bytes(row.token) for row in hosts] == [otag(HOST, "domain")] * 2
    payload = json.loads(bytes(phone.payload))
    assert payload["token"] == wire(PHONE, "phone")
    assert payload["type"] == "phone"
    assert payload["originator"]["name"] == "Meadow Social"
    assert not {"value", "value_absent", "note"} & set(payload)
    assert not phone.sealed


def test_row_goes_as_any_other_when_its_claim_does(questions, alice):
    send(alice, [{"op": "withdraw", "value": PHONE}])
    [gone] = [row for row in rows() if row.state == "tombstone"]
    assert gone.payload is None


def test_history_is_released_when_the_clause_comes_later(coalition, alice, frank):
    claims_of(alice, frank)
    with_questions(coalition.agreement_id)
    assert rows().count() == 3


def test_next_generation_has_other_otags_when_the_clause_is_narrowed(questions, frank):
    before = {bytes(row.token) for row in rows()}
    version = with_questions(questions.agreement_id, types=["domain"])
    live = rows().filter(state="live", generation__number=2)
    assert {bytes(row.token) for row in live} == {otag(HOST, "domain", 2)}
    assert otag(HOST, "domain", 2) not in before
    assert version.pk == live[0].version_id


STREAMED = (
    ("GET", "releases", None),
    ("GET", "keys", None),
    ("POST", "receipts", {"cursor": "1.1"}),
)


@pytest.mark.parametrize(("verb", "path", "body"), STREAMED, ids=str)
def test_nothing_of_a_stream_is_handed_over(questions, bob, carol, verb, path, body):
    where = f"collections/{asked()}/{path}"
    caller, stranger = Caller(bob), Caller(carol)
    call = caller.get if verb == "GET" else lambda path: caller.post(path, body)
    refused = call(where)
    assert refused.status_code == 409
    assert refused.json()["code"] == "no-stream"
    assert "only answers questions" in refused.json()["detail"]
    hidden = stranger.get(where) if verb == "GET" else stranger.post(where, body)
    assert hidden.status_code == 404


def test_stream_is_refused_in_every_form(questions, bob):
    where, caller = f"collections/{asked()}/releases", Caller(bob)
    whole = caller.get(where, accept="application/x-ndjson")
    assert whole.status_code == 409
    assert caller.call("HEAD", where).status_code == 409
    for read in (feeds.newest, feeds.keys, feeds.check_readable):
        with pytest.raises(Conflict):
            read(acting(bob), asked())


def test_look_ups_find_nothing_there_in_any_form(questions, bob):
    caller = Caller(bob)
    for body in (
        {"values": [HOST, PHONE]},
        {
            "tokens": [
                wire(HOST, "domain"),
                f"1:{otag(HOST, 'domain').hex()}{'00' * 16}",
            ]
        },
    ):
        told = caller.post("lookups", body).json()
        assert str(asked()) not in told["collections"]
        found = [each for line in told["results"] for each in line["releases"]]
        assert str(asked()) not in {each["collection"] for each in found}
    body = {"values": [HOST], "collections": [str(asked())]}
    with pytest.raises(NotFound):
        lookup.look_up(actor=acting(bob), body=body)


def test_list_shows_the_collection_without_a_head(questions, bob):
    [view] = [each for each in feeds.collections(acting(bob)) if each.id == asked()]
    assert (view.disclosure, view.head, view.releases) == ("query", "", 3)
    assert (view.generation, view.can_read) == (1, True)
    assert set(view.links) == {"filter", "oprf_evaluate", "oprf_keys", "details"}
    where = f"/api/v1/collections/{asked()}/"
    assert all(link.startswith(where) for link in view.links.values())
    views = {each.title: each for each in feeds.collections(acting(bob))}
    assert set(views["Fraud prevention"].links) == {
        *("releases", "keys", "receipts", "filter")
    }


def test_owner_is_told_that_recipients_only_ask(questions, alice):
    found = explaining.visibility(actor=acting(alice), claim_id=claim_of(alice).pk)
    [clause] = [each for each in found.clauses if each.clause.name == ASKED]
    assert "they can only ask" in clause.reasons[0]
    assert clause.standing == "released"
    assert clause.payload == bytes(rows().get(indicator=claim_of(alice).pk).payload)
    readers = {each.organization.name: each.reasons[-1] for each in clause.recipients}
    assert "It is handed nothing: it can only ask" in readers["Harbour Bank"]


def test_owner_is_shown_the_otag_before_the_worker_has_made_it(questions, alice):
    value = "other.scam.example"
    send(alice, [{"value": value, **LINE}], audience=str(questions.agreement_id))
    row = rows().get(token=otag(value, "domain"))
    stored(Release).filter(indicator=row.indicator).delete()
    found = explaining.visibility(actor=acting(alice), claim_id=row.indicator)
    [clause] = [each for each in found.clauses if each.clause.name == ASKED]
    assert clause.standing == "due"
    assert json.loads(clause.payload or b"")["token"] == wire(value, "domain")


def test_page_of_a_claim_says_who_can_only_ask(questions, alice):
    page = browser_of(alice).get(f"/claims/{claim_of(alice).pk}").content.decode()
    [told] = [
        each for each in page.split("<p>") if "they are handed nothing by it" in each
    ]
    assert "Harbour Bank" in told
    assert '<th scope="col">Can only ask</th>' in page


def test_recipient_is_told_why_without_a_cursor(questions, bob, alice):
    row = rows().get(indicator=claim_of(alice).pk)
    found = why.why(actor=acting(bob), release_id=row.public_id)
    assert found.cursor is None
    assert any("the filter no longer holds it" in duty for duty in found.duties)
    assert "value" in {each.field for each in found.redactions}
    send(alice, [{"op": "withdraw", "value": HOST}])
    gone = why.why(actor=acting(bob), release_id=row.public_id)
    assert not any("cursor" in duty for duty in gone.duties)
    page = browser_of(bob).get(f"/received/releases/{row.public_id}/why")
    assert page.status_code == 200
    assert "at the cursor" not in page.content.decode()


def test_others_are_not_told_where_one_can_only_ask(questions, bob, alice):
    row = rows().get(indicator=claim_of(alice).pk)
    page = browser_of(bob).get(f"/received/releases/{row.public_id}/why")
    assert page.status_code == 200
    assert "Others about the same" not in page.content.decode()
    answer = Caller(bob).get(f"releases/{row.public_id}/related")
    assert answer.status_code == 404


def test_notice_names_no_cursor_when_there_was_no_stream(questions, bob):
    with_questions(questions.agreement_id, to=[{"kind": "platform"}])
    [notice] = notices.notices(acting(bob))
    assert (notice.title, notice.until) == (ASKED, None)


def test_simulation_samples_bear_otags(questions, alice):
    found = simulating.simulate(actor=acting(alice), version_id=questions.pk)
    [clause] = [each for each in found.clauses if each.clause.name == ASKED]
    sampled = {json.loads(each)["token"] for each in clause.samples}
    assert clause.own_tokens
    assert sampled == {wire(HOST, "domain"), wire(PHONE, "phone")}


def test_made_up_samples_bear_what_looks_like_otags(questions, erin):
    found = simulating.simulate(actor=acting(erin), version_id=questions.pk)
    [clause] = [each for each in found.clauses if each.clause.name == ASKED]
    assert all(
        len(json.loads(each)["token"].partition(":")[2]) == 32
        for each in clause.samples
    )


def test_closed_generation_is_emptied(questions):
    with_questions(questions.agreement_id, types=["domain"])
    by_worker(housekeeping.empty_closed)
    assert not rows().filter(generation__number=1, payload__isnull=False).exists()
