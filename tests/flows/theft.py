"""A thief: a dump of the whole database and of Redis, no keys, and a few phone numbers.

Every number is tried as people write it, in the unkeyed hashes that exist for it, and as
the digest of the token scheme; in hexadecimal and in Base64 at each of its three offsets.
Of a hash eight bytes are enough, so that one cut short is found as well.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache

import phonenumbers
import redis
from django.conf import settings
from django.db import connection
from phonenumbers import PhoneNumberFormat
from psycopg import sql

from sharing.indicators.types import TYPES
from sharing.tokens import scheme
from tests.walls import OWNER, working_as

HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b")
ENOUGH = 8  # bytes of a hash
_COLUMNS = """
SELECT n.nspname, c.relname, a.attname
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p', 'm')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   AND n.nspname NOT LIKE 'pg_%temp%'
 ORDER BY 1, 2, 3
"""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
Dump = dict[str, str]  # what stands in each column, and under each key of Redis


def dump() -> Dump:
    return {**database(), **dict(redis_keys())}


def database() -> Dump:
    """Every column of every table, with bytes in hexadecimal, past all walls."""
    found = {}
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for place in cursor.fetchall():
            schema, table, column = map(sql.Identifier, place)
            copied = sql.SQL("COPY (SELECT {}::text FROM {}.{}) TO STDOUT").format(
                column, schema, table
            )
            with cursor.copy(copied) as rows:
                found[".".join(place[1:])] = b"".join(map(bytes, rows)).decode()
        cursor.execute("SELECT count(*) FROM pg_largeobject_metadata")
        assert cursor.fetchone() == (0,)
    return found


_READ = {
    b"string": ("GET",),
    b"hash": ("HGETALL",),
    b"set": ("SMEMBERS",),
    b"list": ("LRANGE", 0, -1),
    b"zset": ("ZRANGE", 0, -1),
    b"stream": ("XRANGE", "-", "+"),
}


def redis_keys() -> Iterator[tuple[str, str]]:
    """Every key with what it holds: as it is, in hexadecimal, and out of its Base64."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter():
            command, *more = _READ[client.execute_command("TYPE", key)]
            held = [key, *_flat(client.execute_command(command, key, *more))]
            texts = [part.decode("latin-1") for part in held]
            texts += [part.hex() for part in held]
            texts += [unpacked for text in texts for unpacked in _unpacked(text)]
            yield f"redis {key.decode('latin-1')}", "\n".join(texts)


def _flat(held: object) -> Iterator[bytes]:
    if isinstance(held, dict):
        held = [part for pair in held.items() for part in pair]
    if isinstance(held, list | tuple | set):
        for part in held:
            yield from _flat(part)
    elif held is not None:
        yield held if isinstance(held, bytes) else str(held).encode()


def _unpacked(text: str) -> Iterator[str]:
    for run in _BASE64.findall(text):
        plain = base64.b64decode(run + "==", altchars=None, validate=False)
        yield plain.decode("latin-1")
        yield plain.hex()


def spellings(number: str) -> set[str]:
    """The ways to write a number that a list of numbers has it in."""
    parsed = phonenumbers.parse(number)
    digits = number.removeprefix("+")
    local = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    spaced = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    return {
        number,
        digits,
        "00" + digits,
        str(parsed.national_number),
        re.sub(r"\D", "", local),
        local,
        spaced,
    }


def hashes(number: str) -> Iterator[bytes]:
    for text in spellings(number):
        for name in HASHES:
            yield hashlib.new(name, text.encode()).digest()
            yield hashlib.new(name, hashlib.new(name, text.encode()).digest()).digest()
        for nv in TYPES["phone"].versions():
            d = scheme.digest("phone", nv, text)
            yield d
            yield hashlib.sha256(d).digest()


@cache
def needles(number: str) -> set[str]:
    """What to look for: lower case is looked for in lower case, Base64 as it is."""
    found: set[str] = set()
    for text in spellings(number):
        found |= {text.lower(), text.encode().hex(), *_in_base64(text.encode())}
    for digest in hashes(number):
        found |= {digest[:ENOUGH].hex(), *_in_base64(digest[:ENOUGH])}
    return found


def _in_base64(plain: bytes) -> Iterator[str]:
    """The part that does not depend on what stands before and behind it."""
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + plain).decode()
        sure = text[-(-8 * offset // 6) : 8 * (offset + len(plain)) // 6]
        yield sure
        yield sure.translate(str.maketrans("+/", "-_"))


def stolen(found: Dump, *numbers: str) -> set[str]:
    """The columns and keys in which any of the numbers can be found."""
    as_it_is = "\n".join(found.values())
    text = as_it_is + as_it_is.lower()
    hits = {
        needle for number in numbers for needle in needles(number) if needle in text
    }
    return {
        place
        for place, held in found.items()
        if any(hit in held or hit in held.lower() for hit in hits)
    }
