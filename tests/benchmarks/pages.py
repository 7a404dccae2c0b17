"""Every page's server time at N indicators and M organizations: p95, SQL, counting scans.

    ./run bench pages [N] [M] [REQUESTS]     (1,000,000, 50 and 60; 20,000 for a quick look)

Some claims go the whole way into a collection that M organizations share, and are copied
there until it holds N (`_bulk.py`); then each page of the URL table is asked for over and over, warm, over every layer
but the network. Pages over 100 ms (p95), a count(*) over a big table without a limit, and
reading a big table through are named and make it fail. `cpu_ms` is the time of our own
processor alone: it tells a busy machine from a slow page. The last line is JSON.
"""

import json
import logging
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.benchmarks import _bulk, _hub

if TYPE_CHECKING:  # models wait for the servers of the measurement
    from tests.access.world import World

SERVERS = True
REQUESTS = 60
ALLOWED_MS = 100
BIG = 10_000  # rows from which on a table is not counted
ROLES = ("manager", "signatory", "staff", "auditor", "analyst", "nobody")
SHOWN = {200, 286}
KINDS = ("bank", "platform", "telecom", "crypto_exchange", "security_vendor")
_COUNT = re.compile(r"count\(\*\)", re.IGNORECASE)
_TABLE = re.compile(r'(?:FROM|JOIN)\s+"?(\w+)"?', re.IGNORECASE)


@dataclass
class Measured:
    page: str
    role: str
    p95_ms: float
    median_ms: float
    cpu_ms: float  # median, without the database's
    statements: int
    sql_ms: float  # of one request, of which the slowest statement
    slowest_ms: float
    slowest: str
    counted: list[str] = field(default_factory=list)  # big tables
    read_through: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.p95_ms <= ALLOWED_MS and not self.counted and not self.read_through


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 1_000_000
    members = int(arguments[1]) if len(arguments) > 1 else 50
    requests = int(arguments[2]) if len(arguments) > 2 else REQUESTS
    logging.disable(logging.CRITICAL)
    with _hub.own_database():
        begun = time.perf_counter()
        world = filled(count, members)
        print(f"filled in {time.perf_counter() - begun:,.0f} s", flush=True)
        sizes = _sizes()
        found: list[Measured] = []
        unresolved: list[str] = []
        for name, path, role in _pages(world, unresolved):
            found.append(measured(world, name, path, role, sizes, requests))
            print(_line(found[-1]), flush=True)
    slow = [each.page for each in found if each.p95_ms > ALLOWED_MS]
    bad = [each.page for each in found if not each.ok]
    told = {
        "indicators": count,
        "organizations": members,
        "pages": len(found),
        "worst_p95_ms": max(each.p95_ms for each in found),
        "over_100_ms": slow,
        "counting": [each.page for each in found if each.counted],
        "reading_through": [each.page for each in found if each.read_through],
        "unresolved": unresolved,
        "ok": not bad and not unresolved,
        "by_page": {each.page: asdict(each) for each in found},
    }
    print(json.dumps(told))
    sys.exit(0 if told["ok"] else 1)


def filled(count: int, members: int) -> "World":
    """The world of the matrix, in which M organizations share N claims."""
    from sharing import vocabulary as v
    from tests.coalition import collection

    v.NEW_MEMBER_LINES = v.LEAST_USUAL_LINES = 10 * count  # nothing waits
    world = _hub.furnished()
    _shared_by(members)
    _bulk.pattern(collection("Bulk"))
    _bulk.copied(collection("Bulk"), count)
    _analysed()
    return world


def _shared_by(members: int) -> None:
    """An agreement of the cast and of as many others as are missing, in force."""
    import yaml
    from django.db import transaction

    from orgs.accounts.actor import SYSTEM
    from sharing.agreements import services
    from tests.coalition import FILE, work_off

    said = yaml.safe_load(FILE.read_text())
    with transaction.atomic():
        others = [_joined(number) for number in range(members - len(said["parties"]))]
    clause = {**said["clauses"][0], "name": "Bulk", "from": ["meadow"]}
    clause |= {"to": "all parties", "government_recipients": True}
    text = {**said, "title": "Bulk", "clauses": [clause]}
    text["parties"] = said["parties"] + others
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bulk.yaml"
        file.write_text(yaml.safe_dump(text))
        services.apply_file(file, actor=SYSTEM)
    work_off()


