"""What must be so after everything that was done: the oracle's world of plain dicts.

It is told each deed (and the ids that the hub gave to things), and says who may read
which stream now and exactly what. The machine does the same deeds to the hub.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.oracle import law
from tests.oracle.claims import Claim, Line, fold

RUNNING = ("active", "suspended")
OPEN = ("draft", "proposed")
PURGE = timedelta(hours=72)
GRACE = timedelta(hours=1)
Key = tuple[str, str]  # owner, value
Doc = dict[str, Any]


@dataclass
class World:
    now: datetime
    orgs: dict[str, Doc]
    agreements: dict[str, Doc] = field(default_factory=dict)
    streams: dict[str, Doc] = field(default_factory=dict)  # by id of the collection
    claims: dict[Key, Claim] = field(default_factory=dict)
    waiting: dict[str, list[Line]] = field(default_factory=dict)  # lines, by owner
    notices: dict[tuple[str, str], Doc] = field(default_factory=dict)
    settled: bool = True  # nothing waits for the worker

    # Agreements

    def draft(self, agreement: str, version: str, text: Doc) -> None:
        found = self.agreements.setdefault(
            agreement,
            {"id": agreement, "state": "draft", "versions": {}, "active": None},
        )
        found["versions"][version] = {
            "id": version,
            "agreement": agreement,
            "state": "draft",
            "text": text,
            "parties": [party["slug"] for party in text["parties"]],
            "hidden": {p["slug"] for p in text["parties"] if p["hidden"]},
            "signed": set(),
            "left": set(),
        }

    def propose(self, version: Doc) -> None:
        agreement = self.agreements[version["agreement"]]
        version["state"] = "proposed"
        if agreement["state"] == "draft":
            agreement["state"] = "proposed"

    def missing(self, version: Doc) -> list[str]:
        """Whose signature is missing."""
        signed = version["signed"] | version["left"]
        return [slug for slug in version["parties"] if slug not in signed]

    def sign(self, version: Doc, slug: str) -> str:
        """Sign; what follows: "", "active" (it takes effect), "joined" or "conflict"."""
        if version["state"] == "active":
            version["signed"].add(slug)
            self._regrant(version)
            self.settled = False
            return "joined"
        version["signed"].add(slug)
        follows = self._due(version)
        if follows == "conflict":
            version["signed"].discard(slug)
        elif follows == "active":
            self._activate(version)
        return follows

    def activate_due(self) -> list[Doc]:
        """Signed Versions whose time has come, by time and number."""
        waiting = [
            version
            for agreement in self.agreements.values()
            for version in agreement["versions"].values()
            if version["state"] == "proposed"
        ]
        waiting.sort(key=lambda v: (begins(v), number(self.agreements, v)))
        found = []
        for version in waiting:
            if version["state"] == "proposed" and self._due(version) == "active":
                self._activate(version)
                found.append(version)
        return found

    def _due(self, version: Doc) -> str:
        if self.missing(version) or not version["signed"] or begins(version) > self.now:
            return ""
        end = version["text"]["effective_until"]
        if end is not None and law.moment(end) <= self.now:
            return "conflict"
        for clause in version["text"]["clauses"]:
            stream = self.streams.get(clause["continues"])
            if stream is not None and not stream["open"]:
                return "conflict"
        return "active"

    def _activate(self, version: Doc) -> None:
        agreement = self.agreements[version["agreement"]]
        old = self.in_force(agreement)
        for other in agreement["versions"].values():
            if other is version:
                break
            if other["state"] in (*OPEN, "active"):
                other["state"] = "superseded"
        version["state"], agreement["active"] = "active", version["id"]
        if agreement["state"] != "suspended":
            agreement["state"] = "active"
        version["before"] = (
            {
                clause["collection"]: (clause, self.parties(old))
                for clause in old["text"]["clauses"]
            }
            if old
            else {}
        )
        self.settled = False

    def enacted(self, version: Doc, ids: list[tuple[str, str]]) -> None:
        """The hub gave these ids (clause, collection) to the clauses that took effect."""
        before = version.pop("before")
        for clause, (clause_id, collection) in zip(
            version["text"]["clauses"], ids, strict=True
        ):
            clause["id"], clause["collection"] = clause_id, collection
            stream = self.streams.setdefault(
                collection,
                {
                    "id": collection,
                    "agreement": version["agreement"],
                    "open": True,
                    "runs": False,
                    "generation": 0,
                    "granted": set(),
                    "until": {},
                },
            )
            known = before.pop(collection, None)
            stream["clause"] = clause
            if (
                known is None
                or not stream["runs"]
                or law.narrower(*known, clause, self.parties(version))
            ):
                _begin(stream)
        for dropped in before:
            if self.streams[dropped]["open"]:
                self._close(self.streams[dropped], final=True, at=self.now)
        self._regrant(version)

    def suspend(self, agreement: Doc) -> None:
        agreement["state"], self.settled = "suspended", False

    def resume(self, agreement: Doc) -> None:
        agreement["state"], self.settled = "active", False

    def leave(self, agreement: Doc, slug: str) -> None:
        for version in agreement["versions"].values():
            if version["state"] in (*OPEN, "active") and slug in version["parties"]:
                version["left"].add(slug)
        version = self.in_force(agreement)
        self._regrant(version)
        if len(self.parties(version)) < 2:
            self.end(agreement, "terminated", self.now)
        self.settled = False

    def end(self, agreement: Doc, state: str, at: datetime) -> None:
        over = (*OPEN, "active") if state == "terminated" else ("active",)
        for version in agreement["versions"].values():
            if version["state"] in over:
                version["state"] = "ended"
        agreement["state"] = state
        for stream in self._of(agreement):
            if stream["open"]:
                self._close(stream, final=state == "terminated", at=at)
        self.settled = False

    def expire_agreements(self) -> None:
        for agreement in self.agreements.values():
            version = self.in_force(agreement)
            if agreement["state"] in RUNNING and ends(version, self.now):
                self.end(
                    agreement, "expired", law.moment(version["text"]["effective_until"])
                )

    def invite(self, version: Doc, slug: str, *, hidden: bool) -> None:
        version["parties"].append(slug)
        if hidden:
            version["hidden"].add(slug)

    # Who and what

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

    def rows(self, stream: Doc) -> dict[Key, Doc]:
        """What whoever may read a stream is served of it now."""
        giving = self.givers(stream)
        return {
            key: payload
            for key, (payload, over) in stream["rows"].items()
            if key[0] in giving and over > self.now and stream["until"][key] > self.now
        }

    # Claims

    def claims_of(self, owner: str) -> list[str]:
        return [value for slug, value in self.claims if slug == owner]

    def submit(self, owner: str, lines: list[Line]) -> None:
        self.waiting.setdefault(owner, []).extend(lines)
        self.settled = False

    def settle(self) -> None:
        """The worker did everything that was due."""
        for owner, lines in self.waiting.items():
            self._accept(owner, lines)
        self.waiting = {}
        for stream in self.streams.values():
            self._release(stream)
        self.settled = True

    def expire_claims(self) -> None:
        for claim in self.claims.values():
            if claim["state"] == "active" and claim["valid_until"] <= self.now:
                claim |= {
                    "state": "expired",
                    "revision": claim["revision"] + 1,
                    "touched": self.now,
                }
                self.settled = False

    def forget_values(self) -> None:
        """What no live value release needs any longer is erased."""
        needed = {
            key
            for stream in self.streams.values()
            if law.disclosure(stream["clause"]) == "value"
            for key in (stream["rows"] if stream["runs"] else ())
        }
        for key, claim in self.claims.items():
            if key not in needed and claim["touched"] < self.now - GRACE:
                claim["kept"], claim["note"] = False, None

    def _accept(self, owner: str, lines: list[Line]) -> None:
        fed = self._fed(owner)
        audiences = {name for stream, *_ in fed for name in _ids(stream)}
        touched = set()
        for line in lines:
            key = owner, line["value"]
            if not set(line.get("audience", ())) <= audiences:
                continue
            claim = fold(
                self.claims.get(key),
                line,
                owner,
                self.now,
                lambda c: self._keeps(fed, c),
            )
            if claim is not None:
                self.claims[key] = claim
                touched.add(key)
        for key in touched:
            claim = self.claims[key]
            claim["kept"] = claim["state"] == "active" and self._keeps(fed, claim)
            if claim["changed"]:
                claim["revision"] += 1
                claim["changed"], claim["touched"] = False, self.now

    def _fed(self, owner: str) -> list[tuple[Doc, Doc, list[Doc]]]:
        """The streams that an organization contributes to, suspended ones included."""
        found = []
        for stream in self.streams.values():
            now = self.clause_now(stream, RUNNING)
            if now is not None and owner in law.givers(now[0], self.parties(now[1])):
                found.append((stream, now[0], self.parties(now[1])))
        return found

    @staticmethod
    def _keeps(fed: list[tuple[Doc, Doc, list[Doc]]], claim: Claim) -> bool:
        """Whether a clause discloses this value now: only then is it kept at all."""
        active = {**claim, "state": "active"}
        return any(
            law.disclosure(clause) == "value"
            and law.covers(clause, parties, active, _ids(stream))
            for stream, clause, parties in fed
        )

    def _release(self, stream: Doc) -> None:
        found = self.clause_now(stream, RUNNING)
        if found is None or not stream["runs"] or self.embargoed(stream["clause"]):
            return
        clause, parties = found[0], self.parties(found[1])
        stream["rows"], stream["begun"] = {}, True
        for key, claim in self.claims.items():
            promised = stream["until"].get(key)
            if (
                claim["valid_until"] <= self.now
                or (promised is not None and promised <= self.now)
                or not law.covers(clause, parties, claim, _ids(stream))
            ):
                continue
            if key not in stream["dated"]:
                until = self.now + timedelta(days=clause["retention_days"])
                stream["until"][key] = min(until, promised or until)
                stream["dated"].add(key)
            stream["were"].add(key[1])
            payload = law.payload(clause, claim, self.orgs[key[0]], "")
            stream["rows"][key] = payload, claim["valid_until"]

    def embargoed(self, clause: Doc) -> bool:
        until = clause.get("embargo_until")
        return until is not None and law.moment(until) > self.now

    # Rights that begin and end

    def _of(self, agreement: Doc) -> list[Doc]:
        return [s for s in self.streams.values() if s["agreement"] == agreement["id"]]

    def _regrant(self, version: Doc) -> None:
        parties = self.parties(version)
        for clause in version["text"]["clauses"]:
            stream = self.streams[clause["collection"]]
            void = law.says_nothing(clause, parties)
            admitted = {
                party["slug"]
                for party in parties
                if not void and law.admitted(clause, party)
            }
            for slug in admitted:
                self.notices.pop((stream["id"], slug), None)
            self._notify(stream, stream["granted"] - admitted, self.now)
            stream["granted"] = admitted

    def _close(self, stream: Doc, *, final: bool, at: datetime) -> None:
        stream["runs"] = False
        stream["open"] = stream["open"] and not final
        self._notify(stream, stream["granted"], at)
        stream["granted"] = set()

    def _notify(self, stream: Doc, slugs: set[str], at: datetime) -> None:
        for slug in slugs:
            self.notices[stream["id"], slug] = {"ended": at, "acked": False}


def _begin(stream: Doc) -> None:
    """The next generation: empty, with a key of its own."""
    stream["generation"] += 1
    stream |= {"runs": True, "rows": {}, "dated": set(), "were": set(), "begun": False}


def _ids(stream: Doc) -> set[str]:
    return {stream["id"], stream["agreement"]}


def begins(version: Doc) -> datetime:
    return law.moment(version["text"]["effective_from"])


def ends(version: Doc, at: datetime) -> bool:
    until = version["text"]["effective_until"]
    return until is not None and law.moment(until) <= at


def number(agreements: dict[str, Doc], version: Doc) -> int:
    return [*agreements[version["agreement"]]["versions"]].index(version["id"])
