"""A stolen database is worthless: no number of a known few is found anywhere in it."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.urls import reverse
from psycopg import sql

from sharing.distribution.models import Release
from sharing.events import services as outbox
from sharing.indicators.models import Indicator
from sharing.intake.models import Chunk, HeldBatch, LineProblem
from sharing.lookup import services as lookup
from sharing.lookup.models import LookupCount
from sharing.tokens import scheme
from sharing.tokens.services import Indexer
from sharing.tokens.vault import Vault
from tests.cast import acting, browser_of
from tests.coalition import pulled, send
from tests.flows.theft import ENOUGH, dump, stolen
from tests.sharing.intake.held import make_new, make_small
from tests.walls import OWNER, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

(VALUE, HASH, DIGEST, BAD, HELD, WAITING, GONE, PASTED, ASKED, KEY) = NUMBERS = [
    f"+4477009{n:05}" for n in range(400, 410)
]
SAID: Any = {"scam_type": "investment", "tlp": "green", "confidence": "90"}
RING = outbox.ring


def hashed(name: str, text: str) -> str:
    return hashlib.new(name, text.encode()).hexdigest()


def by_hash(number: str) -> dict[str, Any]:
    return {"type": "phone", "nv": 1, "sha256": scheme.content_hash(number).hex()}


@pytest.fixture
def busy(coalition, alice, frank, bob, dana, sentry, broker, monkeypatch):
    """A hub in the middle of everything: accepted, wrong, held, waiting, looked up."""
    d = scheme.digest("phone", 1, DIGEST).hex()
    send(
        alice,
        [
            {"value": VALUE, "note": f"rang from {VALUE}"},
            by_hash(HASH),
            {"type": "phone", "nv": 1, "digest": d},
            {"value": BAD, "tlp": "purple", "note": BAD},
            {"value": f"{BAD} or so"},
            {**by_hash(BAD), "nv": 7},
            GONE,
        ],
        **SAID,
    )
    send(alice, [{"value": VALUE, "op": "correct", "confidence": 80}])
    send(alice, [{"value": GONE, "op": "withdraw"}])
    make_small(monkeypatch)
    make_new(sentry)
    send(frank, [HELD, by_hash(HELD)], **SAID)
    assert pulled(dana, "Investigation")
    digests = [{"type": "phone", "digest": scheme.digest("phone", 1, ASKED).hex()}]
    for body in ({"values": [ASKED, VALUE]}, {"digests": [*digests, by_hash(ASKED)]}):
        lookup.look_up(actor=acting(bob), body=body)
    monkeypatch.setattr(outbox, "ring", RING)  # from here on Redis hears of the work
    send(alice, [WAITING, by_hash(WAITING)], work=False, **SAID)
    form = {**SAID, "role": "perpetrator", "lines": PASTED}
    assert browser_of(alice).post(reverse("submissions"), form).status_code == 302
    assert {row.state for row in stored(HeldBatch)} == {"waiting"}
    assert stored(Chunk).count() == 3
    assert stored(LineProblem).filter(sealed_line__isnull=False).count() == 3
    assert stored(Indicator).filter(value_sealed__isnull=False).exists()
    assert stored(Release).filter(sealed=True, payload__isnull=False).exists()
    assert stored(LookupCount).exists()


@pytest.fixture
def keyless(settings):
    """The thief has no key file, nor what opens one."""

    def look() -> dict[str, str]:
        before = settings.KEYS_FILE, settings.KEK_FILE
        settings.KEYS_FILE = settings.KEK_FILE = None
        try:
            return dump()
        finally:
            settings.KEYS_FILE, settings.KEK_FILE = before

    return look


SHA = hashlib.sha256(KEY.encode()).digest()
PLANTED: dict[str, Any] = {
    "clear": KEY,
    "clear, among other words": f"rang {KEY} twice",
    "without its plus": KEY[1:],
    "with zeros": "00" + KEY[1:],
    "as it is dialled": "0" + KEY[3:],
    "as it is printed": "+44 7700 900409",
    "bytes": KEY.encode(),
    "list": [KEY],
    "json": json.dumps({"a": [{"b": KEY}]}),
    "base64": base64.b64encode(f"x{KEY}".encode()).decode(),
    "sha256": SHA,
    "sha256 in hex": SHA.hex().upper(),
    "sha256 in base64": base64.b64encode(SHA).decode(),
    "sha256 cut short": SHA[:ENOUGH],
    "sha256 inside of something": b"\x01\x02" + SHA + b"\x03",
    "sha256 without its plus": hashlib.sha256(KEY[1:].encode()).digest(),
    "sha1 with zeros": hashed("sha1", "00" + KEY[1:]),
    "md5": hashed("md5", KEY),
    "sha512": hashlib.new("sha512", KEY.encode()).hexdigest(),
    "digest": scheme.digest("phone", 1, KEY),
    "digest in hex": scheme.digest("phone", 1, KEY).hex(),
}


@contextmanager
def planted() -> Iterator[None]:
    """Everything of PLANTED in a table of its own, each in its own column."""
    columns = sql.SQL(", ").join(
        sql.SQL("%s AS {}").format(sql.Identifier(name)) for name in PLANTED
    )
    make = sql.SQL("CREATE TABLE planted AS SELECT ") + columns
    with working_as(OWNER), connection.cursor() as cursor:
        cursor.execute(make, list(PLANTED.values()))
    try:
        yield
    finally:
        with working_as(OWNER), connection.cursor() as cursor:
            cursor.execute("DROP TABLE planted")


def test_thief_finds_no_number_in_a_busy_hub_but_each_that_is_planted(busy, keyless):
    with planted():
        found = keyless()
        assert stolen(found, KEY) == {f"planted.{form}" for form in PLANTED}
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.rpush("planted", json.dumps({"x": base64.b64encode(SHA).decode()}))
        assert stolen(keyless(), KEY) == {"redis planted"}
        client.delete("planted")
    found = keyless()
    assert any("sharing.drain" in text for text in found.values())
    assert len([place for place in found if place.startswith("sharing_")]) > 200
    assert stolen(found, *NUMBERS) == set()


def nothing(_: Vault, purpose: str, aad: bytes, plain: bytes) -> bytes:
    return plain


def opened(_: Vault, purpose: str, aad: bytes, sealed: bytes) -> bytes:
    return bytes(sealed)


def bare(vault: Vault, indicator: object, kind: str, d: bytes) -> tuple[bytes, int]:
    return d, vault.epoch


def bared(_: Vault, indicator: object, kind: str, sealed: bytes, epoch: int) -> bytes:
    return bytes(sealed)


@pytest.fixture
def blobs_lie_open(monkeypatch):
    monkeypatch.setattr(Vault, "seal_blob", nothing)
    monkeypatch.setattr(Vault, "open_blob", opened)


@pytest.fixture
def digests_lie_open(monkeypatch):
    monkeypatch.setattr(Vault, "seal_digest", bare)
    monkeypatch.setattr(Vault, "open_digest", bared)
    monkeypatch.setattr(Indexer, "index", lambda self, d: d)


def test_thief_finds_what_the_vault_would_have_sealed(blobs_lie_open, busy):
    assert stolen(dump(), *NUMBERS) == {
        "sharing_chunk.sealed",
        "sharing_indicator.note_sealed",
        "sharing_indicator.value_sealed",
        "sharing_lineproblem.sealed_line",
        "sharing_release.payload",
        "sharing_undorecord.sealed",
    }


def test_thief_finds_digests_that_are_neither_sealed_nor_keyed(digests_lie_open, busy):
    assert stolen(dump(), *NUMBERS) == {
        "sharing_indicator.digest_sealed",
        "sharing_indicator.index",
        "sharing_release.index",
    }
