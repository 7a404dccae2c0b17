"""What left on a day: counted as it left, and told of one's own claims alone."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Malformed, NotFound
from hub.lib.paging import Cursor
from orgs.accounts.actor import Role
from orgs.accounts.models import User
from sharing.agreements.models import Version
from sharing.distribution import counting, outgone
from sharing.distribution.models import Departure, Fetch, ShareTime
from sharing.distribution.outgoing import Left, Numbers, outgoing, read_day
from tests.cast import acting, browser_of, home_of, person_in
from tests.coalition import collection, pulled, send
from tests.hub.api.caller import Caller
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)
FRAUD = "Fraud prevention"


def today(person: User, title: str = FRAUD) -> Left:
    found = outgoing(acting(person), read_day(None)).clauses
    return next(each for each in found if each.collection.name == title)


def fetched_of(person: User) -> int:
    rows = stored(ShareTime).filter(stage="fetched", owner=home_of(person))
    return sum(row.n for row in rows)


def numbers(person: User) -> dict[str, Numbers]:
    return {each.type: each.numbers for each in today(person).types}


@pytest.fixture
def begun(coalition: object, alice: User, frank: User) -> None:
    """Released, revised, released and taken back; and something of Frank's."""
    send(
        alice,
        ["one.scam.example", "two.scam.example", "+14155550101"],
        confidence="80",
        scam_type="investment",
    )
    send(alice, ["one.scam.example"], confidence="90", scam_type="investment")
    send(alice, [{"op": "withdraw", "value": "two.scam.example"}])
    send(frank, ["three.scam.example"], confidence="80", scam_type="investment")


def test_every_time_that_a_claim_left_is_counted(begun: None, alice: User) -> None:
    assert numbers(alice) == {
        "domain": Numbers(released=2, revised=1, recalled=1),
        "phone": Numbers(released=1),
    }
    assert today(alice).total == Numbers(released=3, revised=1, recalled=1)


def test_others_claims_are_not_counted(
    begun: None, alice: User, frank: User, bob: User
) -> None:
    before = outgoing(acting(alice), read_day(None))
    send(frank, ["four.scam.example"], confidence="80", scam_type="investment")
    assert outgoing(acting(alice), read_day(None)) == before
    assert numbers(frank) == {"domain": Numbers(released=2)}
    assert outgoing(acting(bob), read_day(None)).clauses == ()


def test_nothing_is_counted_again_when_nothing_changed(
    begun: None, alice: User
) -> None:
    before = numbers(alice)
    send(alice, ["one.scam.example"], confidence="90", scam_type="investment")
    assert numbers(alice) == before


def test_clause_tells_to_whom_in_which_shape(begun: None, alice: User) -> None:
    found = today(alice)
    assert [who.name for who in found.recipients] == ["Harbour Bank", "Sentry Security"]
    assert found.disclosure == "token"
    assert {each.field for each in found.redactions} == {"value", "note"}
    assert today(alice, "Investigation").disclosure == "value"


def test_hidden_recipient_is_not_named(
    begun: None, coalition: Version, alice: User, bob: User
) -> None:
    enacted(amended(coalition.agreement_id, {}, hidden=("harbour",)))
    assert [who.name for who in today(alice).recipients] == ["Sentry Security"]


def test_day_is_one_of_the_last_thirty(begun: None, alice: User) -> None:
    yesterday = counting.day_of(now()) - timedelta(days=1)
    assert outgoing(acting(alice), read_day(f"{yesterday}")).clauses == ()
    for wrong in (f"{yesterday - timedelta(days=29)}", "2999-01-01", "x"):
        with pytest.raises(Malformed):
            read_day(wrong)


def test_claims_are_listed_in_the_order_in_which_they_left(
    begun: None, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgone, "PAGE", 2)

    def page(after: Cursor, type_: str = "") -> outgone.Page:
        return outgone.claims(
            acting(alice), read_day(None), collection(FRAUD), type_=type_, after=after
        )

    first = page(Cursor())
    assert first.next is not None
    rest = page(first.next)
    assert rest.next is None
    assert [(each.type, each.event) for each in [*first.rows, *rest.rows]] == [
        ("phone", "released"),
        ("domain", "revised"),
        ("domain", "recalled"),
    ]
    assert [each.event for each in page(Cursor(), "phone").rows] == ["released"]


def test_claims_are_not_for_those_who_only_audit(begun: None, alice: User) -> None:
    auditor = person_in(home_of(alice), "aud", Role.AUDITOR)
    assert today(auditor).total.released == 3
    with pytest.raises(Forbidden):
        outgone.claims(
            acting(auditor),
            read_day(None),
            collection(FRAUD),
            type_="",
            after=Cursor(),
        )


def test_collection_that_nothing_left_by_is_unknown(begun: None, bob: User) -> None:
    with pytest.raises(NotFound):
        outgone.claims(
            acting(bob), read_day(None), collection(FRAUD), type_="", after=Cursor()
        )


def test_new_generation_renews_and_recalls(
    begun: None, coalition: Version, alice: User
) -> None:
    enacted(amended(coalition.agreement_id, {FRAUD: {"types": ["phone"]}}))
    found = outgoing(acting(alice), read_day(None)).clauses
    [after] = [e for e in found if e.collection.name == FRAUD and e.version == 2]
    said = {each.type: each.numbers for each in after.types}
    assert said["phone"] == Numbers(renewed=1)
    assert sum(each.recalled for each in said.values()) == 2


def test_screen_table_and_api_say_the_same(begun: None, alice: User) -> None:
    browser = browser_of(alice)
    page = browser.get(reverse("outgoing")).content.decode()
    assert "Harbour Bank" in page
    table = b"".join(browser.get(reverse("outgoing-csv"))).decode()
    assert ",domain,2,1,1,0,Harbour Bank; Sentry Security" in table
    [found] = [
        each
        for each in json.loads(Caller(alice).get("outgoing").content)["clauses"]
        if each["collection"]["name"] == FRAUD
    ]
    assert found["types"][0] == {
        "type": "domain",
        "numbers": {"released": 2, "revised": 1, "recalled": 1, "renewed": 0},
    }


def test_time_to_release_is_kept_in_buckets(begun: None, alice: User) -> None:
    rows = stored(ShareTime).filter(owner=home_of(alice), stage="released")
    assert sum(row.n for row in rows.filter(generation__collection__title=FRAUD)) == 4
    assert {row.bucket for row in rows} <= {0, 1, 2, 3, 4}


def test_first_fetch_by_somebody_else_is_counted_once(
    begun: None, alice: User, bob: User, frank: User
) -> None:
    pulled(alice, FRAUD)
    assert by_worker(counting.count_fetches) == 1
    fetched = stored(ShareTime).filter(stage="fetched")
    assert [row.owner for row in fetched] == [home_of(frank)]  # alice's had nobody yet
    for reader in (bob, frank):
        pulled(reader, FRAUD)
    by_worker(counting.count_fetches)
    assert fetched_of(alice) == 2  # without the one that was taken back
    assert fetched_of(frank) == 1
    assert by_worker(counting.count_fetches) == 0
    send(alice, ["five.scam.example"], confidence="80", scam_type="investment")
    pulled(bob, FRAUD)
    by_worker(counting.count_fetches)
    assert fetched_of(alice) == 3
    assert stored(Fetch).count() == 3  # the last one of each


def test_counts_are_forgotten_after_a_year(begun: None) -> None:
    assert by_worker(counting.forget) == 0
    by_worker(counting.forget, now() + counting.KEPT + timedelta(days=1))
    assert stored(Departure).count() == stored(ShareTime).count() == 0
