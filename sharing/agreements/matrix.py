"""Who gives what to whom now: organization by organization, as far as a viewer may see."""

from dataclasses import dataclass
from uuid import UUID

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from sharing.agreements import selectors, shown
from sharing.agreements.selectors import ActiveClause


@dataclass(frozen=True, slots=True)
class Flow:
    """One collection that runs from one organization to another."""

    agreement_id: UUID
    title: str
    disclosure: str


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[tuple[Flow, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """From the rows to the columns."""

    recipients: tuple[str, ...]
    rows: tuple[Row, ...]


def flows(actor: Actor) -> Matrix:
    """Every flow in force between organizations whose membership the actor may see."""
    seen = shown.hidden_from(actor)
    found: dict[tuple[str, str], list[Flow]] = {}
    moment = now()
    for each in selectors.active_clauses():
        idle = each.terms.void or each.embargoed(moment)
        if each.version_id in seen and not idle:
            for pair in _pairs(each, seen[each.version_id]):
                flow = Flow(each.agreement_id, each.title, each.terms.disclosure)
                found.setdefault(pair, []).append(flow)
    givers = sorted({giver for giver, _ in found})
    takers = sorted({taker for _, taker in found})
    rows = [
        Row(giver, tuple(tuple(found.get((giver, taker), ())) for taker in takers))
        for giver in givers
    ]
    return Matrix(tuple(takers), tuple(rows))


def _pairs(each: ActiveClause, hidden: frozenset[UUID]) -> list[tuple[str, str]]:
    """The names of contributor and recipient; nobody is shown giving to itself."""
    givers = each.terms.contributors - hidden
    takers = each.terms.recipients - hidden
    return [
        (each.names[giver], each.names[taker])
        for giver in givers
        for taker in takers
        if giver != taker
    ]
