"""Others about the same observable: what one may see, and may join, and nothing else."""

from html import unescape
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.access import scope
from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import User
from sharing import vocabulary as v
from sharing.agreements import services as agreements
from sharing.agreements.models import (
    Agreement,
    CollectionGroupObjectPermission,
    Grant,
)
from sharing.distribution import correlation, finding, related, selectors
from sharing.distribution.models import Release
from sharing.indicators.types import TYPES
from tests.cast import acting, browser_of, home_of
from tests.coalition import collection, pulled, send, work_off
from tests.hub.api.caller import Caller
from tests.sharing.agreements.conftest import clause
from tests.sharing.agreements.conftest import text as agreement_text
from tests.sharing.indicators.test_successors import NewDomain
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, VENDOR = "Fraud prevention", "Vendor exchange"
HOST, OTHER = "login.scam.example", "other.scam.example"
LINE = {"confidence": 80, "scam_type": "investment", "tlp": "green"}
BANK = ["harbour"]


@pytest.fixture
def known(coalition, alice, frank):
    """Two members know one host, and each another that the other does not."""
    send(alice, [{"value": HOST, **LINE}, {"value": OTHER, **LINE}])
    send(frank, [{"value": HOST, **LINE, "confidence": 60}])


def between(*clauses) -> None:
    """One more agreement of the same four."""
    version = agreements.draft(
        actor=SYSTEM, text=agreement_text(*clauses, title="Between us")
    )
    agreements.propose(actor=SYSTEM, version_id=version.pk)
    for slug in ("meadow", "sentry", "harbour", "liaison"):
        signs = User.objects.get(
            memberships__organization__slug=slug, memberships__role=Role.SIGNATORY
        )
        agreements.sign(actor=acting(signs), version_id=version.pk)
    work_off()


def shows(name: str, giver: str, **terms):
    return clause(name, **{"from": [giver], "to": BANK, "disclosure": "value", **terms})


def one(person, title: str, owner: str, host: str = HOST) -> str:
    """The id of a contributor's release about a host."""
    asked = {"values": [host], "collections": [str(collection(title))]}
    (line,) = Caller(person).post("lookups", asked).json()["results"]
    (found,) = (
        each["id"] for each in line["releases"] if each["originator"]["name"] == owner
    )
    return str(found)


def ask(person, release_id: str, **said):
    answer = Caller(person).get(f"releases/{release_id}/related", **said)
    assert answer.status_code == 200, answer.content
    return answer.json()


def others(person, release_id: str) -> set[str]:
    return {each["id"] for each in ask(person, release_id)["releases"]}


MEADOW, SENTRY = "Meadow Social", "Sentry Security"


def test_others_of_the_collection_are_as_their_stream_has_them(known, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY)
    told = ask(bob, mine)
    (release,) = told["releases"]
    assert release.pop("collection") == str(collection(FRAUD))
    assert release in pulled(bob, FRAUD)
    assert release["id"] == other
    assert told["correlation"]["originators"] == "fewer than 5"
    assert (told["release"], told["next"], told["more"], told["cut"]) == (
        mine,
        None,
        False,
        False,
    )
    assert others(bob, other) == {mine}
    assert others(bob, one(bob, FRAUD, MEADOW, OTHER)) == set()


def test_token_streams_do_not_join_others(known, bob):
    """The bank reads the vendor's claim twice: as a token here, in clear there."""
    vendors = one(bob, VENDOR, SENTRY)
    assert vendors not in others(bob, one(bob, FRAUD, MEADOW))
    assert vendors not in others(bob, one(bob, FRAUD, SENTRY))
    assert others(bob, vendors) == set()


@pytest.mark.parametrize(
    ("one_rule", "other_rule", "joined"),
    [
        ("keep", "keep", True),
        ("keep", "mask", False),
        ("mask", "keep", False),
        ("mask", "mask", False),
    ],
)
def test_collections_join_where_both_show_all_of_the_value(
    coalition, alice, frank, bob, one_rule, other_rule, joined
):
    between(
        shows("One", "meadow", redaction={"value": one_rule}),
        shows("Two", "sentry", redaction={"value": other_rule}),
    )
    for person in (alice, frank):
        send(person, [{"value": HOST, **LINE}, {"value": OTHER, **LINE}])
    first, second = one(bob, "One", MEADOW), one(bob, "Two", SENTRY)
    assert (second in others(bob, first)) is joined
    assert (first in others(bob, second)) is joined
    assert one(bob, "One", MEADOW, OTHER) not in others(bob, first)


