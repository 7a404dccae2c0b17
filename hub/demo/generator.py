"""Realistic input for the demo: campaigns with their indicators, the same for one seed.

Members see campaigns, not single values: some campaigns reach both contributors, and so
their claims meet in the streams. A few lines are broken or name a well-known site, as
in every real list.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub.demo import values
from hub.demo.trades import TRADES

SEED = 20261124
LINES = 2_000
SHARED = 0.35  # of a member's lines: campaigns that the other one sees as well
REPEATED = 0.02  # lines about a value that came before
BAD = 0.008
STOPPED = 0.003
INFRASTRUCTURE = 0.004  # pages on hosts that everybody uses


# The first line of both contributors: what README looks for.
EXAMPLE = {
    "type": "phone",
    "value": "+44 7700 900123",
    "scam_type": "romance",
    "confidence": 80,
    "tlp": "green",
}
WELL_KNOWN = ("metamask.io", "paypal.com", "https://facebook.com/", "google.com")
SHARED_HOSTS = ("www.facebook.com/accord-demo-{}", "https://t.me/accord_demo_{}")


@dataclass(frozen=True, slots=True)
class Campaign:
    scam_type: str
    values: list[tuple[str, str]]  # type, value
    began: datetime


@dataclass(slots=True)
class Made:
    """NDJSON lines, and the numbers of those that the hub must not take."""

    lines: list[bytes] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    stopped: set[int] = field(default_factory=set)

    @property
    def body(self) -> bytes:
        return b"\n".join(self.lines) + b"\n"


@dataclass(frozen=True, slots=True)
class Habits:
    """How one contributor reports: which fields, how sure, how open."""

    tlp: dict[str, int]
    confidence: tuple[int, int]
    reviewed: float


HABITS = {
    "meadow": Habits(
        {"clear": 1, "green": 5, "amber": 12, "amber+strict": 1, "red": 1},
        (20, 95),
        0.4,
    ),
    "sentry": Habits(
        {"clear": 3, "green": 9, "amber": 7, "amber+strict": 1}, (35, 100), 0.7
    ),
}


def generate(
    member: str, lines: int = LINES, *, seed: int = SEED, until: datetime | None = None
) -> Made:
    """The input of one contributor; times lie in the 90 days before `until`."""
    until = until or datetime(2026, 11, 20, tzinfo=UTC)
    rng = _random(f"{seed}/{member}")
    own = _stream(_random(f"{seed}/{member}/own"), until)
    shared = _stream(_random(f"{seed}/shared"), until)
    made, said = Made([_json(EXAMPLE)]), list[tuple[str, str, str]]()
    trouble = _trouble(rng, lines)
    for number in range(2, lines + 1):
        if number in trouble:
            trouble[number](made, number, rng)
        elif said and rng.random() < REPEATED:
            made.lines.append(_line(rng, HABITS[member], *rng.choice(said), until))
        else:
            scam_type, kind, value = next(shared if rng.random() < SHARED else own)
            said.append((scam_type, kind, value))
            made.lines.append(_line(rng, HABITS[member], scam_type, kind, value, until))
    return made


def _random(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - invented data, no secret


def _stream(rng: random.Random, until: datetime) -> Iterator[tuple[str, str, str]]:
    """Scam type, type and value, campaign after campaign, without end."""
    while True:
        campaign = _campaign(rng, until)
        for kind, value in campaign.values:
            yield campaign.scam_type, kind, value


def _campaign(rng: random.Random, until: datetime) -> Campaign:
    scam_type = _pick(rng, {name: trade.weight for name, trade in TRADES.items()})
    trade = TRADES[scam_type]
    kinds = [_pick(rng, trade.kinds) for _ in range(rng.randint(2, 12))]
    return Campaign(
        scam_type,
        [(kind, values.MAKERS[kind](rng, trade.words)) for kind in kinds],
        until - timedelta(days=rng.randint(1, 90)),
    )


def _pick(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _line(
    rng: random.Random,
    habits: Habits,
    scam_type: str,
    kind: str,
    value: str,
    until: datetime,
) -> bytes:
    seen = until - timedelta(minutes=rng.randint(60, 90 * 24 * 60))
    trade = TRADES[scam_type]
    record: dict[str, object] = {
        "type": kind,
        "value": values.as_written(rng, kind, value),
        "scam_type": scam_type,
        "confidence": rng.randint(*habits.confidence),
        "tlp": _pick(rng, habits.tlp),
        "first_seen": _iso(seen),
        "last_seen": _iso(min(until, seen + timedelta(minutes=rng.randint(0, 20_000)))),
    }
    if rng.random() < habits.reviewed:
        record["review_status"] = rng.choice(("reviewed", "reviewed", "pending"))
    if rng.random() < 0.15:
        record["role"] = rng.choice(("infrastructure", "compromised", "mule"))
    if rng.random() < 0.3:
        record["severity"] = rng.choice(("low", "medium", "high", "critical"))
    if rng.random() < 0.2:
        record["status"] = rng.choice(("online", "mitigated"))
    if trade.labels and rng.random() < 0.4:
        record["labels"] = [rng.choice(trade.labels)]
    if rng.random() < 0.1:
        record["note"] = trade.note
    return _json(record)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(record: Mapping[str, object]) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode()


Trouble = Callable[[Made, int, random.Random], None]


def _trouble(rng: random.Random, lines: int) -> dict[int, Trouble]:
    """Which lines are no ordinary ones, spread over the whole."""
    kinds: list[tuple[Trouble, float]] = [
        (_bad, BAD),
        (_well_known, STOPPED),
        (_page, INFRASTRUCTURE),
    ]
    wanted = [make for make, part in kinds for _ in range(round(lines * part))]
    places = rng.sample(range(2, lines + 1), len(wanted))
    return dict(zip(places, wanted, strict=True))


def _bad(made: Made, number: int, rng: random.Random) -> None:
    good: dict[str, object] = {
        "type": "domain",
        "value": "harmless.example",
        "scam_type": "phishing",
    }
    broken: list[dict[str, object]] = [
        good | {"scam_type": "astrology"},
        good | {"confidence": 140},
        good | {"colour": "red"},
        good | {"value": ""},
        good | {"first_seen": "yesterday"},
        {"type": "evm_wallet", "value": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"},
        {"type": "btc_wallet", "value": "1BoatSLRHtKNngkdXEeobR76b53LETtpyU"},
        {"type": "phone", "value": "07700 900123"},
        {"type": "ipv4", "value": "192.0.2.256"},
    ]
    choice = rng.randint(0, len(broken))
    made.bad.add(number)
    made.lines.append(
        _json(broken[choice]) if choice < len(broken) else b'{"type": "url"'
    )


def _well_known(made: Made, number: int, rng: random.Random) -> None:
    made.stopped.add(number)
    made.lines.append(_json({"value": rng.choice(WELL_KNOWN), "scam_type": "phishing"}))


def _page(made: Made, number: int, rng: random.Random) -> None:
    page = rng.choice(SHARED_HOSTS).format(rng.randint(1, 999_999))
    made.lines.append(
        _json({"type": "url", "value": page, "scam_type": "investment", "tlp": "green"})
    )
