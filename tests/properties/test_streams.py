"""Two owners send, correct and take back in any order: each stream ends as a plain model says.

The model below knows lines and the three clauses of the demo, and nothing of the hub. The
worker here takes what is due in a random order; a reader follows each stream all the
while, and must end where one who reads it anew begins.
"""

import hashlib
import json
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.lib.paging import Cursor
from orgs.accounts.models import User
from sharing import pipeline
from sharing import vocabulary as v
from sharing.agreements.models import StreamHead
from sharing.distribution.models import ControlRecord, Release, ReleaseBatch
from sharing.events import services as outbox
from sharing.events.models import OutboxRow
from sharing.feeds import selectors as feeds
from sharing.indicators import services as indicators
from sharing.indicators.models import Indicator
from sharing.intake import accept
from sharing.tokens import scheme
from tests.cast import acting
from tests.coalition import collection, send
from tests.walls import OWNER, by_worker, stored, working_as

FRAUD, POLICE, VENDOR = "Fraud prevention", "Investigation", "Vendor exchange"
READERS = {FRAUD: "bob", POLICE: "dana", VENDOR: "bob"}
VALUES = [f"host-{n}.scam.example" for n in range(4)]
PAST = "2020-01-01T00:00:00Z"
Line = dict[str, Any]
Key = tuple[str, str]  # owner, value


@dataclass
class Claim:
    confidence: int = 50
    tlp: str = "amber"
    state: str = "active"
    over: bool = False
    audience: frozenset[str] | None = frozenset()


@dataclass
class Model:
    """What has been said so far, and what each stream must hold of it."""

    claims: dict[Key, Claim] = field(default_factory=dict)

    def tell(self, owner: str, line: Line) -> None:
        key = owner, line["value"]
        op = line.get("op", "submit")
        if op == "withdraw":
            self.claims.setdefault(key, Claim()).state = "withdrawn"
        elif op == "submit":
            self._submit(key, line)
        elif key in self.claims:
            self._correct(self.claims[key], line)

    def _submit(self, key: Key, line: Line) -> None:
        known = self.claims.get(key, Claim())
        said = frozenset(line["audience"]) if "audience" in line else None
        self.claims[key] = Claim(
            line.get("confidence", 50),
            line.get("tlp", "amber"),
            audience=said if known.audience == frozenset() else known.audience,
        )

    def _correct(self, claim: Claim, line: Line) -> None:
        if "audience" in line:
            wanted = frozenset(line["audience"])
            if claim.audience is not None and not wanted <= claim.audience:
                return
            claim.audience = wanted
        claim.confidence = line.get("confidence", claim.confidence)
        claim.tlp = line.get("tlp", claim.tlp)
        claim.over = claim.over or "valid_until" in line

    def expire(self) -> None:
        for claim in self.claims.values():
            if claim.over and claim.state == "active":
                claim.state = "expired"

    def stream(self, title: str) -> dict[Key, int]:
        found = {}
        for key, claim in self.claims.items():
            named = claim.audience is None or str(collection(title)) in claim.audience
            alive = claim.state == "active" and not claim.over
            if alive and named and self._covers(title, key[0], claim):
                found[key] = claim.confidence
        return found

    @staticmethod
    def _covers(title: str, owner: str, claim: Claim) -> bool:
        if title == VENDOR:
            return owner == "frank" and claim.tlp == "green"
        least = {FRAUD: 30, POLICE: 50}[title]
        return claim.tlp != "red" and claim.confidence >= least


class Reader:
    """Follows one stream from where it was, and keeps what a partner would keep."""

    def __init__(self, person: User, title: str) -> None:
        self.person, self.title = person, title
        self.cursor = Cursor()
        self.held: dict[str, Line] = {}

    def follow(self) -> None:
        more = True
        while more:
            page = feeds.page(
                acting(self.person), collection(self.title), self.cursor, 3
            )
            self.cursor, more = page.next, page.more
            for record in map(json.loads, page.records):
                assert record["kind"] in ("release", "tombstone")
                self.held.pop(record["id"], None)
                if record["kind"] == "release":
                    self.held[record["id"]] = record

    def read(self) -> dict[Key, int]:
        self.follow()
        names = tokens(self.person, self.title)
        found = {
            (owner_of(each), names[each["token"]]): each["confidence"]
            for each in self.held.values()
        }
        assert len(found) == len(self.held), "nothing twice"
        return found


def owner_of(record: Line) -> str:
    return "alice" if record["originator"]["name"] == "Meadow Social" else "frank"


def tokens(person: User, title: str) -> dict[str, str]:
    (key,) = feeds.keys(acting(person), collection(title))
    made = {}
    for value in VALUES:
        digest = scheme.digest("domain", 1, value)
        made[scheme.wire(1, scheme.token(bytes.fromhex(key.key), "domain", digest))] = (
            value
        )
    return made