def test_collections_join_by_an_earlier_normal_form(
    coalition, alice, frank, bob, monkeypatch
):
    between(*(shows(slug, slug) for slug in ("meadow", "sentry")))
    for person in (alice, frank):
        send(person, [{"value": HOST, **LINE}])
    first, second = one(bob, "meadow", MEADOW), one(bob, "sentry", SENTRY)
    monkeypatch.setitem(TYPES, "domain", NewDomain())
    assert second in others(bob, first)


def test_grant_that_ended_takes_its_releases_away(coalition, alice, frank, bob):
    between(shows("One", "meadow"), shows("Two", "sentry"))
    for person in (alice, frank):
        send(person, [{"value": HOST, **LINE}])
    first, second = one(bob, "One", MEADOW), one(bob, "Two", SENTRY)
    assert second in others(bob, first)
    Grant.objects.filter(collection=collection("Two")).update(valid_until=now())
    assert second not in others(bob, first)
    answer = Caller(bob).get(f"releases/{second}/related")
    assert answer.status_code == 404


def test_grant_that_ends_meanwhile_takes_nothing_else_with_it(
    coalition, alice, frank, bob, monkeypatch
):
    between(*(shows(slug, slug) for slug in ("meadow", "sentry")))
    for person in (alice, frank):
        send(person, [{"value": HOST, **LINE}])
    mine, other = one(bob, "meadow", MEADOW), one(bob, "sentry", SENTRY)
    elsewhere, readable = one(bob, VENDOR, SENTRY), selectors.readable

    def ending(organization_id: UUID, collection_id: UUID) -> selectors.Reading:
        if collection_id == collection("sentry"):
            raise NotFound
        return readable(organization_id, collection_id)

    assert others(bob, mine) == {other, elsewhere}
    monkeypatch.setattr(selectors, "readable", ending)
    assert others(bob, mine) == {elsewhere}


def test_more_releases_than_are_counted_join_nothing(known, bob, monkeypatch):
    mine = one(bob, FRAUD, MEADOW)
    monkeypatch.setattr(finding, "CORRELATION_CAP", 1)
    assert others(bob, mine), "two are one more than are counted, and are found"
    monkeypatch.setattr(related, "CORRELATION_CAP", 1)
    told = ask(bob, mine)
    assert told["correlation"]["over_correlating"]
    assert told["releases"] == []


def test_what_is_over_is_not_among_the_others(known, frank, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY)
    stored(Release).filter(public_id=other).update(expires_at=now())
    assert others(bob, mine) == set()
    stored(Release).filter(public_id=other).update(expires_at=now() + v.VALUE_GRACE)
    assert others(bob, mine) == {other}
    send(frank, [{"op": "withdraw", "value": HOST}])
    assert others(bob, mine) == set()
    told = ask(bob, other)
    assert (told["releases"], told["correlation"]["over_correlating"]) == ([], False)


def test_claims_that_one_may_not_see_change_nothing(
    known, bob, frank, dana, carol, monkeypatch
):
    monkeypatch.setattr(correlation, "SMALL_COUNT", 0)  # else none of them would show
    mine = one(bob, FRAUD, MEADOW)
    before = ask(bob, mine)
    assert before["correlation"]["originators"] == "2"
    send(dana, [{"value": HOST, **LINE}])
    send(carol, [{"value": HOST, **LINE}])
    assert ask(bob, mine) == before


def test_others_come_page_by_page(coalition, alice, frank, dana, bob):
    givers = ["meadow", "sentry", "liaison"]
    between(clause("Pool", **{"from": givers, "to": BANK}))
    for person in (alice, frank, dana):
        send(person, [{"value": HOST, **LINE}])
    mine = one(bob, "Pool", MEADOW)
    whole = [each["id"] for each in ask(bob, mine)["releases"]]
    assert whole == sorted(whole)
    assert len(whole) == 2
    first = ask(bob, mine, limit="1")
    assert (first["more"], first["next"]) == (True, whole[0])
    second = ask(bob, mine, limit="1", after=first["next"])
    assert (second["more"], second["next"]) == (False, None)
    assert [first["releases"][0]["id"], second["releases"][0]["id"]] == whole
    assert first["correlation"] == second["correlation"]


def test_others_are_cut_beyond_the_cap(coalition, alice, frank, dana, bob, monkeypatch):
    between(*(shows(slug, slug) for slug in ("meadow", "sentry", "liaison")))
    for person in (alice, frank, dana):
        send(person, [{"value": HOST, **LINE}])
    mine = one(bob, "meadow", MEADOW)
    monkeypatch.setattr(related, "CORRELATION_CAP", 2)
    many = ask(bob, mine)
    assert (len(many["releases"]), many["cut"]) == (2, True)
    assert many["next"] is None, "there is no way past the cap"


