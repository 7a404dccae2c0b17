"""What hangs together, as one may see it: labels, hosts, values; how far was looked."""

from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from hub.lib.clock import now
from orgs.accounts.actor import Role
from sharing.agreements.models import Grant
from sharing.dossier import graph, pivoting
from sharing.dossier.pivoting import Pivot
from tests.cast import acting, browser_of, home_of, person_in
from tests.coalition import collection, send
from tests.hub.api.caller import Caller
from tests.sharing.agreements.conftest import clause
from tests.sharing.distribution.test_related import (
    BANK,
    FRAUD,
    HOST,
    LINE,
    MEADOW,
    OTHER,
    SENTRY,
    between,
    one,
    shows,
)

pytestmark = pytest.mark.django_db(transaction=True)
LABELLED = {**LINE, "labels": ["parcel-7"]}
THIRD = "third.scam.example"
PAGE, SHOP = "https://evil.example/a", "https://evil.example/b"


def pivot(person, release_id, **said) -> Pivot:
    return pivoting.pivot(actor=acting(person), release_id=release_id, **said)


def texts(found: Pivot) -> set[str]:
    """Of what hangs on the centre."""
    return {each.text for each in found.graph.observables[1:]}


def hubs(found: Pivot) -> set[tuple[str, str]]:
    return {(str(each.kind), each.text) for each in found.graph.hubs}


@pytest.fixture
def campaign(coalition, alice, frank):
    """Two hosts bear a label, each told by another; a third bears none."""
    send(alice, [{"value": HOST, **LABELLED}, {"value": THIRD, **LINE}])
    send(frank, [{"value": OTHER, **LABELLED}])


def test_same_label_of_a_collection_is_a_campaign(campaign, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY, OTHER)
    found = pivot(bob, mine)
    assert hubs(found) == {("label", "parcel-7")}
    (joined,) = found.graph.observables[1:]
    assert str(joined.opens) == other
    assert "label it “parcel-7”" in found.graph.edges[0].why
    assert found.next is None
    assert [(each.collection.name, each.more) for each in found.looked] == [
        (FRAUD, False)
    ]
    assert hubs(pivot(bob, one(bob, FRAUD, MEADOW, THIRD))) == set()


def test_label_joins_within_its_collection_alone(coalition, alice, frank, bob):
    keep = {"redaction": {"labels": "keep", "value": "keep"}}
    between(shows("One", "meadow", **keep), shows("Two", "sentry", **keep))
    send(alice, [{"value": HOST, **LABELLED}])
    send(frank, [{"value": OTHER, **LABELLED}])
    assert texts(pivot(bob, one(bob, "One", MEADOW))) == set()


@pytest.mark.parametrize(("rule", "joined"), [("keep", True), ("domain", False)])
def test_host_joins_only_what_shows_its_whole_value(
    coalition, alice, frank, bob, rule, joined
):
    between(shows("One", "meadow"), shows("Two", "sentry", redaction={"value": rule}))
    send(alice, [{"value": PAGE, **LINE}])
    send(frank, [{"value": SHOP, **LINE}])
    found = pivot(bob, one(bob, "One", MEADOW, PAGE))
    assert ("Two" in {each.where for each in found.graph.observables}) is joined
    assert ("host", "evil.example") in hubs(found), "the vendor exchange shows it too"


def test_same_value_in_two_collections_is_drawn_as_two_that_are_joined(
    coalition, alice, frank, bob
):
    between(shows("One", "meadow"), shows("Two", "sentry"))
    for person in (alice, frank):
        send(person, [{"value": HOST, **LINE}])
    found = pivot(bob, one(bob, "One", MEADOW))
    assert ("value", HOST) in hubs(found)
    assert "Two" in {each.where for each in found.graph.observables[1:]}
    Grant.objects.filter(collection=collection("Two")).update(valid_until=now())
    found = pivot(bob, one(bob, "One", MEADOW))
    assert "Two" not in {each.where for each in found.graph.observables}


def test_host_on_a_list_of_shared_ones_joins_nothing(
    coalition, alice, frank, bob, monkeypatch
):
    between(shows("One", "meadow"), shows("Two", "sentry"))
    send(alice, [{"value": PAGE, **LINE}])
    send(frank, [{"value": SHOP, **LINE}])
    mine, record = one(bob, "One", MEADOW, PAGE), pivoting._record

    def listed(place, entry):
        found = record(place, entry)
        return graph.Record(
            **{
                name: getattr(found, name)
                for name in graph.Record.__slots__
                if name != "lists"
            },
            lists=("Big hosts",),
        )

    monkeypatch.setattr(pivoting, "_record", listed)
    found = pivot(bob, mine)
    assert ("host", "evil.example") not in hubs(found)
    (cut,) = found.graph.cuts
    assert cut.why == graph.Why.SHARED


