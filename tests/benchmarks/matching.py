"""A bank matches its accounts: by stream, by filter, by questions that nobody reads.

    ./run bench matching [ACCOUNTS]     (100,000 unless given; 137 of them were reported)

The toolkit runs in processes of its own, over HTTP; the hub is threads of this one. A
second pass of questions and a record of all that the hub received show that nothing of
the list comes twice. Before that: how many lines a second one core matches, by type.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import randbelow
from threading import Thread
from typing import Any
from uuid import uuid4

from hub.client.ownlist import Line
from hub.client.tokenising import Options, finder
from tests.flows import matching
from tests.flows.matching import QUESTIONS, SCAM, STREAM

SERVERS = True
HEADS = 1_000_000
LINES = 50_000
EXAMPLES = {
    "bank_account": matching.account,
    "platform_account": lambda n: f"telegram:user_{n}",
    "phone": lambda n: f"+4477{n:08d}",
    "domain": lambda n: f"h{n}.example",
}


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 100_000
    alone()
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as folder:
        with_hub(Path(folder), count)


def alone() -> None:
    """What one core does of the client's part, against a million releases."""
    dice = random.Random(1)
    heads = array("Q", sorted(dice.getrandbits(64) for _ in range(HEADS)))
    for kind, make in EXAMPLES.items():
        lines = [Line(n, make(n)) for n in range(1, LINES + 1)]
        work = finder({1: bytes(32)}, heads, Options(kind))
        start = time.perf_counter()
        some = work(lines)
        told(f"match {kind}, one core", start, LINES)
        assert not some.unread


def with_hub(folder: Path, count: int) -> None:
    # Other accounts and another title each time: what earlier runs reported stays there.
    own = matching.accounts(folder, count, first=1 + randbelow(80_000_000))
    title = f"Accounts {uuid4().hex[:12]}"
    key = prepared(folder, own, title)
    os.environ |= {"ACCORD_API_KEY": key, "XDG_STATE_HOME": str(folder / "pins")}
    read = [str(own.file), "--column", "account", "--type", matching.KIND]
    ask = [
        "lookup",
        "--oblivious",
        "-c",
        f"{title}: {QUESTIONS}",
        "--json",
        "--hits",
        "--file",
        *read,
    ]
    state = ["--state", str(folder / "state")]
    found: list[set[int]] = []
    peaks: list[int] = []
    with served() as port, matching.recorded("127.0.0.1", port) as (address, fresh):
        os.environ["ACCORD_URL"] = address

        def run(what: str, words: list[str], lines: Callable[[str], set[int]]) -> None:
            start = time.perf_counter()
            found.append(lines(accord(words, peaks)))
            told(what, start, count)

        pull = ["match", *read, "-c", f"{title}: {STREAM}"]
        run("stream: pull and match", [*pull, *state], matching.lines_of_csv)
        run("stream: match again", [*pull, *state], matching.lines_of_csv)
        run("filter: fetch and match", [*pull, "--filter"], matching.lines_of_csv)
        wires = []
        for _ in range(2):
            wires.append(fresh())
            run("questions: blind, ask, open", ask, matching.lines_of_json)
    assert all(lines == own.scam for lines in found), "not the accounts reported"
    assert len(own.scam) == SCAM
    one, other = wires
    elements = one.elements() + other.elements()
    assert len(elements) == len(set(elements)) == 2 * count
    assert one.frame() == other.frame()
    print(f"{SCAM} accounts found in each of {len(found)} ways; nothing came twice")
    print(f"memory of the toolkit's processes: {', '.join(map(str, peaks))} MB")


# The most memory that it and the largest of its processes took, in KiB as Linux counts,
# and seconds of all processors.
COMMAND = """
if __name__ == "__main__":
    import pathlib, resource, sys
    from hub.client.__main__ import main
    code = main()
    status = pathlib.Path("/proc/self/status").read_text()
    ours, theirs = map(resource.getrusage, (0, -1))  # RUSAGE_SELF, RUSAGE_CHILDREN
    spent = sum(each.ru_utime + each.ru_stime for each in (ours, theirs))
    memory = status.partition("VmHWM:")[2].split()[0]
    print("took", memory, theirs.ru_maxrss, round(spent, 1), file=sys.stderr)
    sys.exit(code)
"""
TOOK = r"took (\d+) (\d+) ([\d.]+)"


def accord(words: Iterable[str], peaks: list[int]) -> str:
    """What it writes; `peaks` gets how much memory it and its processes took, in MB."""
    command = [sys.executable, "-c", COMMAND, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    peaks += [int(each) // 1024 for each in done.stderr.split()[-3:-1]]
    return done.stdout


def told(what: str, start: float, lines: int) -> None:
    seconds = time.perf_counter() - start
    print(f"{what:<34}{seconds:>9.2f} s {lines / seconds:>12,.0f} lines/s", flush=True)


def prepared(folder: Path, own: matching.Accounts, title: str) -> str:
    """The reports of a platform, released under both clauses; the bank's key."""
    from hub.demo import casting
    from hub.demo.keychain import Keychain
    from orgs.accounts.actor import SYSTEM
    from sharing.agreements import services as agreements
    from sharing.events import services as outbox
    from sharing.intake import services as intake
    from tests.benchmarks.flow import actors
    from tests.walls import APP, working_as

    outbox.ring = lambda shard: None
    keychain = Keychain.load()
    casting.create(keychain)
    alice, _ = actors()
    agreements.apply_file(matching.agreement(folder, title), actor=SYSTEM)
    start = time.perf_counter()
    body = [value.encode() + b"\n" for value in own.reported]
    defaults = {"type": matching.KIND, "role": "mule"}
    with working_as(APP):
        intake.submit(
            actor=alice, stream=body, content_type="text/plain", defaults=defaults
        )
    drain()
    told("submit and release", start, len(body))
    return keychain.keys["harbour"]


def drain() -> None:
    from sharing import pipeline
    from sharing.events import services as outbox
    from tests.walls import by_worker

    while shards := by_worker(outbox.shards_due):
        if not sum(by_worker(pipeline.drain, shard) for shard in shards):
            break


@contextmanager
def served() -> Iterator[int]:
    """The hub on a port of this machine, in the role of the web."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    from tests.walls import APP, working_as

    application = get_wsgi_application()

    def as_web(environ: Any, start_response: Any) -> list[bytes]:
        with working_as(APP):
            answer = application(environ, start_response)
            return [b"".join(answer)]

    class Silent(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: what is measured is shown alone."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Silent)
    server.set_app(as_web)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