class Worker:
    """Takes due rows of the outbox in a random order; intake in the order of arrival."""

    def __init__(self, seed: int, *, in_order: bool) -> None:
        self.random, self.in_order = random.Random(seed), in_order

    def take(self, most: int) -> None:
        for _ in range(most):
            waiting = OutboxRow.objects.filter(done_at=None).order_by("pk")
            rows = list(waiting)
            chunks = [row for row in rows if row.kind == "chunk_received"]
            if self.in_order:
                rows = [row for row in rows if row not in chunks[1:]]
            if not rows:
                return
            row = self.random.choice(rows)
            OutboxRow.objects.filter(pk=row.pk).update(shard=7)
            claimed = outbox.claim(7)
            assert claimed is not None
            assert by_worker(pipeline.work, claimed), claimed.kind

    def finish(self) -> None:
        self.take(10_000)


def check_whole(title: str) -> None:
    """seq has no gap, dates rise with it, and each live row is as it was committed."""
    (head,) = StreamHead.objects.filter(generation__collection=collection(title))
    batches = stored(ReleaseBatch).filter(generation=head.pk)
    given_out = sorted(
        seq
        for each in batches
        for seq in range(each.first_seq, each.first_seq + each.n)
    )
    controls = stored(ControlRecord).filter(generation=head.pk).count()
    assert given_out == list(range(1, head.next_seq - controls))
    rows = list(
        stored(Release)
        .filter(generation=head.pk)
        .order_by("seq")
        .select_related("batch")
    )
    dates = [row.date_added for row in rows]
    assert dates == sorted(set(dates))
    for row in rows:
        assert row.batch.first_seq + row.ordinal == row.seq
        if not row.sealed:
            content = b"tombstone" if row.payload is None else bytes(row.payload)
            nonce = bytes(row.batch.nonces or b"")[16 * row.ordinal :][:16]
            committed = bytes(row.batch.commitments)[32 * row.ordinal :][:32]
            proof = hashlib.sha256(nonce + row.pk.bytes + content).digest()
            assert proof == committed


WORDS = st.fixed_dictionaries(
    {},
    optional={
        "confidence": st.sampled_from([10, 40, 60, 90]),
        "tlp": st.sampled_from(["green", "amber", "red"]),
    },
)
AUDIENCE = st.sets(st.sampled_from([FRAUD, POLICE]), min_size=1)


def lines(*, with_audience: bool) -> st.SearchStrategy[list[Line]]:
    named = st.fixed_dictionaries({}, optional={"audience": AUDIENCE})
    extra = named if with_audience else st.just({})
    until = st.fixed_dictionaries({}, optional={"valid_until": st.just(PAST)})
    value = st.sampled_from(VALUES).map(lambda text: {"value": text})
    parts = (
        st.tuples(value, WORDS, extra),
        st.tuples(value, WORDS, extra),
        st.tuples(value, WORDS, extra, until, st.just({"op": "correct"})),
        st.tuples(value, st.just({"op": "withdraw"})),
    )
    line = st.one_of(*parts).map(
        lambda found: {k: x for p in found for k, x in p.items()}
    )
    return st.lists(line, min_size=1, max_size=5)


STEPS = st.booleans().flatmap(
    lambda audience: st.tuples(
        st.just(audience),
        st.lists(
            st.tuples(
                st.sampled_from(["alice", "frank"]),
                lines(with_audience=audience),
                st.integers(0, 9),  # rows that the worker takes before the next
                st.booleans(),  # whether claims expire then
            ),
            min_size=2,
            max_size=5,
        ),
    )
)


def with_ids(line: Line) -> Line:
    if "audience" not in line:
        return line
    return line | {"audience": sorted(str(collection(t)) for t in line["audience"])}


def empty() -> None:
    """Everything but the agreement goes, so that examples begin alike."""
    names = (Release, ReleaseBatch, Indicator, OutboxRow)
    tables = ", ".join(model._meta.db_table for model in names)
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}, sharing_receipt CASCADE")
    StreamHead.objects.update(next_seq=1, last_date_added=None, horizon_seq=0)


@pytest.mark.django_db(transaction=True)
@given(plan=STEPS, seed=st.integers(0, 2**32))
@settings(
    max_examples=9,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_streams_hold_what_was_said_last_and_permitted(
    coalition: object,
    alice: User,
    frank: User,
    bob: User,
    dana: User,
    plan: tuple[bool, list[tuple[str, list[Line], int, bool]]],
    seed: int,
) -> None:
    empty()
    people = {"alice": alice, "frank": frank, "bob": bob, "dana": dana}
    # What an audience is set to goes by the order of arrival; all else by that of lines.
    audience, steps = plan
    model, worker = Model(), Worker(seed, in_order=audience)
    readers = {title: Reader(people[who], title) for title, who in READERS.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(v, "CHUNK_LINES", 2)
        patch.setattr(accept, "WAIT", timedelta(0))
        for owner, said, rows, expires in steps:
            told = [with_ids(line) for line in said]
            send(people[owner], told, work=False)
            for line in told:
                model.tell(owner, line)
            worker.take(rows)
            if expires:
                worker.finish()
                by_worker(indicators.expire_due)
                model.expire()
            for reader in readers.values():
                reader.follow()
        worker.finish()
    for title, reader in readers.items():
        assert reader.read() == model.stream(title), title
        assert Reader(people[READERS[title]], title).read() == model.stream(title)
        check_whole(title)
