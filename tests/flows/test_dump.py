"""Nothing at rest holds a value or a digest of a token clause, ever.

Looked through: every row of the database, the embedded PostgreSQL's own log, everything
in Redis, and every line that the hub logs.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db import connection
from psycopg import sql

from hub import embedded, logs
from sharing import pipeline
from sharing.events import services as outbox
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from sharing.intake import services as intake
from sharing.intake.models import Chunk, LineProblem, Submission
from sharing.tokens import scheme
from tests.cast import acting
from tests.coalition import work_off
from tests.walls import OWNER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+447700900123"
BROKEN = "+44 7700 900 12x no such number 900456"
BODY = f'{{"value": "{PHONE}", "note": "rang from {PHONE}"}}\n{{"value": "{BROKEN}"}}\n'


def dump() -> str:
    """Every row of every table as JSON text; bytes stand there in hexadecimal."""
    with working_as(OWNER), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(
                sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(
                    sql.Identifier(table)
                )
            )
            rows += [text for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def redis_contents() -> str:
    """Every key of this session's Redis with what it holds; bytes in hexadecimal too."""
    readers = {b"string": "GET", b"hash": "HGETALL", b"set": "SMEMBERS"}
    ranges = {b"list": "LRANGE", b"zset": "ZRANGE"}
    found: list[bytes] = []
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter():
            kind = client.execute_command("TYPE", key)
            if kind in ranges:
                held = client.execute_command(ranges[kind], key, 0, -1)
            else:
                held = client.execute_command(readers[kind], key)
            found += [key, repr(held).encode()]
    return "\n".join(part.decode("utf-8", "replace") + part.hex() for part in found)


def server_log() -> str:
    path = embedded.home() / "postgres" / "log"
    return path.read_text(errors="replace") if settings.EMBEDDED else ""


@pytest.fixture
def said() -> Iterator[list[str]]:
    """Every line that the hub and its libraries log, down to the last detail."""
    written: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler, root = Keeping(), logging.getLogger()
    handler.setFormatter(logs.formatter())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


def needles(value: str) -> set[str]:
    """The value and what it is easily found by: encodings and unkeyed hashes."""
    plain = value.encode()
    found = {value, plain.hex(), base64.b64encode(plain).decode(), value.lstrip("+")}
    for name in ("md5", "sha1", "sha256", "sha512"):
        for text in (plain, plain.lstrip(b"+")):
            found.add(hashlib.new(name, text).hexdigest())
    found.add(scheme.digest("phone", 1, value).hex())
    return found


def leaks(*values: str, lines: list[str] | None = None) -> list[str]:
    places = (dump(), redis_contents(), server_log(), *(lines or []))
    text = "\n".join(places).lower()
    return [n for value in values for n in needles(value) if n.lower() in text]


def test_search_finds_a_planted_phone_number_in_text_and_in_bytes():
    assert leaks(PHONE) == []
    row = OutboxRow.objects.create(
        kind="planted",
        payload={"x": PHONE},
        created_at="2026-01-01T00:00Z",
        not_before="2026-01-01T00:00Z",
    )
    assert leaks(PHONE)
    row.delete()
    assert leaks(PHONE) == []
    for planted in (PHONE.encode(), scheme.digest("phone", 1, PHONE)):
        with working_as(OWNER), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE planted AS SELECT %s::bytea AS bytes", [planted]
            )
        try:
            assert leaks(PHONE)
        finally:
            with working_as(OWNER), connection.cursor() as cursor:
                cursor.execute("DROP TABLE planted")


def test_search_finds_a_phone_number_planted_in_redis_or_in_the_log(said):
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.rpush("planted", PHONE)
        assert leaks(PHONE)
        client.delete("planted")
    assert leaks(PHONE, lines=said) == []
    logging.getLogger("planted").debug("value %s", PHONE)
    assert leaks(PHONE, lines=said)


RING = outbox.ring


def test_nothing_clear_is_left_anywhere_when_the_work_fails_with_it_until_it_is_dead(
    alice, coalition, said, monkeypatch
):
    def fail(**ids: int) -> None:
        with connection.cursor() as cursor:  # a real error of the server's, too
            cursor.execute(
                "INSERT INTO sharing_outboxrow (id) VALUES (%s)", [ids["number"]]
            )

    def shout(**ids: object) -> None:
        raise ValueError(f"{PHONE} {scheme.digest('phone', 1, PHONE).hex()}")

    monkeypatch.setattr(outbox, "ring", RING)
    intake.submit(
        actor=acting(alice),
        stream=[BODY.encode()],
        content_type="application/x-ndjson",
        idempotency_key=PHONE,
    )
    assert "sharing.drain" in redis_contents()
    for attempt in range(settings.OUTBOX_MAX_ATTEMPTS):
        handler = shout if attempt % 2 else fail
        monkeypatch.setitem(pipeline.HANDLERS, Kind.CHUNK_RECEIVED, handler)
        OutboxRow.objects.update(not_before="2026-01-01T00:00Z")
        assert work_off() == 0
    row = OutboxRow.objects.get(dead_at__isnull=False)
    assert row.last_error == "builtins.ValueError"
    assert stored(Chunk).count() == 1  # sealed, for a second chance
    assert any("outbox_failed" in line for line in said)
    assert leaks(PHONE, BROKEN, lines=said) == []


def test_nothing_clear_is_stored_while_waiting_accepted_or_rejected(
    alice, coalition, said
):
    batch, _ = intake.submit(
        actor=acting(alice),
        stream=[BODY.encode()],
        content_type="application/x-ndjson",
        idempotency_key=PHONE,
    )
    assert stored(Chunk).count() == 1
    assert leaks(PHONE, BROKEN, lines=said) == []

    work_off()
    batch = stored(Submission).get(pk=batch.pk)
    assert batch.state == "done"
    assert stored(Chunk).count() == 0
    problem = stored(LineProblem).get()
    assert problem.sealed_line is not None
    assert leaks(PHONE, BROKEN, lines=said) == []
