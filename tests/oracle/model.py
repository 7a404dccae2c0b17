"""What must be so after everything that was done: the oracle's world of plain dicts.

It is told each deed (and the ids that the hub gave to things), and says who may read
which stream now and exactly what. The machine does the same deeds to the hub.
"""

from copy import deepcopy
from datetime import timedelta

from tests.oracle import law
from tests.oracle.claims import Claim, Line, fold
from tests.oracle.lifecycle import Agreements
from tests.oracle.state import RUNNING, Doc, Key, ids_of

PURGE = timedelta(hours=72)
GRACE = timedelta(hours=1)


class World(Agreements):
    """Deeds that change what there is to read."""

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
        audiences = {name for stream, *_ in fed for name in ids_of(stream)}
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
            and law.covers(clause, parties, active, ids_of(stream))
            for stream, clause, parties in fed
        )

    def will_serve(self, stream: Doc) -> dict[Key, Doc]:
        """What is served once the worker has seen that an embargo ended."""
        later = deepcopy(stream)
        self._release(later)
        return self.rows(later)

    def _rest(self, stream: Doc, giving: frozenset[str]) -> None:
        """Nobody reads it. What nobody touches lies there until somebody may again.

        A Version that took effect is gone through: what it does not permit is taken back,
        and so is what was of a party that left.
        """
        stream["rows"] = {
            key: (payload, until)
            for key, (payload, until) in stream["rows"].items()
            if not stream["new"]
            and key[0] in giving
            and self.claims[key]["revision"] == payload["revision"]
        }

    def _release(self, stream: Doc) -> None:
        found = self.clause_now(stream, RUNNING)
        if found is None or not stream["runs"] or self.embargoed(stream["clause"]):
            return
        clause, parties = found[0], self.parties(found[1])
        stream["begun"] = True
        if law.says_nothing(clause, parties):
            self._rest(stream, law.givers(clause, parties))
            stream["new"] = False
            return
        stream["new"] = False
        stream["rows"] = {}
        for key, claim in self.claims.items():
            promised = stream["until"].get(key)
            if (
                claim["valid_until"] <= self.now
                or (promised is not None and promised <= self.now)
                or not law.covers(clause, parties, claim, ids_of(stream))
            ):
                continue
            if key not in stream["dated"]:
                until = self.now + timedelta(days=clause["retention_days"])
                stream["until"][key] = min(until, promised or until)
                stream["dated"].add(key)
            stream["were"].add(key[1])
            payload = law.payload(clause, claim, self.orgs[key[0]], "")
            stream["rows"][key] = payload, claim["valid_until"]
