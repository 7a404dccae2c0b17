"""The coalition's rows, made once through the services and put back for each test."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from sharing.agreements import facts
from tests.walls import OWNER, working_as

_TABLES = (
    "SELECT c.oid::regclass::text, array_agg(quote_ident(a.attname) ORDER BY a.attnum)"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
    " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
    " GROUP BY c.oid ORDER BY c.oid"
)
_WRITTEN = (
    "SELECT format('INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
    " SELECT {columns} FROM json_populate_recordset(NULL::{table}, %L)',"
    " json_agg(t)::text)"
    " FROM {table} t WHERE age(t.xmin) <= 0 HAVING count(*) > 0"  # by this transaction
)
# What comes is numbered after them.
_NUMBERED = (
    "SELECT format('SELECT setval(%L, greatest(%s, (SELECT last_value FROM %I)))',"
    " sequencename, last_value, sequencename)"
    " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
)


@dataclass(frozen=True)
class Founding:
    """Statements that put the rows back, and the keys under which they are sealed."""

    script: str
    keys: str

    def fits(self) -> bool:
        return self.keys == _keys()

    def repeat(self) -> None:
        """Put the rows back into a database that holds none of them; triggers sleep."""
        facts._compiled.cache_clear()  # a test may have written other terms past the code
        with working_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self.script)


def found(build: Callable[[], object]) -> Founding | None:
    """What building writes, taken back; None where the owner may not let triggers sleep."""
    with transaction.atomic():
        with working_as(OWNER), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser')::bool")
            if not all(cursor.fetchone()):
                return None
        build()
        with working_as(OWNER):
            script = _script()
        transaction.set_rollback(True)
    return Founding(script, _keys())


def _script() -> str:
    statements = ["SET LOCAL session_replication_role = replica"]
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for table, columns in cursor.fetchall():
            cursor.execute(_WRITTEN.format(table=table, columns=", ".join(columns)))
            statements += [text for (text,) in cursor.fetchall()]
        cursor.execute(_NUMBERED)
        statements += [text for (text,) in cursor.fetchall()]
    statements.append("SET LOCAL session_replication_role = origin")
    return ";\n".join(statements)


def _keys() -> str:
    path = settings.KEYS_FILE
    if path is None or not path.exists():
        return ""
    return hashlib.sha256(str(path).encode() + path.read_bytes()).hexdigest()
