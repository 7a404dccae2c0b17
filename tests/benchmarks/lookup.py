"""Look-ups: unknown and not-yours alike in time; exact, oblivious, filter, client match.

    ./run bench lookup [N] [PAIRS]     (100,000 claims, 10,000 pairs unless given)

Unknown and not-yours values take turns in one run, over the whole way of a request. Their
medians may differ by 5 %, and each answer has the status and the length of the other. The
last line is JSON with "ok".
"""

import json
import logging
import secrets
import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar
from uuid import uuid4

from orgs.accounts.actor import Actor

T = TypeVar("T")
SERVERS = True
FRAUD, POLICE = "Fraud prevention", "Investigation"
LINE = {"confidence": 80, "scam_type": "investment", "tlp": "green"}
WITHIN = 0.05
BATCH, BLINDED = 10_000, 1_000
PUT = 20_000  # claims in one submission


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 100_000
    pairs = int(arguments[1]) if len(arguments) > 1 else 10_000
    from django.test.utils import setup_test_environment

    from tests.benchmarks import flow
    from tests.walls import APP, working_as

    logging.disable(logging.WARNING)
    setup_test_environment()  # for the test client, which takes the whole way
    alice, _ = flow.actors()
    mark = uuid4().hex[:8]
    stored(alice, [host("bench", mark, n) for n in range(count)], None)
    hidden = [host("other", mark, n) for n in range(pairs)]
    stored(alice, hidden, POLICE)
    figures: dict[str, float] = {"claims": count}
    with working_as(APP):
        ask = asker()
        known = [host("bench", mark, n) for n in range(min(1_000, count))]
        figures["hit_ms"] = 1_000 * median(took(ask, [each])[0] for each in known)
        figures |= alike(ask, hidden, [host("never", mark, n) for n in range(pairs)])
        lines = [host("bench", mark, n) for n in range(BATCH // 2)]
        lines += [host("never", mark, n) for n in range(BATCH // 2)]
        figures["batch_lines_per_s"] = BATCH / min(
            took(ask, lines)[0] for _ in range(3)
        )
        figures |= in_parts(count)
    for name, figure in figures.items():
        print(f"{name:<28}{figure:>16,.3f}")
    ok = abs(figures["unknown_to_not_yours"] - 1) <= WITHIN and not figures["unlike"]
    rounded = {name: round(figure, 3) for name, figure in figures.items()}
    print(json.dumps({**rounded, "ok": ok}))
    if not ok:
        raise SystemExit("Unknown and not yours can be told apart.")


def host(word: str, mark: str, number: int) -> str:
    """All of one length."""
    return f"{word}-{number:07d}-{mark}.example"


def stored(alice: Actor, values: list[str], title: str | None) -> None:
    """Submitted, accepted and released; for one collection, or all that take it."""
    from sharing.events import services as outbox
    from sharing.events.kinds import Kind
    from sharing.intake import services as intake
    from tests.benchmarks import flow
    from tests.coalition import collection
    from tests.walls import APP, working_as

    outbox.ring = lambda shard: None
    audience = {"audience": [str(collection(title))]} if title else {}
    for start in range(0, len(values), PUT):
        lines = [
            json.dumps({"value": value, **LINE, **audience}).encode() + b"\n"
            for value in values[start : start + PUT]
        ]
        with working_as(APP):
            intake.submit(
                actor=alice, stream=lines, content_type="application/x-ndjson"
            )
    for kind in (Kind.CHUNK_RECEIVED, Kind.CLAIMS_CHANGED, Kind.RELEASE_DUE):
        flow.work(kind)


Ask = Callable[[list[str]], tuple[int, bytes]]


def asker() -> Ask:
    """Asks as the bank's program does; answers with status and body."""
    from django.test import Client

    from orgs.accounts.models import User
    from tests.cast import key_of

    http = Client()
    key = key_of(User.objects.get(email="bob@harbour.example"), scopes=["read"])

    def ask(values: list[str]) -> tuple[int, bytes]:
        answer = http.post(
            "/api/v1/lookups",
            json.dumps({"values": values, "type": "domain"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        return answer.status_code, answer.content

    return ask


def took(ask: Ask, values: list[str]) -> tuple[float, tuple[int, int]]:
    """Seconds, and what can be told from afar: the status and the length."""
    begin = time.perf_counter()
    status, body = ask(values)
    return time.perf_counter() - begin, (status, len(body))


def alike(ask: Ask, hidden: list[str], unknown: list[str]) -> dict[str, float]:
    """Both by turns, so that whatever else the machine does meets both."""
    times: tuple[list[float], list[float]] = [], []
    unlike = 0
    for number, pair in enumerate(zip(hidden, unknown, strict=True)):
        told = {}
        for place in (0, 1) if number % 2 else (1, 0):
            seconds, told[place] = took(ask, [pair[place]])
            times[place].append(seconds)
        unlike += told[0] != told[1] or told[0][0] != 200
    yours, never = median(times[0]), median(times[1])
    return {
        "not_yours_ms": 1_000 * yours,
        "unknown_ms": 1_000 * never,
        "unknown_to_not_yours": never / yours,
        "unlike": unlike,
    }


def in_parts(count: int) -> dict[str, float]:
    """What oblivious look-ups, filters and the client's side cost, without the network."""
    from hub.client import matching
    from sharing.tokens import rice, scheme, voprf
    from sharing.tokens import services as tokens
    from tests.coalition import collection

    where, number = collection(FRAUD), 1
    values = [scheme.digest("domain", 1, host("blind", "", n)) for n in range(BLINDED)]
    blinding, blinded = timed(lambda: [voprf.blind(each) for each in values])
    evaluating, (elements, proof) = timed(
        lambda: tokens.evaluate(where, number, [each.element for each in blinded])
    )
    public = tokens.oprf_public_key(where, number)
    answer = voprf.Evaluation(tuple(elements), proof)
    finishing, _ = timed(lambda: voprf.finalize(values, blinded, answer, public))
    make = tokens.otag_maker(where, number)
    tagging, _ = timed(lambda: [make("domain", each) for each in values])
    prefixes = sorted({secrets.randbelow(2**48) for _ in range(count)})
    coding, coded = timed(lambda: rice.encode(prefixes))
    reading, _ = timed(lambda: rice.decode(coded))
    own = [host("bench", "own", n) for n in range(BATCH)]
    keys = {number: tokens.token_key_hex(where, number)}
    preparing, matcher = timed(lambda: matching.Matcher(own, keys))
    records = [{"id": str(n), "token": f"1:{n:064x}"} for n in range(BATCH)]
    finding, _ = timed(lambda: [matcher.find(each) for each in records])
    return {
        "client_blinds_per_s": BLINDED / blinding,
        "hub_evaluates_per_s": BLINDED / evaluating,
        "client_finishes_per_s": BLINDED / finishing,
        "hub_otags_per_s": BLINDED / tagging,
        "filter_codes_per_s": count / coding,
        "filter_bytes": len(coded),
        "filter_reads_per_s": count / reading,
        "client_prepares_per_s": BATCH / preparing,
        "client_matches_per_s": BATCH / finding,
    }


def timed(work: Callable[[], T]) -> tuple[float, T]:
    begin = time.perf_counter()
    found = work()
    return time.perf_counter() - begin, found
