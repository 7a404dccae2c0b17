"""Reading what the hub shows and holding it against the oracle: leaked, or hidden."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hub.lib.errors import Forbidden, NotFound
from sharing.indicators.models import Indicator
from sharing.tokens import services as tokens
from tests.oracle import law, wire
from tests.oracle.drawing import VALUES
from tests.oracle.model import World
from tests.oracle.stage import Stage
from tests.walls import stored

Doc = dict[str, Any]
PLACE = ("kind", "id", "cursor", "seq", "date_added")
SHAPES = {
    "tombstone": {*PLACE, "token"},
    "control": {"kind", "event", "cursor", "seq", "date_added"},
}


@dataclass
class Tally:
    steps: int = 0
    reads: int = 0
    http: int = 0
    leaked: int = 0
    hidden: int = 0
    said: list[str] = field(default_factory=list)

    def leak(self, what: str) -> None:
        self.leaked += 1
        self.said.append(f"leaked: {what}")

    def miss(self, what: str) -> None:
        self.hidden += 1
        self.said.append(f"hidden: {what}")


@dataclass
class Follower:
    """A partner that keeps its cursor, and of the stream what it was told to keep."""

    cursor: str = ""
    held: dict[str, Doc] = field(default_factory=dict)
    built: int = 1  # the newest generation that said it is complete


class Readings:
    def __init__(self, stage: Stage, world: World, tally: Tally) -> None:
        self.stage, self.world, self.tally = stage, world, tally
        self.keys: dict[tuple[str, int], str] = {}
        self.followers: dict[tuple[str, str], Follower] = {}
        self.releases: dict[
            str, tuple[str, int, str]
        ] = {}  # id: stream, generation, token

    # Streams

    def pull(self, door: Any, slug: str, stream: Doc, limit: int = 4) -> None:
        """A fresh reader reads all of a stream."""
        found = self._read(door, slug, stream, "", limit)
        if found is None:
            return
        expected = self._expected(stream)
        seen = [_payload(each) for each in found[0] if each["kind"] == "release"]
        self._hold(f"{slug} of {stream['id']}", seen, expected)
        self._hold_rest(stream, found[0])

    def follow(self, door: Any, slug: str, stream: Doc) -> None:
        """A partner reads on from where it was."""
        own = self.followers.setdefault((slug, stream["id"]), Follower())
        found = self._read(door, slug, stream, own.cursor, 3)
        if found is None:
            return
        records, own.cursor = found
        for record in records:
            _keep(own, record, stream["generation"])
        if not self.world.settled:
            return
        now, done = stream["generation"], own.built == stream["generation"]
        if not done and stream["begun"] and self._contributed(stream):
            self.tally.miss(f"{slug} is not told that {stream['id']} is complete")
        seen = [
            each
            for each in own.held.values()
            if done or each["token"].startswith(f"{now}:")
        ]
        self._hold(f"{slug} following {stream['id']}", seen, self._expected(stream))

    def _contributed(self, stream: Doc) -> bool:
        return bool(self.world.givers(stream))

    def _read(
        self, door: Any, slug: str, stream: Doc, after: str, limit: int
    ) -> tuple[list[Doc], str] | None:
        """All records after a cursor; None when there is no reading, rightly or not."""
        self.tally.reads += 1
        may = slug in self.world.readers(stream)
        member, records, more = self.stage.members[slug], list[Doc](), True
        try:
            while more:
                page = door.page(member, stream["id"], after, limit)
                records += page.records
                after, more = page.next, page.more
            self._fetch_key(door, slug, stream)
        except (NotFound, Forbidden) as refusal:
            if may:
                self.tally.miss(f"{slug} may not read {stream['id']}")
            elif isinstance(refusal, Forbidden) and not self._knows(slug, stream):
                self.tally.leak(f"{slug} learns that there is {stream['id']}")
            return None
        if not may:
            self.tally.leak(f"{slug} reads {stream['id']}")
            return None
        for record in records:
            if record["kind"] != "control":
                place = stream["id"], stream["generation"], record["token"]
                self.releases[record["id"]] = place
        return records, after

    def _knows(self, slug: str, stream: Doc) -> bool:
        return slug in self.world.givers(stream) or slug in stream["granted"]

    def _fetch_key(self, door: Any, slug: str, stream: Doc) -> None:
        place = stream["id"], stream["generation"]
        if place in self.keys:
            return
        for each in door.keys(self.stage.members[slug], stream["id"]):
            self.keys[stream["id"], each["generation"]] = each["key"]

    def _expected(self, stream: Doc) -> list[Doc]:
        rows = self.world.rows(stream)
        return [self._named(stream, key, payload) for key, payload in rows.items()]

    def _named(self, stream: Doc, key: tuple[str, str], payload: Doc) -> Doc:
        """With the token, and the pseudonym that this collection has for the owner."""
        found = {**payload, "token": self._token(stream, key[1])}
        originator = payload.get("originator")
        if originator is not None and "name" not in originator:
            owner = self.stage.members[key[0]].id
            made = tokens.fingerprint(
                "pseudonym", UUID(stream["id"]).bytes + owner.bytes
            )
            found["originator"] = {"id": made[:16].hex()}
        return found

    def _token(self, stream: Doc, value: str) -> str:
        number = stream["generation"]
        key = self.keys.get((stream["id"], number))
        if key is None:
            return f"{number}:unknown"
        return wire.token(number, key, VALUES[value], value)

    def _hold_rest(self, stream: Doc, records: list[Doc]) -> None:
        """Tombstones are of what was there; nothing but a place stands in the rest."""
        were = {self._token(stream, value) for value in stream["were"]}
        last = 0
        for record in records:
            if record["seq"] <= last:
                self.tally.miss(f"the order of {stream['id']}")
            last = record["seq"]
            shape = SHAPES.get(record["kind"])
            if shape is not None and record.keys() != shape:
                self.tally.leak(f"fields of a {record['kind']}: {[*record]}")
            if record["kind"] == "tombstone" and record["token"] not in were:
                self.tally.leak(f"a tombstone of what was never in {stream['id']}")

    def _hold(self, where: str, seen: list[Doc], expected: list[Doc]) -> None:
        more, less = list(seen), list[Doc]()
        for row in expected:
            if row in more:
                more.remove(row)
            else:
                less.append(row)
        for row in less:
            near = [each for each in more if each["token"] == row["token"]]
            if near:
                more.remove(near[0])
                self._hold_fields(where, near[0], row)
            else:
                self.tally.miss(f"{where}: {row}")
        for row in more:
            self.tally.leak(f"{where}: {row}")

    def _hold_fields(self, where: str, seen: Doc, row: Doc) -> None:
        for name in sorted(row.keys() | seen.keys()):
            if seen.get(name) == row.get(name):
                continue
            told = f"{where}: {name} is {seen.get(name)}, not {row.get(name)}"
            if name in seen and not name.endswith("_absent"):
                self.tally.leak(told)
            else:
                self.tally.miss(told)

    # Explanations, lists, notices

    def in_order(self) -> list[str]:
        """The releases that were seen, in an order that no random id decides."""
        streams = [*self.world.streams]

        def place(release: str) -> tuple[int, int, int]:
            stream, generation, token = self.releases[release]
            key = self.keys.get((stream, generation), "")
            made = [wire.token(generation, key, k, x) for x, k in VALUES.items()]
            return streams.index(stream), generation, made.index(token)

        return sorted(self.releases, key=place)

    def why(self, door: Any, slug: str, release: str) -> None:
        self.tally.reads += 1
        stream_id, generation, token = self.releases[release]
        stream = self.world.streams[stream_id]
        current = generation == stream["generation"]
        may = current and slug in self.world.readers(stream)
        rows = [r for r in self._expected(stream) if r["token"] == token] if may else []
        try:
            found = door.why(self.stage.members[slug], release)
        except (NotFound, Forbidden):
            if rows and len(rows) == len(self._of(stream, token)):
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

    def _of(self, stream: Doc, token: str) -> list[Doc]:
        """All that was released of a token, served now or not."""
        return [k for k in stream["rows"] if self._token(stream, k[1]) == token]

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
            if slug in self.world.givers(stream):
                self._hold_seen(slug, value, stream, told.pop(stream["id"], None))
            elif stream["id"] in told:
                self.tally.leak(f"{slug} is told of {told.pop(stream['id'])}")

    def _hold_seen(self, slug: str, value: str, stream: Doc, told: Doc | None) -> None:
        version = self.world.in_force(self.world.agreements[stream["agreement"]])
        row = self.world.rows(stream).get((slug, value))
        seen = self.world.readers(stream) if row is not None else set()
        known = {s for s in seen if s not in version["hidden"] or s == slug}
        if told is None:
            if known - {slug} and not version["hidden"]:
                self.tally.miss(f"{slug} is not told of {stream['id']}")
            return
        ids = {each["organization"]["id"] for each in told["recipients"]}
        names = {str(m.id): s for s, m in self.stage.members.items()}
        said = {names[pk] for pk in ids}
        if said - known:
            self.tally.leak(f"{slug} is told that {said - known} see {value}")
        if known - said:
            self.tally.miss(f"{slug} is not told that {known - said} see {value}")
        if row is not None and (stream["id"], stream["generation"]) in self.keys:
            expected = self._named(stream, (slug, value), row)
            self._hold(
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
            gives = slug in self.world.givers(stream)
            if reads or gives:
                count = len(self.world.rows(stream)) if reads else None
                expected[stream["id"]] = (reads, gives, count)
        for pk in found.keys() | expected.keys():
            each, told = found.get(pk), expected.get(pk)
            if each is None:
                self.tally.miss(f"{slug}'s list lacks {pk}")
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

    def pairs(self) -> Iterator[tuple[str, Doc]]:
        for stream in self.world.streams.values():
            for slug in self.world.orgs:
                yield slug, stream


def _payload(record: Doc) -> Doc:
    return {name: told for name, told in record.items() if name not in PLACE}


def _keep(own: Follower, record: Doc, generation: int) -> None:
    if record["kind"] == "release":
        own.held[record["id"]] = _payload(record)
    elif record["kind"] == "tombstone":
        own.held.pop(record["id"], None)
    elif record["event"] == "build_complete":
        own.built = generation
        own.held = {
            pk: each
            for pk, each in own.held.items()
            if each["token"].startswith(f"{generation}:")
        }
