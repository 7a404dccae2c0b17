"""A bank with ten million accounts finds its 137 at home: time, lines a second, memory.

    ./run bench client-match [LINES] [RELEASES]     (10,000,000 and 100,000 unless given)

`accord match` as its user starts it, in a process of its own with a terminal (so that it
draws its bar), against a kept stream of that many releases and then against a filter. A
stand-in tells it keys and filter; what a hub adds to that `./run bench matching` shows.
Both ways must find the accounts that were reported, all of them and no others.
"""

import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

from hub.client import token
from hub.client.state import State
from sharing.tokens import rice
from tests.benchmarks.matching import COMMAND, TOOK
from tests.flows import matching
from tests.hub.client import test_filters as filters

KEY = "5c" * 32
PLACE = filters.COLLECTION
BAR = "\N{BOX DRAWINGS HEAVY HORIZONTAL}"


def main(arguments: list[str]) -> None:
    lines = int(arguments[0]) if arguments else 10_000_000
    releases = int(arguments[1]) if len(arguments) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as folder:
        measured(Path(folder), lines, releases)


def measured(folder: Path, lines: int, releases: int) -> None:
    others = max(0, releases - matching.SCAM)
    own = matching.accounts(folder, lines, others=others)
    tokens = [token(each, KEY, 1, matching.KIND) for each in own.reported]
    kept(folder / "state", tokens)
    os.environ |= {
        "ACCORD_API_KEY": "of-nobody",
        "ACCORD_COLLECTION": str(PLACE),
        "ACCORD_STATE": str(folder / "state"),
        "XDG_STATE_HOME": str(folder / "pins"),
    }
    match = f"match {own.file} --column account --type {matching.KIND} -o".split()
    with served(answers(tokens)) as address:
        os.environ["ACCORD_URL"] = address
        for name, more in (("stream", ["--no-fresh"]), ("filter", ["--filter"])):
            hits = folder / f"{name}.csv"
            drawn = accord(f"match by {name}", [*match, str(hits), *more], lines)
            found = matching.lines_of_csv(hits.read_text())
            assert found == own.scam, "not the accounts reported"
            assert BAR in drawn, "no bar"
    print(f"the same {len(own.scam)} of {lines:,} accounts found both ways")


def kept(folder: Path, tokens: list[str]) -> None:
    """The stream, as a pull leaves it."""
    records: list[dict[str, Any]] = [
        {
            "kind": "release",
            "id": str(UUID(int=number)),
            "type": matching.KIND,
            "token": each,
            "scam_type": "investment",
        }
        for number, each in enumerate(tokens, start=1)
    ]
    with State.at(folder, PLACE) as state:
        state.apply("", records, f"1.{len(records)}")
        state.complete()


def answers(tokens: list[str]) -> dict[str, bytes]:
    """What the stand-in says, by the end of the address."""
    numbers = sorted({rice.prefix(bytes.fromhex(each[2:])) for each in tokens})
    key = {"key": 1, "public": filters.SIGNER.public.hex()}
    return {
        "/signing-keys": json.dumps({"keys": [key]}).encode(),
        "/keys": json.dumps({"keys": [{"generation": 1, "key": KEY}]}).encode(),
        "/filter": filters.answer(filters.statement(numbers, of="token"), numbers),
    }


@contextmanager
def served(said: dict[str, bytes]) -> Iterator[str]:
    class StandIn(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = next(said[end] for end in said if self.path.endswith(end))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: what is measured is shown alone."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def accord(what: str, words: Iterable[str], count: int) -> str:
    """Run it, print what it took, and return what it drew."""
    ours, theirs = pty.openpty()
    drawn: list[bytes] = []
    reading = Thread(target=_read, args=(ours, drawn))
    reading.start()
    start = time.perf_counter()
    command = [sys.executable, "-c", COMMAND, *words]
    done = subprocess.run(command, stderr=theirs, check=False)
    seconds = time.perf_counter() - start
    os.close(theirs)
    reading.join()
    os.close(ours)
    text = b"".join(drawn).decode(errors="replace")
    took = re.search(TOOK, text)
    if done.returncode or took is None:
        raise SystemExit(text)
    memory, each, spent = (float(part) for part in took.groups())
    print(
        f"{what:<16}{seconds:>9.1f} s {count / seconds:>10,.0f} lines/s;"
        f" {spent:,.1f} s of processors, {count / spent:,.0f} lines/s of one;"
        f" {memory / 1024:.0f} MB, and {each / 1024:.0f} MB in each process at work",
        flush=True,
    )
    return text


def _read(end: int, drawn: list[bytes]) -> None:
    with suppress(OSError):  # Linux: nobody holds the other end any more
        while some := os.read(end, 65_536):
            drawn.append(some)
