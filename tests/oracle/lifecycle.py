"""What becomes of agreements, and of the rights that hang on them."""

from datetime import datetime

from tests.oracle import law
from tests.oracle.state import OPEN, RUNNING, Doc, State, begins, ends, number


class Agreements(State):
    """Deeds that change who may give and read."""

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
        if self._stale(version):
            return "conflict"
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
        return "conflict" if self._stale(version) else "active"

    def _stale(self, version: Doc) -> bool:
        """Whether it goes on with a stream that is closed."""
        streams = (self.streams.get(c["continues"]) for c in version["text"]["clauses"])
        return any(stream is not None and not stream["open"] for stream in streams)

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
            stream |= {"clause": clause, "new": True}  # the worker goes through it
            if (
                known is None
                or not stream["runs"]
                or law.narrower(known[0], known[1], clause, self.parties(version))
            ):
                _begin(stream)
        for dropped in before:
            if self.streams[dropped]["open"]:
                self._close(self.streams[dropped], final=True, at=self.now)
        self._regrant(version)
        for other in self.agreements[version["agreement"]]["versions"].values():
            if other["state"] == "proposed" and other["signed"] and self._stale(other):
                other["state"] = "superseded"

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
