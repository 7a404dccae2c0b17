"""What the crash test does inside a hub of its own, one command at a time.

python -m tests.flows.crash_hub prepare | submit LINES | watch PID SECONDS | state | flush
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
import psutil

AGREEMENT = Path(__file__).parent / "crash_agreement.yaml"
PEOPLE = {
    "meadow": ("Meadow Social", "platform", "US"),
    "harbour": ("Harbour Bank", "bank", "GB"),
}


def prepare() -> None:
    from django.core.management import call_command

    from orgs.accounts.actor import SYSTEM, Role
    from orgs.accounts.models import User
    from orgs.members import services as members

    call_command("migrate", verbosity=0)
    for slug, (name, kind, country) in PEOPLE.items():
        organization = members.create_organization(
            actor=SYSTEM,
            slug=slug,
            name=name,
            kind=kind,
            jurisdiction=country,
            vouched=True,
        )
        for role in (Role.MANAGER, Role.SIGNATORY):
            user = User.objects.create_user(f"{role}@{slug}.example", name=str(role))
            members.add_member(
                actor=SYSTEM, organization=organization, user=user, role=role
            )
    call_command("agreement", "apply", str(AGREEMENT))


def lines(count: int) -> Iterator[bytes]:
    """`count` lines about count - 1 values: the first value comes again at the end."""
    for number in range(count - 1):
        yield _line(number, confidence=40 + number % 50)
    yield _line(0, confidence=99)


def _line(number: int, *, confidence: int) -> bytes:
    value = f"host-{number}.scam.example"
    return json.dumps({"value": value, "confidence": confidence}).encode() + b"\n"


def submit(count: int) -> None:
    from orgs.accounts.models import User
    from orgs.members import selectors as members
    from sharing.intake import services as intake

    user = User.objects.get(email="manager@meadow.example")
    membership = user.memberships.get()
    actor = members.actor_for(user, membership.organization_id)
    intake.submit(actor=actor, stream=lines(count), content_type="application/x-ndjson")


def watch(pid: int, seconds: int) -> dict[str, object]:
    """Ring (as beat does) until nothing waits, or the worker is dead, or time is up."""
    from sharing.events import services as outbox

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not running(pid):
            return {"end": "died"}
        if outbox.open_rows() == 0:
            return {"end": "done"}
        for shard in outbox.shards_due():
            outbox.ring(shard)
        time.sleep(0.3)
    return {"end": "time is up", "left": outbox.open_rows()}


def running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def retry() -> dict[str, int]:
    """Give every dead letter another chance."""
    from sharing.events import services as outbox
    from sharing.events.models import OutboxRow

    dead = OutboxRow.objects.filter(dead_at__isnull=False)
    return {"retried": outbox.retry(list(dead.values_list("pk", flat=True)))}


def hold() -> None:
    """Keep the servers up between the other commands, until standard input ends."""
    print("held", flush=True)
    sys.stdin.read()


def flush() -> None:
    import redis
    from django.conf import settings

    redis.Redis.from_url(settings.REDIS_URL).flushall()


def state() -> dict[str, object]:
    """Everything that must be the same with and without crashes, and the invariants."""
    from django.db import connection

    from sharing.agreements.models import StreamHead
    from sharing.distribution.models import Release, ReleaseBatch
    from sharing.events.models import OutboxRow
    from sharing.indicators.models import Indicator
    from sharing.intake.models import Chunk, ChunkResult, LineProblem, Submission

    claims = [
        (kind, bytes(index).hex(), confidence, state, revision, line)
        for kind, index, confidence, state, revision, line in Indicator.objects.values_list(
            "type", "index", "confidence", "state", "revision", "source_line"
        )
    ]
    releases = [
        (bytes(index).hex(), state, _facts(bytes(payload or b"")))
        for index, state, payload in Release.objects.values_list(
            "index", "state", "payload"
        )
    ]
    head = StreamHead.objects.get()
    batches = list(
        ReleaseBatch.objects.order_by("first_seq").values_list("first_seq", "n")
    )
    seqs = set(Release.objects.values_list("seq", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        (fsync,) = cursor.fetchone()
    return {
        "fsync": fsync,
        "claims": len(claims),
        "claims_hash": _hash(claims),
        "releases": len(releases),
        "releases_hash": _hash(releases),
        "gapless": _follow(batches) == head.next_seq and len(seqs) == len(releases),
        "seq_in_head": max(seqs) < head.next_seq,
        "results": list(
            ChunkResult.objects.order_by("number").values_list(
                "number", "first_line", "counts"
            )
        ),
        "chunks": Chunk.objects.count(),
        "problems": LineProblem.objects.count(),
        "submissions": list(
            Submission.objects.values_list("state", "lines", "chunks_open")
        ),
        "dead": OutboxRow.objects.filter(dead_at__isnull=False).count(),
    }


def _facts(payload: bytes) -> list[tuple[str, object]]:
    """A payload without what differs from hub to hub: keys and ids."""
    found = json.loads(payload)
    for name in ("token", "clause", "originator", "valid_until"):
        found.pop(name, None)
    return sorted(found.items(), key=lambda item: item[0])


def _follow(batches: list[tuple[int, int]]) -> int:
    """The seq after the last batch, or 0 when they do not follow each other."""
    expected = 1
    for first, n in batches:
        if first != expected:
            return 0
        expected += n
    return expected


def _hash(rows: list) -> str:
    text = "\n".join(sorted(json.dumps(row) for row in rows))
    return hashlib.sha256(text.encode()).hexdigest()


COMMANDS = {
    "prepare": prepare,
    "submit": lambda: submit(int(sys.argv[2])),
    "watch": lambda: watch(int(sys.argv[2]), int(sys.argv[3])),
    "flush": flush,
    "hold": hold,
    "retry": retry,
    "state": state,
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    served = sys.argv[1] == "submit"
    os.environ["ACCORD_DB_ROLE"] = "accord_app" if served else "owner"
    from hub import embedded

    embedded.ensure()
    django.setup()
    print(json.dumps(COMMANDS[sys.argv[1]]()))


if __name__ == "__main__":
    main()
