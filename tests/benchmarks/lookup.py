"""Look-ups: unknown and not-yours alike in time; exact, oblivious, filter, client match.

    ./run bench lookup [N] [PAIRS]     (100,000 claims, 10,000 pairs unless given)

Unknown and not-yours values take turns in one run, over the whole way of a request. Their
medians may differ by 5 %, and each answer has the status and the length of the other. A
list of which half is known is then matched in each way; all must find that half. The last
line is JSON with "ok".
"""

import json
import logging
import time
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

from orgs.accounts.actor import Actor

if TYPE_CHECKING:  # models wait for the servers of the measurement
    from hub.client.filters import Filter

P = ParamSpec("P")
T = TypeVar("T")
SERVERS = True
FRAUD, POLICE = "Fraud prevention", "Investigation"
KIND = "domain"
LINE = {"confidence": 80, "scam_type": "investment", "tlp": "green"}
WITHIN = 0.05
BATCH, BLINDED = 10_000, 1_000
PUT = 20_000  # claims in one submission
TRIES = 3


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 100_000
    pairs = int(arguments[1]) if len(arguments) > 1 else 10_000
    from django.test.utils import setup_test_environment

    from tests.benchmarks import flow
    from tests.walls import APP, working_as

    logging.disable(logging.WARNING)
    setup_test_environment()  # for the test client, which takes the whole way
    alice, _ = flow.actors()
    stream, asked = streams()
    mark = uuid4().hex[:8]
    stored(alice, [host("bench", mark, n) for n in range(count)], None)
    hidden = [host("other", mark, n) for n in range(pairs)]
    stored(alice, hidden, POLICE)
    known = [host("bench", mark, n) for n in range(min(BATCH // 2, count))]
    own = known + [host("never", mark, n) for n in range(BATCH // 2)]
    figures: dict[str, float] = {"claims": count, "pairs": pairs}
    with working_as(APP):
        hub = Bank()
        figures |= told(exact(hub, known[:1_000], own))
        figures |= told(by_filter(hub, stream, own))
        figures |= told(obliviously(hub, asked, own))
        never = [host("never", mark, n) for n in range(pairs)]
        figures |= told(alike(hub, hidden, never))
    judged(figures, len(known))


def told(figures: dict[str, float]) -> dict[str, float]:
    """At once: the whole takes an hour where others work as well."""
    for name, figure in figures.items():
        print(f"{name:<28}{figure:>16,.3f}", flush=True)
    return figures


def judged(figures: dict[str, float], known: int) -> None:
    alike = abs(figures["unknown_to_not_yours"] - 1) <= WITHIN
    alike = alike and not figures["unlike"]
    found = {figure for name, figure in figures.items() if name.endswith("_found")}
    rounded = {name: round(figure, 3) for name, figure in figures.items()}
    print(json.dumps({**rounded, "ok": alike and found == {known}}))
    if not alike:
        raise SystemExit("Unknown and not yours can be told apart.")
    if found != {known}:
        raise SystemExit(f"Not each way finds the {known:,} that are known.")


def streams() -> tuple[UUID, UUID]:
    """What the bank reads as tokens, and the same where it only may ask."""
    from sharing.agreements.models import Collection
    from tests.coalition import collection
    from tests.sharing.lookup.questions import ASKED, with_questions

    found = Collection.objects.get(title=FRAUD)
    if not Collection.objects.filter(title=ASKED).exists():
        with_questions(found.agreement_id, work=False)
    return found.pk, collection(ASKED)


def host(word: str, mark: str, number: int) -> str:
    """All of one length."""
    return f"{word}-{number:07d}-{mark}.example"


def stored(alice: Actor, values: list[str], title: str | None) -> None:
    """Submitted, accepted and released; for one collection, or all that take it."""
    from sharing.events import services as outbox
    from sharing.intake import services as intake
    from tests.coalition import collection, work_off
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
    work_off()


class Bank:
    """Asks as the bank's program does, over every layer but the network."""

    def __init__(self) -> None:
        from django.test import Client

        from orgs.accounts.models import User
        from tests.cast import key_of

        bob = User.objects.get(email="bob@harbour.example")
        key = key_of(bob, scopes=["read", "keys"])
        self._http: Client = Client(headers={"Authorization": f"Bearer {key}"})

    def get(self, path: str) -> bytes:
        answer = self._http.get(f"/api/v1/{path}")
        if answer.status_code != 200:
            raise SystemExit(answer.content)
        return answer.content

    def post(self, path: str, body: Any) -> tuple[int, bytes]:
        kind = "application/json"
        answer = self._http.post(f"/api/v1/{path}", body, content_type=kind)
        return answer.status_code, answer.content

    def look_up(self, values: list[str]) -> tuple[int, bytes]:
        return self.post("lookups", json.dumps({"values": values, "type": KIND}))


def exact(hub: Bank, known: list[str], own: list[str]) -> dict[str, float]:
    """One known value at a time, and 10,000 at once of which half is known."""
    single = median(timed(hub.look_up, [each])[0] for each in known)
    runs = [timed(hub.look_up, own) for _ in range(TRIES)]
    return {
        "single_hit_ms": 1_000 * single,
        "batch_lines_per_s": len(own) / min(seconds for seconds, _ in runs),
        "batch_found": json.loads(runs[0][1][1])["hits"],
    }


def alike(hub: Bank, hidden: list[str], unknown: list[str]) -> dict[str, float]:
    """Both by turns, so that whatever else the machine does meets both."""
    times: tuple[list[float], list[float]] = [], []
    unlike = 0
    for number, pair in enumerate(zip(hidden, unknown, strict=True)):
        told = {}
        for place in (0, 1) if number % 2 else (1, 0):
            seconds, (status, said) = timed(hub.look_up, [pair[place]])
            told[place] = status, len(said)  # what can be told from afar
            times[place].append(seconds)
        unlike += told[0] != told[1] or told[0][0] != 200
    yours, never = median(times[0]), median(times[1])
    return {
        "not_yours_ms": 1_000 * yours,
        "unknown_ms": 1_000 * never,
        "unknown_to_not_yours": never / yours,
        "unlike": unlike,
    }


def by_filter(hub: Bank, stream: UUID, own: list[str]) -> dict[str, float]:
    """What the hub signs, and what a member makes of it with the key of the stream."""
    from hub.client.ownlist import Line
    from hub.client.tokenising import Options, finder

    figures, held = filter_of(hub, stream, "filter")
    (key, *_) = json.loads(hub.get(f"collections/{stream}/keys"))["keys"]
    keys = {key["generation"]: bytes.fromhex(key["key"])}
    lines = [Line(number, text) for number, text in enumerate(own)]
    work = finder(keys, held.numbers, Options(KIND), head_bytes=6)
    matching, some = timed(work, lines)
    return {
        **figures,
        "client_matches_per_s": len(own) / matching,
        "filter_found": len(some.found),
    }


def obliviously(hub: Bank, asked: UUID, own: list[str]) -> dict[str, float]:
    """Blinded by a thousand, answered by the hub with a proof, opened and looked for."""
    from hub.client import Oblivious, pinned_keys, schemes_of, typed

    figures, held = filter_of(hub, asked, "otag_filter")
    told = json.loads(hub.get(f"collections/{asked}/oprf/keys"))
    live, keys = held.generation, pinned_keys(told)
    asking = Oblivious(live, keys[live], schemes_of(told)[live])
    path = f"collections/{asked}/oprf/evaluate"
    spent = dict.fromkeys(("blinds", "evaluates", "opens"), 0.0)
    found = 0
    asked_for = [typed(text, KIND) for text in own]
    for start in range(0, len(own), BLINDED):
        seconds, batch = timed(asking.blind, asked_for[start : start + BLINDED])
        spent["blinds"] += seconds
        body = json.dumps(batch.body)
        seconds, (status, said) = timed(hub.post, path, body)
        if status != 200:
            raise SystemExit(said)
        spent["evaluates"] += seconds
        seconds, otags = timed(asking.otags, batch, json.loads(said))
        spent["opens"] += seconds
        found += sum(map(held.has, otags))
    return {
        **figures,
        "client_blinds_per_s": len(own) / spent["blinds"],
        "hub_evaluates_per_s": len(own) / spent["evaluates"],
        "client_opens_per_s": len(own) / spent["opens"],
        "oblivious_per_s": len(own) / sum(spent.values()),
        "oblivious_found": found,
    }


def filter_of(hub: Bank, stream: UUID, name: str) -> tuple[dict[str, float], "Filter"]:
    """Built for the first who asks, downloaded by the next; then checked and opened."""
    from hub.client import filters

    told = json.loads(hub.get("signing-keys"))["keys"]
    keys = {each["key"]: bytes.fromhex(each["public"]) for each in told}
    path = f"collections/{stream}/filter"
    building, _ = timed(hub.get, path)
    downloads = [timed(hub.get, path) for _ in range(TRIES)]
    body = downloads[-1][1]
    opening, held = timed(filters.read, body, keys, collection=stream)
    return {
        f"{name}_holds": len(held),
        f"{name}_build_ms": 1_000 * building,
        f"{name}_download_ms": 1_000 * min(seconds for seconds, _ in downloads),
        f"{name}_bytes": len(body),
        f"{name}_open_ms": 1_000 * opening,
    }, held


def timed(work: Callable[P, T], *given: P.args, **more: P.kwargs) -> tuple[float, T]:
    begin = time.perf_counter()
    found = work(*given, **more)
    return time.perf_counter() - begin, found
