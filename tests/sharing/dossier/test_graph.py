"""The graph: never too large, the same whatever the order, and nothing is cut silently."""

import random

from hypothesis import given
from hypothesis import strategies as st

from sharing.dossier import graph
from sharing.dossier.graph import Hub, Kind, Record, Why

PARCEL = Hub("h-parcel", Kind.LABEL, "parcel", "c", "Fraud")
HOST = Hub("h-host", Kind.HOST, "scam.example")
SAME = Hub("h-same", Kind.VALUE, "https://scam.example/a")
HUBS = [PARCEL, HOST, SAME, *(Hub(f"h{n}", Kind.LABEL, f"l{n}", "c") for n in range(5))]
CENTRE = "o0"


def record(number: int, *hubs: Hub, observable: str = "", **said) -> Record:
    facts = {
        "release": f"r{number}",
        "observable": observable or f"o{number}",
        "type": "url",
        "text": f"t{number}",
        "shown": False,
        "collection": "c",
        "where": "Fraud",
        "by": "",
        "added": f"2026-11-{number % 28 + 1:02}",
        "hubs": frozenset(hubs),
    }
    return Record(**{**facts, **said})


@st.composite
def worlds(draw) -> list[Record]:
    """Up to 700 records of fewer observables, hanging on a few hubs."""
    seed, size = draw(st.integers(0, 2**32)), draw(st.integers(0, 700))
    dice = random.Random(seed)
    known = draw(st.sampled_from([1.0, 0.5]))
    found = [record(0, *dice.sample(HUBS, dice.randint(0, len(HUBS))))]
    for number in range(1, size):
        other = "" if dice.random() < known else f"o{dice.randrange(number)}"
        lists = ("Big hosts",) if dice.random() < 0.001 else ()
        hubs = dice.sample(HUBS, dice.randint(0, 3))
        found.append(record(number, *hubs, observable=other, lists=lists))
    return found


def members(records: list[Record], hub: Hub) -> set[str]:
    return {
        each.observable
        for each in records
        if hub in each.hubs and each.observable != CENTRE
    }


def own_hubs(records: list[Record]) -> set[Hub]:
    return {hub for each in records if each.observable == CENTRE for hub in each.hubs}


@given(
    worlds(),
    st.integers(-1, 900),
    st.sampled_from([0, 1, graph.FEW, graph.MANY, 1000]),
)
def test_graph_is_never_too_large_and_everything_cut_is_told(records, room, degree):
    drawn = graph.assemble(CENTRE, records, room=room, degree=degree)
    count = len(drawn.observables) + len(drawn.hubs)
    assert count <= max(1, min(room, graph.NODES))
    assert drawn.observables[0].id == CENTRE
    ids = {each.id for each in drawn.observables} | {each.id for each in drawn.hubs}
    assert len(ids) == count
    for hub in own_hubs(records):
        shown = {
            edge.observable
            for edge in drawn.edges
            if edge.hub == hub.id and edge.observable != CENTRE
        }
        cut = sum(each.count for each in drawn.cuts if each.hub == hub)
        assert len(members(records, hub)) == len(shown) + cut
        assert shown <= members(records, hub)
    assert {each.hub for each in drawn.cuts} <= own_hubs(records)
    assert all(
        each.count > 0 and str(each.count) in each.sentence for each in drawn.cuts
    )


@given(worlds(), st.integers(0, 600), st.randoms())
def test_graph_is_the_same_whatever_the_order(records, room, dice):
    drawn = graph.assemble(CENTRE, records, room=room)
    mixed = [*records, *records[:5]]  # some were seen twice
    dice.shuffle(mixed)
    assert graph.assemble(CENTRE, mixed, room=room) == drawn


@given(worlds())
def test_every_edge_stands_between_two_nodes_and_on_records_that_say_so(records):
    drawn = graph.assemble(CENTRE, records)
    by_release = {each.release: each for each in records}
    hubs = {each.id: each for each in drawn.hubs}
    observables = {each.id for each in drawn.observables}
    for edge in drawn.edges:
        assert edge.observable in observables
        for release in edge.records:
            assert hubs[edge.hub] in by_release[release].hubs
            assert by_release[release].observable == edge.observable
    hanging = {edge.observable for edge in drawn.edges}
    assert observables - hanging <= {CENTRE}, "nothing floats in the graph"


def test_newest_are_drawn_first_where_not_all_are():
    records = [record(0, PARCEL), *(record(n, PARCEL) for n in range(1, 28))]
    drawn = graph.assemble(CENTRE, records, degree=3)
    assert [each.id for each in drawn.observables] == [CENTRE, "o27", "o26", "o25"]
    (cut,) = drawn.cuts
    assert (cut.why, cut.count) == (Why.DEGREE, 24)
    assert (
        cut.sentence == "24 more under the label “parcel”: 3 of one are drawn at once."
    )


def test_host_that_many_share_joins_nothing_and_says_so():
    records = [
        record(0, HOST, PARCEL),
        record(1, HOST, lists=("Big hosts",)),
        record(2, HOST, PARCEL),
    ]
    drawn = graph.assemble(CENTRE, records)
    assert drawn.hubs == (PARCEL,)
    assert [each.id for each in drawn.observables] == [CENTRE, "o2"]
    (cut,) = drawn.cuts
    assert (cut.why, cut.hub, cut.count) == (Why.SHARED, HOST, 2)
    assert "it is on Big hosts, so it joins nothing" in cut.sentence


def test_hub_of_the_centre_alone_is_not_drawn():
    drawn = graph.assemble(CENTRE, [record(0, PARCEL), record(1, HOST)])
    assert (drawn.hubs, drawn.edges, drawn.cuts) == ((), (), ())


def test_one_hub_can_be_drawn_by_itself():
    records = [record(0, PARCEL, HOST), record(1, PARCEL), record(2, HOST)]
    drawn = graph.assemble(CENTRE, records, only=HOST.id)
    assert drawn.hubs == (HOST,)
    assert [each.id for each in drawn.observables] == [CENTRE, "o2"]


def test_observable_shows_its_value_where_any_record_does():
    both = [
        record(0, PARCEL, text="1:ab"),
        record(1, PARCEL, observable="o9", text="1:cd"),
        record(2, PARCEL, observable="o9", text="scam.example", shown=True),
    ]
    drawn = graph.assemble(CENTRE, both)
    assert drawn.observables[1].text == "scam.example"
    assert [each.release for each in drawn.observables[1].records] == ["r1", "r2"]


def test_nothing_is_drawn_around_what_is_not_there():
    assert graph.assemble("gone", [record(1, PARCEL)]).observables == ()
