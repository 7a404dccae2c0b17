"""Which observables hang together, and by what: nodes, edges, and all that was cut. Pure.

An observable is what one token of a collection stands for. It is joined with others by
hubs alone: the same label in a collection, the same host of values that are shown whole,
the same whole value in several collections. Nothing else joins, and what so many share
that it says nothing does not either.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sharing.vocabulary import CORRELATION_CAP

NODES = 500  # at most so many in one graph
FEW = 25  # of one hub, where several are drawn at once
MANY = CORRELATION_CAP  # of a hub that is opened by itself


class Kind(StrEnum):
    VALUE = "value"  # the same in several collections, shown whole in each
    LABEL = "label"  # of one collection: its contributors' word for a campaign
    HOST = "host"


class Why(StrEnum):
    """Why something is not drawn."""

    SHARED = "shared"  # by many, whatever they do
    DEGREE = "degree"  # too many under one hub
    FULL = "full"  # the graph holds no more


@dataclass(frozen=True, slots=True)
class Hub:
    id: str
    kind: Kind
    text: str
    collection: str = ""  # of a label
    where: str = ""  # its title


@dataclass(frozen=True, slots=True)
class Record:
    """A release as the graph needs it."""

    release: str
    observable: str  # id
    type: str
    text: str  # the value, else the token
    shown: bool  # it is the value, or what is left of it
    collection: str
    where: str  # the title of the collection
    by: str  # the originator, as far as it is shown
    added: str  # RFC 3339, sorts as it stands
    hubs: frozenset[Hub]
    lists: tuple[str, ...] = ()  # that know its host as one of many


@dataclass(frozen=True, slots=True)
class Observable:
    id: str
    type: str
    text: str
    collection: str
    where: str
    records: tuple[Record, ...]  # that were seen of it, the oldest first

    @property
    def opens(self) -> str:
        return self.records[0].release


@dataclass(frozen=True, slots=True)
class Edge:
    hub: str
    observable: str
    why: str
    records: tuple[str, ...]  # that say so


@dataclass(frozen=True, slots=True)
class Cut:
    why: Why
    hub: Hub
    count: int  # observables that hang on it and are not drawn
    sentence: str


@dataclass(frozen=True, slots=True)
class Graph:
    centre: str
    hubs: tuple[Hub, ...]
    observables: tuple[Observable, ...]  # the centre first
    edges: tuple[Edge, ...]
    cuts: tuple[Cut, ...]


@dataclass(slots=True)
class _Under:
    """What hangs on one hub, the newest first."""

    hub: Hub
    lists: set[str] = field(default_factory=set)
    members: list[str] = field(default_factory=list)


def assemble(
    centre: str,
    records: Iterable[Record],
    *,
    only: str | None = None,
    room: int = NODES,
    degree: int = FEW,
) -> Graph:
    """The graph around an observable; with `only`, of one of its hubs.

    The same whatever the order of the records. Of each hub every observable is drawn or
    counted in a cut; `room` counts nodes, the centre among them.
    """
    found = _observables(records)
    if centre not in found:
        return Graph(centre, (), (), (), ())
    wanted = {hub for each in found[centre].records for hub in each.hubs}
    under = [
        each for each in _under(found, wanted, centre) if only in (None, each.hub.id)
    ]
    left = max(0, min(room, NODES) - 1)
    hubs = [each for each in under if each.members and not each.lists][:left]
    drawn = _drawn(centre, hubs, left - len(hubs), degree)
    return Graph(
        centre,
        tuple(each.hub for each in hubs),
        tuple(found[each] for each in drawn),
        tuple(edge for each in hubs for edge in _edges(each.hub, found, drawn)),
        tuple(
            cut
            for each in under
            for cut in _cuts(each, drawn if each in hubs else [], degree)
        ),
    )


def _observables(records: Iterable[Record]) -> dict[str, Observable]:
    """By id; of a release that was seen twice one record."""
    known: dict[str, dict[str, Record]] = defaultdict(dict)
    for each in records:
        known[each.observable][each.release] = each
    found = {}
    for key, some in known.items():
        ordered = tuple(sorted(some.values(), key=_when))
        one = min(ordered, key=lambda each: (not each.shown, each.text))
        found[key] = Observable(
            key, one.type, one.text, one.collection, one.where, ordered
        )
    return found


def _when(record: Record) -> tuple[str, str]:
    return record.added, record.release


def _under(
    found: Mapping[str, Observable], wanted: set[Hub], centre: str
) -> list[_Under]:
    """Each hub of the centre with what else hangs on it, in one order."""
    under = {hub: _Under(hub) for hub in wanted}
    newest = sorted(
        found.values(),
        key=lambda each: (max(record.added for record in each.records), each.id),
        reverse=True,
    )
    for each in newest:
        hanging = {hub for record in each.records for hub in record.hubs}
        for hub in hanging & wanted:
            if each.id != centre:
                under[hub].members.append(each.id)
        for record in each.records:
            for hub in record.hubs & wanted:
                if hub.kind is Kind.HOST:
                    under[hub].lists.update(record.lists)
    return sorted(under.values(), key=_by_words)


def _by_words(under: _Under) -> tuple[int, str, str, str]:
    """Ids are random: they come last."""
    hub = under.hub
    return _ORDER[hub.kind], hub.text, hub.where, hub.id


_ORDER = {kind: place for place, kind in enumerate(Kind)}


def _drawn(centre: str, hubs: list[_Under], room: int, degree: int) -> list[str]:
    """The centre, then of each hub in turn one, as long as there is room."""
    drawn, queues = {centre: None}, [each.members[:degree] for each in hubs]
    for place in range(max(map(len, queues), default=0)):
        for queue in queues:
            if place < len(queue) and len(drawn) <= room:
                drawn.setdefault(queue[place])
    return list(drawn)


def _edges(hub: Hub, found: Mapping[str, Observable], drawn: list[str]) -> list[Edge]:
    edges = []
    for key in drawn:
        said = tuple(r.release for r in found[key].records if hub in r.hubs)
        if said:
            edges.append(Edge(hub.id, key, reason(hub), said))
    return edges


def reason(hub: Hub) -> str:
    """Why what hangs on a hub hangs together."""
    if hub.kind is Kind.LABEL:
        return f"Contributors of “{hub.where}” label it “{hub.text}”."
    if hub.kind is Kind.HOST:
        return f"Its value is under the host {hub.text}."
    return "The same whole value is shown in several collections."


def _cuts(under: _Under, drawn: list[str], degree: int) -> list[Cut]:
    """By reason, how many observables of a hub are not drawn."""
    shown = set(drawn)
    missing = [each for each in under.members if each not in shown]
    if not missing:
        return []
    hub, name = under.hub, f"{under.hub.kind} “{under.hub.text}”"
    if under.lists:
        lists = ", ".join(sorted(under.lists))
        why = f"{len(missing)} under the {name}: it is on {lists}, so it joins nothing."
        return [Cut(Why.SHARED, hub, len(missing), why)]
    first = set(under.members[:degree])
    full = [each for each in missing if each in first]
    beyond = len(missing) - len(full)
    cuts = []
    if full:
        why = f"{len(full)} under the {name}: the graph is full."
        cuts.append(Cut(Why.FULL, hub, len(full), why))
    if beyond:
        why = f"{beyond} more under the {name}: {degree} of one are drawn at once."
        cuts.append(Cut(Why.DEGREE, hub, beyond, why))
    return cuts
