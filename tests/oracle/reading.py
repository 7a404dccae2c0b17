"""Reading what the hub shows and holding it against the oracle: leaked, or hidden."""

from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from hub.lib.errors import Conflict, Forbidden, NotFound
from sharing.tokens import services as tokens
from tests.oracle import law, wire
from tests.oracle.drawing import VALUES
from tests.oracle.model import World
from tests.oracle.stage import Stage

Doc = dict[str, Any]
PLACE = ("kind", "id", "cursor", "seq", "date_added", "collection")
RECORD = PLACE[:-1]  # in a stream
SHAPES = {
    "tombstone": [{*RECORD, "token"}, {*RECORD}],
    "control": [{"kind", "event", "cursor", "seq", "date_added"}],
}


@dataclass
class Tally:
    steps: int = 0
    reads: int = 0
    http: int = 0
    leaked: int = 0
    hidden: int = 0
    said: list[str] = field(default_factory=list)

    def wrong(self, what: str) -> NoReturn:
        """The hub did what it should not: hub and oracle are two worlds from here on."""
        self.leak(what)
        raise AssertionError(what)

    def leak(self, what: str) -> None:
        self.leaked += 1
        self.said.append(f"leaked: {what}")

    def miss(self, what: str) -> None:
        self.hidden += 1
        self.said.append(f"hidden: {what}")


class SeenError(BaseException):
    """Something leaked or is hidden; not an Exception, so that nothing is played again."""


class FirstTally(Tally):
    """Ends the run with the first thing that is seen, at once."""

    def leak(self, what: str) -> None:
        super().leak(what)
        raise SeenError(what)

    def miss(self, what: str) -> None:
        super().miss(what)
        raise SeenError(what)


@dataclass
class Follower:
    """A partner that keeps its cursor, and of the stream what it was told to keep."""

    cursor: str = ""
    held: dict[str, Doc] = field(default_factory=dict)
    built: int = 1  # the newest generation that said it is complete


