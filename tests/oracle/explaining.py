"""Explanations, lists and notices, held against the oracle as the streams are."""

from typing import Any

from hub.lib.errors import Forbidden, NotFound
from sharing.indicators.models import Indicator
from sharing.tokens import services as tokens
from tests.oracle import law, wire
from tests.oracle.drawing import VALUES
from tests.oracle.reading import Streams
from tests.oracle.state import Doc
from tests.walls import stored


class Readings(Streams):
    def in_order(self) -> list[str]:
        """The releases that were seen, in an order that no random id decides."""
        streams, values = [*self.world.streams], [*VALUES]

        def place(release: str) -> tuple[int, int, int]:
            stream, generation, _ = self.releases[release]
            return streams.index(stream), generation, values.index(self._value(release))

        return sorted(self.releases, key=place)

    def _value(self, release: str) -> str:
        """What a release that was seen is about."""
        pk, generation, token = self.releases[release]
        stream = self.world.streams[pk]
        return {self.made(stream, generation, x): x for x in VALUES}[token]

    def why(self, door: Any, slug: str, release: str) -> None:
        self.tally.reads += 1
        stream = self.world.streams[self.releases[release][0]]
        value, may = self._value(release), slug in self.world.readers(stream)
        if may:
            self._fetch_key(door, slug, stream)
        now = self.world.rows(stream) if may else {}
        rows = [self.named(stream, k, row) for k, row in now.items() if k[1] == value]
        try:
            found = door.why(self.stage.members[slug], release)
        except (NotFound, Forbidden):
            every = sum(k[1] == value for k in stream["rows"])
            if rows and len(rows) == every and not self.world.overdue:
                self.tally.miss(f"{slug} is not told why it has {release}")
            return
        if not may:
            self.tally.leak(f"{slug} is told why of {release}")
            return
        clause = stream["clause"]
        if found["clause"]["id"] != clause["id"]:
            self.tally.leak(f"{slug} is told another clause than {clause['id']}")
        if found["terms"]["purposes"] != sorted(law.listed(clause, "purposes")):
            self.tally.leak(f"{slug} is told other purposes")
        if found["state"] == "live" and found["originator"] not in [
            row.get("originator") for row in rows
        ]:
            self.tally.leak(f"{slug} is told {found['originator']}")

    def visibility(self, door: Any, slug: str, value: str) -> None:
        """The owner asks who sees a claim: exactly those who do, and exactly what."""
        self.tally.reads += 1
        claim = self.world.claims.get((slug, value))
        row = self._stored(slug, value)
        if claim is None or row is None or not self.world.settled:
            return
        try:
            found = door.visibility(self.stage.members[slug], str(row.pk))
        except (NotFound, Forbidden):
            if self.world.orgs[slug]["active"]:
                self.tally.miss(f"{slug} is not told who sees {value}")
            return
        told = {each["collection"]["id"]: each for each in found}
        for stream in self.world.streams.values():
            if self.world.knows(slug, stream):
                self._hold_seen(slug, value, stream, told.pop(stream["id"], None))
            elif stream["id"] in told:
                self.tally.leak(f"{slug} is told of {told.pop(stream['id'])}")

    def _hold_seen(self, slug: str, value: str, stream: Doc, told: Doc | None) -> None:
        version = self.world.in_force(self.world.agreements[stream["agreement"]])
        due = told is not None and told["standing"] == "due"
        rows = self.world.will_serve(stream) if due else self.world.rows(stream)
        row = rows.get((slug, value))
        seen = self.world.readers(stream) if row is not None else set()
        known = {s for s in seen if s not in version["hidden"] or s == slug}
        if told is None:
            self.tally.miss(f"{slug} is not told of {stream['id']}")
            return
        ids = {each["organization"]["id"] for each in told["recipients"]}
        names = {str(m.id): s for s, m in self.stage.members.items()}
        said = {names[pk] for pk in ids}
        if said - known:
            self.tally.leak(f"{slug} is told that {said - known} see {value}")
        if known - said:
            self.tally.miss(f"{slug} is not told that {known - said} see {value}")
        if row is not None and self.computable(stream):
            expected = self.named(stream, (slug, value), row)
            self.hold(
                f"{slug}'s own {value}", [told["payload"] or {"token": ""}], [expected]
            )

    def _stored(self, slug: str, value: str) -> Indicator | None:
        index = tokens.indexer().index(wire.digest(VALUES[value], value))
        owner = self.stage.members[slug].id
        return stored(Indicator).filter(owner=owner, index=index).first()

    def lists(self, door: Any, slug: str) -> None:
        """The collections of an organization, and how many releases it may see there."""
        self.tally.reads += 1
        if not self.world.orgs[slug]["active"]:
            return
        found = {
            each["id"]: each for each in door.collections(self.stage.members[slug])
        }
        expected = {}
        for stream in self.world.streams.values():
            reads = slug in self.world.readers(stream)
            gives = self.world.knows(slug, stream)
            if reads or gives:
                count = len(self.world.rows(stream)) if reads else None
                expected[stream["id"]] = (reads, gives, count)
        for pk in found.keys() | expected.keys():
            each, told = found.get(pk), expected.get(pk)
            if each is None:
                self.tally.miss(f"{slug}'s list lacks {pk}: {told}")
            elif told != (each["can_read"], each["can_contribute"], each["releases"]):
                self.tally.leak(f"{slug}'s list has {each}, not {told}")

    def notices(self, door: Any, slug: str) -> None:
        """Those to the organization, each to it alone; it acknowledges one of them."""
        self.tally.reads += 1
        if not self.world.orgs[slug]["active"]:
            return
        found = door.notices(self.stage.members[slug])
        seen = {each["collection"] for each in found}
        own = {pk for pk, to in self.world.notices if to == slug}
        for pk in seen - own:
            self.tally.leak(f"{slug} has a notice about {pk}")
        for pk in own - seen:
            self.tally.miss(f"{slug} has no notice about {pk}")
        for each in found[:1]:
            door.acknowledge(self.stage.members[slug], each["id"])
            self.world.notices[each["collection"], slug]["acked"] = True