def test_over_correlating_observable_has_a_reason_and_no_others(
    known, bob, monkeypatch
):
    mine = one(bob, FRAUD, MEADOW)
    monkeypatch.setattr(correlation, "CORRELATION_CAP", 2)
    told = ask(bob, mine)
    assert told["releases"] == []
    assert told["correlation"]["over_correlating"]
    assert "know it" in told["correlation"]["reason"]
    page = unescape(read(bob, mine))
    assert told["correlation"]["reason"] in page
    assert "Others are not listed." in page


SHARED = "52.95.110.1"  # of a cloud, says a warninglist


def test_shared_infrastructure_over_correlates(coalition, alice, frank, bob):
    between(clause("Pool", **{"from": ["meadow", "sentry"], "to": BANK}))
    for person in (alice, frank):
        send(person, [{"value": SHARED, **LINE}])
    told = ask(bob, one(bob, "Pool", MEADOW, SHARED))
    assert told["releases"] == []
    assert told["correlation"]["over_correlating"]


def test_stranger_is_told_of_no_release(known, bob, carol, dana):
    mine = one(bob, FRAUD, MEADOW)
    for person in (carol, dana):
        there = Caller(person).get(f"releases/{mine}/related")
        nowhere = Caller(person).get(f"releases/{uuid4()}/related")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert there.json()["detail"] == nowhere.json()["detail"]


def test_others_need_the_right_to_read(known, bob):
    mine = one(bob, FRAUD, MEADOW)
    answer = Caller(bob, scopes=["submit"]).get(f"releases/{mine}/related")
    assert answer.status_code == 403


@pytest.mark.parametrize("wall", ["permission", "agreement", "owner"])
def test_others_stay_hidden_when_one_wall_alone_stands(known, bob, wall):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY)
    if wall == "owner":  # gives nothing to the collection
        stored(Release).filter(public_id=other).update(owner=home_of(bob))
        assert others(bob, mine) == set()
        return
    if wall == "permission":
        CollectionGroupObjectPermission.objects.all().delete()
    else:
        Agreement.objects.update(state=Agreement.State.SUSPENDED)
    assert Caller(bob).get(f"releases/{mine}/related").status_code == 404


def test_wall_in_the_database_alone_hides_the_others(known, bob, monkeypatch):
    """Without the filters, what no Grant opens is not there."""
    mine = one(bob, FRAUD, MEADOW)
    Grant.objects.filter(collection=collection(FRAUD)).update(valid_until=now())
    with scope(home_of(bob).pk):
        assert not Release.objects.filter(public_id=mine).exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"after": "none"}, "bad-parameter"),
        ({"limit": "0"}, "bad-limit"),
        ({"before": "1"}, "unknown-parameter"),
    ],
)
def test_page_that_cannot_be_read_is_refused(known, bob, said, code):
    mine = one(bob, FRAUD, MEADOW)
    answer = Caller(bob).get(f"releases/{mine}/related", **said)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def read(person, release_id: str, query: str = "") -> str:
    path = reverse("release-why", args=[release_id]) + query
    answer = browser_of(person).get(path)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_record_page_shows_the_others(known, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY)
    page = read(bob, mine)
    assert "Others about the same" in page
    assert reverse("release-why", args=[other]) in page
    assert "fewer than 5 organizations" in page
    assert f"<td>{FRAUD}</td>" in page
    alone = read(bob, one(bob, FRAUD, MEADOW, OTHER))
    assert "You may see no other record about it." in alone


def test_record_page_goes_on_where_the_last_ended(
    coalition, alice, frank, dana, bob, monkeypatch
):
    givers = ["meadow", "sentry", "liaison"]
    between(clause("Pool", **{"from": givers, "to": BANK}))
    for person in (alice, frank, dana):
        send(person, [{"value": HOST, **LINE}])
    mine = one(bob, "Pool", MEADOW)
    first, second = (each["id"] for each in ask(bob, mine)["releases"])
    page = read(bob, mine, f"?after={first}")
    assert reverse("release-why", args=[second]) in page
    assert reverse("release-why", args=[first]) not in page


def test_record_page_of_what_was_taken_back_shows_no_others(known, frank, bob):
    other = one(bob, FRAUD, SENTRY)
    send(frank, [{"op": "withdraw", "value": HOST}])
    assert "Others about the same" not in read(bob, other)