class Streams:
    def __init__(self, stage: Stage, world: World, tally: Tally) -> None:
        self.stage, self.world, self.tally = stage, world, tally
        self.keys: dict[tuple[str, int], str] = {}
        self.otags: dict[tuple[str, int, str], str] = {}
        self.followers: dict[tuple[str, str], Follower] = {}
        self.releases: dict[
            str, tuple[str, int, str]
        ] = {}  # id: stream, generation, token

    # Streams

    def pull(self, door: Any, slug: str, stream: Doc, limit: int = 4) -> None:
        """A fresh reader reads all of a stream, or asks where there is none."""
        if law.only_answers(stream["clause"]):
            self.ask(door, slug, stream)
            return
        found = self._read(door, slug, stream, "", limit)
        if found is None:
            return
        expected = self.expected(stream)
        seen = [_payload(each) for each in found[0] if each["kind"] == "release"]
        self.hold(f"{slug} of {stream['id']}", seen, expected)
        self._hold_rest(stream, found[0])

    def follow(self, door: Any, slug: str, stream: Doc) -> None:
        """A partner reads on from where it was."""
        if law.only_answers(stream["clause"]):
            self.ask(door, slug, stream)
            return
        own = self.followers.setdefault((slug, stream["id"]), Follower())
        found = self._read(door, slug, stream, own.cursor, 3)
        if found is None:
            return
        records, own.cursor = found
        for record in records:
            _keep(own, record, stream["generation"])
        if not self.world.settled or self.world.overdue:
            return  # what ended is not served, but nobody was told yet to forget it
        now, done = stream["generation"], own.built == stream["generation"]
        if not done and stream["begun"] and self._contributed(stream):
            self.tally.miss(f"{slug} is not told that {stream['id']} is complete")
        seen = [
            each
            for each in own.held.values()
            if done or each["token"].startswith(f"{now}:")
        ]
        self.hold(f"{slug} following {stream['id']}", seen, self.expected(stream))

    def ask(self, door: Any, slug: str, stream: Doc) -> None:
        """Where nothing is handed over: the filter, and the details of all that hits."""
        self.tally.reads += 1
        may, member = slug in self.world.readers(stream), self.stage.members[slug]
        every = {self._token(stream, value) for value in VALUES}
        try:
            held = door.filter(member, stream["id"])
            told = door.details(member, stream["id"], sorted(every))
            self._ask_for_more(door, member, stream)
        except (NotFound, Forbidden) as refusal:
            self._hold_refusal(slug, stream, refusal, may=may)
            return
        if not may:
            self.tally.leak(f"{slug} asks in {stream['id']}")
            return
        expected = self.expected(stream)
        for each in told:
            place = stream["id"], stream["generation"], each["token"]
            self.releases[each["id"]] = place
        self.hold(f"{slug} asking {stream['id']}", list(map(_payload, told)), expected)
        tags = {bytes.fromhex(each["token"].partition(":")[2]) for each in expected}
        if held != {int.from_bytes(tag[:6], "big") for tag in tags}:
            self.tally.leak(f"{slug}: the filter of {stream['id']} is another")

    def _ask_for_more(self, door: Any, member: Any, stream: Doc) -> None:
        """There is no stream to read, and no key to compute with."""
        for refuses in (
            lambda: door.page(member, stream["id"], "", 4),
            lambda: door.keys(member, stream["id"]),
        ):
            try:
                refuses()
            except Conflict:
                continue
            self.tally.leak(f"{member.slug} is handed a stream of {stream['id']}")

    def _hold_refusal(
        self, slug: str, stream: Doc, refusal: Exception, *, may: bool
    ) -> None:
        if may:
            self.tally.miss(f"{slug} may not read {stream['id']}")
        elif isinstance(refusal, Forbidden) and not self._knows(slug, stream):
            self.tally.leak(f"{slug} learns that there is {stream['id']}")

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
            self._hold_refusal(slug, stream, refusal, may=may)
            return None
        if not may:
            self.tally.leak(f"{slug} reads {stream['id']}")
            return None
        for record in records:
            if "token" in record:
                place = stream["id"], stream["generation"], record["token"]
                self.releases[record["id"]] = place
        return records, after

    def _knows(self, slug: str, stream: Doc) -> bool:
        return self.world.knows(slug, stream) or slug in stream["granted"]

    def _fetch_key(self, door: Any, slug: str, stream: Doc) -> None:
        place = stream["id"], stream["generation"]
        if place in self.keys or law.only_answers(stream["clause"]):
            return
        for each in door.keys(self.stage.members[slug], stream["id"]):
            self.keys[stream["id"], each["generation"]] = each["key"]

    def expected(self, stream: Doc) -> list[Doc]:
        rows = self.world.rows(stream)
        return [self.named(stream, key, payload) for key, payload in rows.items()]

    def named(self, stream: Doc, key: tuple[str, str], payload: Doc) -> Doc:
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
        return self.made(stream, stream["generation"], value)

    def made(self, stream: Doc, number: int, value: str) -> str:
        """The token as a partner computes it; an otag, which nobody else can, as the hub."""
        if law.only_answers(stream["clause"]):
            return f"{number}:{self._otag(stream['id'], number, value)}"
        key = self.keys.get((stream["id"], number))
        if key is None:
            return f"{number}:unknown"
        return wire.token(number, key, VALUES[value], value)

    def _otag(self, stream: str, number: int, value: str) -> str:
        place = stream, number, value
        if place not in self.otags:
            kind = VALUES[value]
            make = tokens.otag_maker(UUID(stream), number)
            self.otags[place] = make(kind, wire.digest(kind, value)).hex()
        return self.otags[place]

    def computable(self, stream: Doc) -> bool:
        known = (stream["id"], stream["generation"]) in self.keys
        return known or law.only_answers(stream["clause"])

    def _hold_rest(self, stream: Doc, records: list[Doc]) -> None:
        """Tombstones are of what was there; nothing but a place stands in the rest."""
        were = {self._token(stream, value) for value in stream["were"]}
        were |= {""} if stream["generation"] > 1 else set()
        last = 0
        for record in records:
            if record["seq"] <= last:
                self.tally.miss(f"the order of {stream['id']}")
            last = record["seq"]
            shapes = SHAPES.get(record["kind"])
            if shapes is not None and record.keys() not in shapes:
                self.tally.leak(f"fields of a {record['kind']}: {[*record]}")
            if record["kind"] == "tombstone" and record.get("token", "") not in were:
                self.tally.leak(
                    f"a tombstone of what was never in {stream['id']}: {record} {stream['were']} {stream['generation']}"
                )

    def hold(self, where: str, seen: list[Doc], expected: list[Doc]) -> None:
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


def _payload(record: Doc) -> Doc:
    return {name: told for name, told in record.items() if name not in PLACE}


def _keep(own: Follower, record: Doc, generation: int) -> None:
    if record["kind"] == "release":
        own.held[record["id"]] = _payload(record)
    elif record["kind"] == "tombstone":
        own.held.pop(record["id"], None)
    elif record["event"] == "build_complete":
        own.built = generation
