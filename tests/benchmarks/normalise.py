"""Values read and tokenised per second and type, on one core."""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import product
from uuid import UUID

from hub.demo import accounts
from sharing.indicators.types import TYPES, BadValue, read_value
from sharing.indicators.types.base import LENGTH_MAX
from sharing.tokens import scheme

SECONDS = 1.0  # per figure
ROOT = bytes(range(32))


def account(kind: str, number: int) -> str:
    return accounts.MAKERS[kind](random.Random(number), ["coin", "parcel"])


# Distinct values: what is cached must not be measured.
MADE: dict[str, Callable[[int], str]] = {
    "domain": lambda n: f"Shop-{n}.Example.com",
    "url": lambda n: f"hxxps://shop-{n}[.]example[.]com/pay?order={n}",
    "email": lambda n: f"Offer.{n}@example.com",
    "phone": lambda n: f"+44 20 7946 {n % 10_000:04d}",
    "ipv4": lambda n: f"203.0.{n // 250 % 250}.{n % 250 + 1}",
    "ipv6": lambda n: f"2001:db8::{n % 65_536:x}",
    "evm_wallet": lambda n: f"0x{n + 1:040x}",
    **{kind: partial(account, kind) for kind in accounts.MAKERS},
}


# Each made to repeat what a careless expression would try again and again.
PIECES: tuple[str, ...] = (
    " ",
    "a",
    "1",
    ".",
    ":",
    "-",
    "/",
    "@",
    "[",
    "(",
    "+",
    "0",
    "$",
    "\u0130",
    "\ufdfa",
)
PIECES += ("a.", "1.", "a-", "[.]", "[ ", "( dot", "::", "xn--", "%41", "1 ", "4-")
FRAMES = ("{}", "http{}!", "[{}", "tel:{}!", "upi:{}", "IBAN{}", "US:{}:1", "{}@a.com")
SLOW = 0.1  # seconds


def slowest() -> tuple[float, str]:
    """The longest that any hostile text of full length takes, and its type."""
    worst = 0.0, ""
    for piece, frame in product(PIECES, FRAMES):
        text = frame.format(piece * (LENGTH_MAX // len(piece) - 3))
        for kind in (None, *TYPES):
            begin = time.process_time()
            with suppress(BadValue):
                read_value(text, kind=kind, region="GB")
            worst = max(worst, (time.process_time() - begin, kind or "guessed"))
    return worst


def per_second(work: Callable[[int], object]) -> int:
    count, end = 0, time.perf_counter() + SECONDS
    begin = time.perf_counter()
    while time.perf_counter() < end:
        for number in range(count, count + 100):
            work(number)
        count += 100
    return round(count / (time.perf_counter() - begin))


def reading(kind: str) -> Callable[[int], object]:
    make = MADE[kind]
    return lambda number: read_value(make(number), kind=kind)


def figures() -> Iterator[tuple[str, int]]:
    for kind in MADE:
        if kind in TYPES:
            yield f"read {kind}", per_second(reading(kind))
    index_key = scheme.index_key(ROOT, 1)
    token_key = scheme.token_key(ROOT, UUID(int=1), 1)

    def tokenise(number: int) -> bytes:
        digest = scheme.digest("domain", 1, f"shop-{number}.example.com")
        scheme.index(index_key, digest)
        return scheme.token(token_key, "domain", digest)

    yield "digest, index and token", per_second(tokenise)


def main(_: list[str]) -> None:
    found = dict(figures())
    for name, rate in found.items():
        print(f"{name:<26} {rate:>10,}/s")
    seconds, kind = slowest()
    print(f"{'slowest hostile text':<26} {seconds * 1000:>10.1f} ms ({kind})")
    print(json.dumps({**found, "slowest_ms": round(seconds * 1000, 1)}))
    if seconds > SLOW:
        raise SystemExit("A text took longer than it may.")