def _joined(number: int) -> str:
    """One more organization, with who signs for it."""
    from orgs.accounts.actor import SYSTEM, Role
    from orgs.members.services import create_organization
    from tests.cast import person_in

    made = create_organization(
        actor=SYSTEM,
        slug=f"member-{number}",
        name=f"Member {number}",
        kind=KINDS[number % len(KINDS)],
        jurisdiction="GB",
        vouched=True,
    )
    person_in(made, f"signs-{number}", Role.SIGNATORY)
    return made.slug


def _analysed() -> None:
    """As autovacuum leaves tables that have been there for a while."""
    from django.db import connection

    from tests.walls import OWNER, working_as

    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _sizes() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r'"
        )
        return {name: rows for name, rows in cursor.fetchall() if rows >= BIG}


def _pages(world: "World", unresolved: list[str]) -> Iterator[tuple[str, str, str]]:
    """Each page with its address and the first role that it opens for."""
    from tests.access.asking import address
    from tests.browser.gallery import ROLES as WHO
    from tests.browser.gallery import routes_of_pages

    for name in routes_of_pages():
        try:
            path = address(world, name)
        except AssertionError as error:
            unresolved.append(str(error))
            continue
        for role in ROLES:
            answer = world.browsers[WHO[role]].get(path)
            kind = answer.headers.get("Content-Type", "")
            if answer.status_code in SHOWN and kind.startswith("text/html"):
                yield name, path, role
                break


def measured(
    world: "World",
    name: str,
    path: str,
    role: str,
    sizes: dict[str, int],
    requests: int,
) -> Measured:
    """Its time over and over, and what the database did for it once."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.browser.gallery import ROLES as WHO

    client: Any = world.browsers[WHO[role]]
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    statements = [each["sql"] for each in asked]  # the next request forgets them
    times = [float(each["time"]) for each in asked]
    before = _read(sizes)
    spent, worked = [], []
    for _ in range(requests):
        begun, began = time.perf_counter(), time.process_time()
        answer = client.get(path)
        answer.getvalue()
        spent.append(1_000 * (time.perf_counter() - begun))
        worked.append(1_000 * (time.process_time() - began))
    read = _read(sizes)
    spent.sort()
    return Measured(
        name,
        role,
        round(spent[-(-len(spent) * 95 // 100) - 1], 1),
        round(spent[len(spent) // 2], 1),
        round(median(worked), 1),
        len(statements),
        round(1_000 * sum(times), 1),
        round(1_000 * max(times, default=0), 1),
        " ".join(statements[times.index(max(times))].split())[:400] if times else "",
        sorted(_counted(statements, sizes)),
        sorted(
            table for table in sizes if read[table] - before[table] >= requests * BIG
        ),
    )


def _counted(statements: list[str], sizes: dict[str, int]) -> set[str]:
    """Big tables over which something counts without an end."""
    return {
        table
        for sql in statements
        if _COUNT.search(sql) and "LIMIT" not in sql.upper()
        for table in _TABLE.findall(sql)
        if table in sizes
    }


def _read(sizes: dict[str, int]) -> dict[str, int]:
    """Rows that were read by going through whole tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT relname, seq_tup_read FROM pg_stat_user_tables")
        found = dict(cursor.fetchall())
    return {table: found.get(table, 0) for table in sizes}


def _line(each: Measured) -> str:
    said = f"{each.page:<28}{each.role:<10}{each.p95_ms:>9.1f} ms{each.cpu_ms:>8.1f} CPU{each.statements:>5} SQL{each.sql_ms:>8.1f} ms"
    wrong = [f"counts {table}" for table in each.counted]
    wrong += [f"reads all of {table}" for table in each.read_through]
    return " ".join([said, *wrong])
