"""A bank's list in which some accounts are scam accounts, and a wire that remembers.

For the test at a few thousand accounts and for the measurement at a hundred thousand.
"""

import csv
import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from hub.client import digest

SCAM = 137
KIND = "bank_account"
STREAM, QUESTIONS = "Accounts in the stream", "Accounts that one asks about"
AGREEMENT = """\
title: {title}
effective_from: 2025-01-01
parties: [meadow, harbour]
clauses:
{clauses}"""
CLAUSE = """\
  - name: {name}
    continues: new
    from: [meadow]
    to: [harbour]
    types: [bank_account]
    scam_types: all
    roles: [perpetrator, mule]
    review_status: all
    tlp_ceiling: amber
    min_confidence: 0
    purposes: [detection]
    legal_basis: Legitimate interest in the prevention of fraud.
    recipient_jurisdictions: all
    government_recipients: no
    disclosure: {disclosure}
    originator: shown
    retention_days: 180
    may_train: no
"""
ELEMENT = re.compile(rb'"([0-9a-f]{64})"')


def agreement(folder: Path, title: str) -> Path:
    """The same accounts under two clauses: one hands tokens over, one answers questions."""
    clauses = [
        CLAUSE.format(name=STREAM, disclosure="token"),
        CLAUSE.format(name=QUESTIONS, disclosure="query"),
    ]
    path = folder / "agreement.yaml"
    path.write_text(AGREEMENT.format(title=title, clauses="".join(clauses)))
    return path


def account(number: int) -> str:
    """As the bank writes it."""
    return f"GB 20-00-00 {number:08d}"


class Accounts(NamedTuple):
    """Lines of the bank's file, and which of them were reported."""

    file: Path
    lines: int
    scam: set[int]  # numbers of lines
    reported: list[str]


def accounts(
    folder: Path, lines: int, *, first: int = 1, others: int = 500
) -> Accounts:
    """A file of `lines` accounts; 137 of them and `others` strange ones were reported."""
    path = folder / f"accounts-{first}.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("customer", "account"))
        rows.writerows((n, account(first + n)) for n in range(lines))
    step = lines // SCAM
    places = range(0, step * SCAM, step)
    strange = [account(90_000_000 + n) for n in range(others)]
    mine = [f"gb:200000:{first + n:08d}" for n in places]  # written in another way
    return Accounts(path, lines, {n + 2 for n in places}, mine + strange)


def digests(own: Accounts) -> set[bytes]:
    with own.file.open() as file:
        return {digest(row["account"], KIND) for row in csv.DictReader(file)}


def lines_of_csv(text: str) -> set[int]:
    return {int(row["line"]) for row in csv.DictReader(text.splitlines())}


def lines_of_json(text: str) -> set[int]:
    rows = [json.loads(row) for row in text.splitlines()]
    return {row["line"] for row in rows if row["hit"]}


class Wire:
    """Everything that a hub received, byte by byte."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def elements(self) -> list[bytes]:
        return ELEMENT.findall(self.bytes)

    def frame(self) -> bytes:
        """What is left without the blinded elements: the protocol, and how many there were."""
        return ELEMENT.sub(b'"..."', self.bytes)


@contextmanager
def recorded(host: str, port: int) -> Iterator[tuple[str, Callable[[], Wire]]]:
    """An address that leads to a hub, and a fresh wire for what comes from then on."""
    wires = [Wire()]

    def fresh() -> Wire:
        wires.append(Wire())
        return wires[-1]

    with socket.create_server(("127.0.0.1", 0)) as listener:
        ends: list[socket.socket] = []
        thread = Thread(target=_accept, args=(listener, (host, port), wires, ends))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", fresh
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for end in ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            thread.join()


def _accept(
    listener: socket.socket,
    hub: tuple[str, int],
    wires: list[Wire],
    ends: list[socket.socket],
) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(hub)
            ends += [near, far]
            Thread(target=_pass, args=(near, far, wires), daemon=True).start()
            Thread(target=_pass, args=(far, near, None), daemon=True).start()


def _pass(
    source: socket.socket, target: socket.socket, wires: list[Wire] | None
) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            if wires is not None:
                wires[-1].bytes += piece
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