def test_graph_says_how_far_it_looked_and_looks_further(
    coalition, alice, frank, bob, monkeypatch
):
    send(alice, [{"value": HOST, **LABELLED}])
    for number in range(4):
        send(frank, [{"value": f"n{number}.scam.example", **LABELLED}])
    mine = one(bob, FRAUD, MEADOW)
    whole = texts(pivot(bob, mine))
    assert len(whole) == 4
    monkeypatch.setattr(pivoting, "LOOK", 2)
    monkeypatch.setattr(pivoting, "LEAST", 2)
    first = pivot(bob, mine)
    assert (first.looked[0].records, first.looked[0].more) == (2, True)
    seen, then = texts(first), first.next
    assert len(seen) == 2
    while then:
        further = pivot(bob, mine, before=then)
        assert not texts(further) & seen
        seen |= texts(further)
        then = further.next
    assert seen == whole


def test_hub_is_opened_by_its_id_and_shows_more(campaign, frank, bob, monkeypatch):
    mine = one(bob, FRAUD, MEADOW)
    send(frank, [{"value": "more.scam.example", **LABELLED}])
    monkeypatch.setattr(graph, "FEW", 1)
    few = pivot(bob, mine)
    assert len(texts(few)) == 1
    (cut,) = few.graph.cuts
    assert (cut.why, cut.count) == (graph.Why.DEGREE, 1)
    (hub,) = few.graph.hubs
    assert len(texts(pivot(bob, mine, hub=UUID(hub.id)))) == 2
    answer = Caller(bob).get(f"releases/{mine}/graph", hub=str(uuid4()))
    assert answer.status_code == 404


def test_what_one_may_not_see_changes_no_graph(campaign, bob, frank, dana, carol):
    mine = one(bob, FRAUD, MEADOW)
    before = pivot(bob, mine)
    assert before.graph.edges
    for person in (dana, carol):
        send(person, [{"value": "hidden.scam.example", **LABELLED}])
    send(frank, [{"value": "red.scam.example", **LABELLED, "tlp": "red"}])
    assert pivot(bob, mine) == before


def test_what_was_taken_back_hangs_on_nothing(campaign, alice, frank, bob):
    mine, other = one(bob, FRAUD, MEADOW), one(bob, FRAUD, SENTRY, OTHER)
    send(frank, [{"op": "withdraw", "value": OTHER}])
    assert texts(pivot(bob, mine)) == set()
    assert pivot(bob, other).graph.observables == ()
    page = browser_of(bob).get(reverse("indicator-graph", args=[other]))
    assert "This record was taken back" in page.content.decode()


def test_what_over_correlates_is_drawn_alone(campaign, bob, monkeypatch):
    mine = one(bob, FRAUD, MEADOW)
    monkeypatch.setattr(pivoting, "CORRELATION_CAP", 0)
    found = pivot(bob, mine)
    assert found.correlation.over_correlating
    assert (texts(found), found.looked) == (set(), ())


def test_api_and_page_and_script_are_told_the_same(campaign, bob):
    mine = one(bob, FRAUD, MEADOW)
    api = Caller(bob).get(f"releases/{mine}/graph")
    script = browser_of(bob).get(reverse("indicator-graph-data", args=[mine]))
    assert api.status_code == script.status_code == 200
    assert api.json() == script.json()
    page = browser_of(bob).get(reverse("indicator-graph", args=[mine]))
    said = page.content.decode()
    for node in api.json()["nodes"]:
        assert node["text"] in said
    other = one(bob, FRAUD, SENTRY, OTHER)
    assert reverse("indicator", args=[other]) in said


def test_pages_and_api_hold_no_value_in_their_addresses(coalition, alice, frank, bob):
    between(clause("Clear", **{"from": ["meadow"], "to": BANK, "disclosure": "value"}))
    send(alice, [{"value": PAGE, **LINE}, {"value": SHOP, **LINE}])
    mine = one(bob, "Clear", MEADOW, PAGE)
    page = browser_of(bob).get(reverse("indicator-graph", args=[mine]))
    links = [
        part.partition('"')[0] for part in page.content.decode().split('href="')[1:]
    ]
    assert any("?hub=" in link for link in links)
    assert not [link for link in links if "evil" in link]


def test_only_readers_of_the_collection_see_its_graph(campaign, bob, dana, carol):
    mine = one(bob, FRAUD, MEADOW)
    names = ("indicator-graph", "indicator-graph-data")
    auditor = person_in(home_of(bob), "aud", Role.AUDITOR)
    for name in names:
        path = reverse(name, args=[mine])
        assert browser_of(dana).get(path).status_code == 404
        assert browser_of(carol).get(path).status_code == 404
        assert browser_of(auditor).get(path).status_code == 403


UNKNOWN = "4956a989-1c56-422f-a2c8-4d2a03c0ab39"


@pytest.mark.parametrize("before", ["x", "1.2", f"{'a1' * 16}.x", UNKNOWN])
def test_place_that_cannot_be_read_is_refused(campaign, bob, before):
    mine = one(bob, FRAUD, MEADOW)
    answer = Caller(bob).get(f"releases/{mine}/graph", before=before)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter")
