"""The world of the oracle: plain dicts, and who may read what in it at a moment."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.oracle import law
from tests.oracle.claims import Claim, Line

RUNNING = ("active", "suspended")
OPEN = ("draft", "proposed")
Key = tuple[str, str]  # owner, value
Doc = dict[str, Any]


@dataclass
class State:
    now: datetime
    orgs: dict[str, Doc]
    agreements: dict[str, Doc] = field(default_factory=dict)
    streams: dict[str, Doc] = field(default_factory=dict)  # by id of the collection
    claims: dict[Key, Claim] = field(default_factory=dict)
    waiting: dict[str, list[Line]] = field(default_factory=dict)  # lines, by owner
    notices: dict[tuple[str, str], Doc] = field(default_factory=dict)
    settled: bool = True  # nothing waits for the worker
    overdue: bool = False  # time ended something, and the worker's clocks stood still

    def in_force(self, agreement: Doc) -> Any:
        return agreement["versions"].get(agreement["active"])

    def parties(self, version: Doc) -> list[Doc]:
        """Those who signed and stay, as they are now."""
        return [self.orgs[s] for s in sorted(version["signed"] - version["left"])]

    def clause_now(self, stream: Doc, states: tuple[str, ...]) -> Any:
        """The clause that feeds a stream now, and its Version; embargo is not asked."""
        agreement = self.agreements[stream["agreement"]]
        version = self.in_force(agreement)
        if (
            agreement["state"] not in states
            or not stream["open"]
            or stream["clause"] not in version["text"]["clauses"]
            or begins(version) > self.now
            or ends(version, self.now)
        ):
            return None
        return stream["clause"], version

    def readers(self, stream: Doc) -> set[str]:
        """Who may read a stream at this moment."""
        found = self.clause_now(stream, ("active",))
        if found is None:
            return set()
        clause, version = found
        parties = self.parties(version)
        if law.says_nothing(clause, parties):
            return set()
        return {
            party["slug"]
            for party in parties
            if party["slug"] in stream["granted"]
            and party["active"]
            and law.admitted(clause, party)
        }

    def givers(self, stream: Doc) -> frozenset[str]:
        """Who contributes to a stream in force at this moment."""
        found = self.clause_now(stream, ("active",))
        return law.givers(found[0], self.parties(found[1])) if found else frozenset()

    def knows(self, slug: str, stream: Doc) -> bool:
        """Whether a contributor may know of the stream: hidden readers stay hidden."""
        if slug not in self.givers(stream):
            return False
        clause, version = self.clause_now(stream, ("active",))
        here = {party["slug"] for party in self.parties(version)}
        return not law.unseen(clause, (version["hidden"] & here) - {slug})

    def rows(self, stream: Doc) -> dict[Key, Doc]:
        """What whoever may read a stream is served of it now."""
        giving = self.givers(stream)
        return {
            key: payload
            for key, (payload, over) in stream["rows"].items()
            if key[0] in giving and over > self.now and stream["until"][key] > self.now
        }

    def ends_something(self, at: datetime) -> bool:
        """Whether a claim or what was promised of a row ends until that moment."""
        times = [claim["valid_until"] for claim in self.claims.values()]
        for stream in self.streams.values():
            times += stream["until"].values()
        return any(self.now < each <= at for each in times)

    def claims_of(self, owner: str) -> list[str]:
        return [value for slug, value in self.claims if slug == owner]

    def embargoed(self, clause: Doc) -> bool:
        until = clause.get("embargo_until")
        return until is not None and law.moment(until) > self.now


def ids_of(stream: Doc) -> set[str]:
    return {stream["id"], stream["agreement"]}


def begins(version: Doc) -> datetime:
    return law.moment(version["text"]["effective_from"])


def end_of(version: Doc) -> datetime | None:
    until = version["text"]["effective_until"]
    return until and law.moment(until)


def ends(version: Doc, at: datetime) -> bool:
    until = end_of(version)
    return until is not None and until <= at


def number(agreements: dict[str, Doc], version: Doc) -> int:
    return [*agreements[version["agreement"]]["versions"]].index(version["id"])
