"""A dump of the whole database holds no value and no digest of a token clause, ever."""

import base64
import hashlib

import pytest
from django.db import connection
from psycopg import sql

from sharing.events.models import OutboxRow
from sharing.intake import services as intake
from sharing.intake.models import Chunk, LineProblem
from sharing.tokens import scheme
from tests.cast import acting
from tests.coalition import work_off

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+447700900123"
BROKEN = "+44 7700 900 12x no such number 900456"
BODY = f'{{"value": "{PHONE}", "note": "rang from {PHONE}"}}\n{{"value": "{BROKEN}"}}\n'


def dump() -> str:
    """Every row of every table as JSON text; bytes stand there in hexadecimal."""
    with connection.cursor() as cursor:
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


def needles(value: str) -> set[str]:
    """The value and what it is easily found by: encodings and unkeyed hashes."""
    plain = value.encode()
    found = {value, plain.hex(), base64.b64encode(plain).decode(), value.lstrip("+")}
    for name in ("md5", "sha1", "sha256", "sha512"):
        for text in (plain, plain.lstrip(b"+")):
            found.add(hashlib.new(name, text).hexdigest())
    found.add(scheme.digest("phone", 1, value).hex())
    return found


def leaks(*values: str) -> list[str]:
    text = dump().lower()
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
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE planted AS SELECT %s::bytea AS bytes", [planted]
            )
        try:
            assert leaks(PHONE)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE planted")


def test_nothing_clear_is_stored_while_waiting_accepted_or_rejected(alice, coalition):
    batch, _ = intake.submit(
        actor=acting(alice),
        stream=[BODY.encode()],
        content_type="application/x-ndjson",
        idempotency_key=PHONE,
    )
    assert Chunk.objects.count() == 1
    assert leaks(PHONE, BROKEN) == []

    work_off()
    batch.refresh_from_db()
    assert batch.state == "done"
    assert Chunk.objects.count() == 0
    problem = LineProblem.objects.get()
    assert problem.sealed_line is not None
    assert leaks(PHONE, BROKEN) == []
