"""Each line of health, from facts alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from hub.lib.clock import now
from hub.staff import judging
from hub.staff.facts import Disk, Facts, HubKey
from hub.staff.lines import Line, State, told, worst
from sharing.agreements.outlook import Change, Keys
from sharing.distribution.progress import Building
from sharing.events import pulse
from sharing.events.queues import Depth

NOW = now()
STREAM = UUID(int=7)


def ago(**span: float):
    return NOW - timedelta(**span)


def keys(**changed) -> Keys:
    known = Keys(
        collection_id=STREAM,
        collection="Fraud",
        agreement_id=uuid4(),
        disclosure="token",
        is_open=True,
        number=1,
        state="live",
        effective_from=ago(days=3),
        created_at=ago(days=3),
        destroyed=False,
        rotation=False,
    )
    return replace(known, **changed)


WELL = Facts(
    moment=NOW,
    redis=True,
    walls=True,
    pulse={
        pulse.WORKER: ago(seconds=1),
        pulse.BEAT: ago(seconds=1),
        pulse.MINUTE: ago(seconds=30),
        pulse.HOUR: ago(minutes=30),
    },
    shards={},
    chunks={},
    held=[],
    builds=[],
    keys=[keys()],
    hub_keys=[HubKey("vault", 1, ago(days=20), True)],
    changes=[],
    lists=ago(days=20),
    disk=Disk(10**9, 10**12),
    backup=ago(hours=5),
)


def line(name: str, **changed) -> Line:
    [found] = [
        each for each in judging.lines(replace(WELL, **changed)) if each.name == name
    ]
    return found


def test_all_is_well_when_it_is() -> None:
    lines = judging.lines(WELL)
    assert worst(lines) is State.OK, [each for each in lines if each.state != "ok"]
    assert len({each.name for each in lines}) == len(lines) == 18
    assert not any(each.todo for each in lines)


BUILD = Building(STREAM, "Fraud", 2, 3, 0.5, ago(minutes=10), 60_000, 100.0)
PULSE = WELL.pulse
assert PULSE is not None
CASES: list[tuple[str, dict, str, str]] = [
    ("database", {"walls": False}, "act", "row-level security does not hold"),
    ("redis", {"redis": False}, "act", "does not answer"),
    ("worker", {"pulse": None}, "look", "Nobody can say"),
    ("worker", {"pulse": {}}, "act", "not seen yet"),
    ("worker", {"pulse": PULSE | {"worker": ago(seconds=20)}}, "look", "20 seconds"),
    ("beat", {"pulse": PULSE | {"beat": ago(minutes=3)}}, "act", "3 minutes ago"),
    ("housekeeping", {"pulse": {}}, "look", "not seen since"),
    ("housekeeping", {"pulse": PULSE | {"hour": ago(hours=13)}}, "act", "13 hours"),
    ("outbox", {"shards": {0: Depth(waiting=3, oldest=ago(seconds=9))}}, "ok", "3 rows due"),
    ("outbox", {"shards": {0: Depth(waiting=3, oldest=ago(minutes=2))}}, "look", "2 minutes"),
    ("outbox", {"shards": {0: Depth(waiting=1, oldest=ago(hours=2))}}, "act", "1 row due"),
    ("doorbell", {"shards": {1: Depth(waiting=1, oldest=ago(minutes=9))}}, "act", "not rung yet"),
    (
        "doorbell",
        {
            "shards": {1: Depth(waiting=1, oldest=ago(minutes=9))},
            "pulse": PULSE | {"shard-1": ago(seconds=2)},
        },
        "ok",
        "rung 2 seconds ago",
    ),
    ("dead", {"shards": {0: Depth(dead=2), 1: Depth(stuck=1)}}, "act", "2 rows dead, 1 row stuck"),
    ("dead", {"shards": {0: Depth(stuck=1)}}, "look", "1 row stuck"),
    ("chunks", {"chunks": {STREAM: Depth(dead=1)}}, "act", "1 dead, of 1 organization"),
    ("chunks", {"chunks": {STREAM: Depth(at_work=2)}}, "ok", "2 at work"),
    ("builds", {"builds": [BUILD]}, "ok", "50% through, 60,000 rows at 100 a second"),
    ("builds", {"builds": [replace(BUILD, rows=None, rate=None)]}, "ok", "fewer than 5 rows"),
    ("builds", {"builds": [replace(BUILD, started=ago(hours=7))]}, "look", "7 hours ago"),
    ("filters", {"pulse": PULSE | {pulse.filter_of(STREAM): ago(seconds=40)}}, "ok", "Fraud, 40 seconds ago"),
    ("warninglists", {"lists": None}, "look", "not known"),
    ("warninglists", {"lists": ago(days=200)}, "look", "200 days"),
    ("generations", {"keys": [keys(number=2, state="building")]}, "act", "Overdue: Fraud (2)"),
    (
        "generations",
        {"keys": [keys(number=2, state="building", effective_from=NOW + timedelta(days=9))]},
        "ok",
        "Announced: Fraud on",
    ),
    ("vault", {"hub_keys": None}, "act", "does not open"),
    ("vault", {"hub_keys": [HubKey("vault", 1, ago(days=400), True)]}, "look", "400 days"),
    (
        "vault",
        {"hub_keys": [HubKey("vault", n, ago(days=9 - n), n == 2) for n in (1, 2)]},
        "look",
        "1 older one still kept",
    ),
    ("disk", {"disk": Disk(10**9, None)}, "ok", "its own machine knows"),
    ("disk", {"disk": Disk(10**9, 10**10)}, "look", "are free"),
    ("disk", {"disk": Disk(10**9, 10**9)}, "act", "are free"),
    ("backup", {"backup": None}, "look", "None is known"),
    ("backup", {"backup": ago(days=3)}, "look", "3 days ago"),
    (
        "agreements",
        {"changes": [Change(uuid4(), "Coalition", 2, NOW, starts=False)]},
        "look",
        "“Coalition” version 2 ends on",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "changed", "state", "said"), CASES, ids=[f"{c[0]}-{c[2]}" for c in CASES]
)
def test_line_says_how_something_stands(name, changed, state, said) -> None:
    found = line(name, **changed)
    assert found.state == state, found
    assert said in found.sentence
    if state == "act":
        assert found.todo


def test_span_is_told_in_the_unit_that_fits() -> None:
    assert told(timedelta(seconds=1)) == "1 second"
    assert told(timedelta(seconds=119)) == "119 seconds"
    assert told(timedelta(minutes=2)) == "2 minutes"
    assert told(timedelta(hours=49)) == "2 days"
