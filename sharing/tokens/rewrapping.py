"""Sealing again what rests under an older epoch: so many rows at a time, while all goes on.

Who knows where things rest says so in a `Place`, and sees to the scope. Rows that are
being changed are skipped and found again in the next round, so nobody waits for a lock
that waits for another. What was done stays done: a crash costs the rows at hand.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hub.lib.sealed import SealBrokenError
from sharing.tokens.keyfiles import KeyFileError
from sharing.tokens.vault import Vault

ROUNDS, PAUSE = 20, 0.25  # for rows that others held


@dataclass(frozen=True, slots=True)
class Place:
    """A column of sealed bytes; `bound` is what they are bound to, as SQL. Constants only."""

    table: str
    column: str
    purpose: (
        str  # of the blob; "" for digests, whose epoch stands in a column of its own
    )
    bound: str
    key: str = "id"
    key_type: str = "uuid"
    join: str = ""
    where: str = "true"
    at_once: int = 5_000

    @property
    def old(self) -> str:
        """Whether a row rests under another epoch than %(epoch)s."""
        if not self.purpose:
            return "t.vault_epoch <> %(epoch)s"
        return f"substr(t.{self.column}, 1, 4) <> int4send(%(epoch)s)"


@dataclass(slots=True)
class Progress:
    """How far a place is: rows sealed again, and rows whose seal is broken."""

    done: int = 0
    broken: int = 0
    waits: bool = False  # others hold rows, or hold them still


def reseal(
    place: Place,
    vault: Vault,
    enter: Callable[[], Any],
    given: dict[str, Any],
    told: Callable[[int], None],
) -> Progress:
    """All rows of a place in one scope; `enter` opens transaction and scope."""
    total = Progress()
    for round_ in range(ROUNDS):
        broken = _pass(place, vault, enter, given, lambda n: _count(total, n, told))
        total.broken, left = broken, _left(place, vault.epoch, enter, given)
        total.waits = left > broken
        if not total.waits:
            break
        time.sleep(PAUSE * (round_ + 1))
    return total


def _count(total: Progress, some: int, told: Callable[[int], None]) -> None:
    total.done += some
    told(some)


def _left(
    place: Place, epoch: int, enter: Callable[[], Any], given: dict[str, Any]
) -> int:
    """How many rows rest under another epoch, those that others hold as well."""
    query = (
        f"SELECT count(*) FROM {place.table} t {place.join}"  # noqa: S608 - constants
        f" WHERE t.{place.column} IS NOT NULL AND {place.where} AND {place.old}"
    )
    with enter(), connection.cursor() as cursor:
        cursor.execute(query, {**given, "epoch": epoch})
        [count] = cursor.fetchone()
    return int(count)


def uses(
    place: Place, epoch: int, enter: Callable[[], Any], given: dict[str, Any]
) -> bool:
    """Whether a row of a scope rests under this epoch."""
    under = place.old.replace("<>", "=")
    query = (
        f"SELECT EXISTS (SELECT FROM {place.table} t {place.join}"  # noqa: S608 - constants
        f" WHERE t.{place.column} IS NOT NULL AND {place.where} AND {under})"
    )
    with enter(), connection.cursor() as cursor:
        cursor.execute(query, {**given, "epoch": epoch})
        [found] = cursor.fetchone()
    return bool(found)


def _pass(
    place: Place,
    vault: Vault,
    enter: Callable[[], Any],
    given: dict[str, Any],
    told: Callable[[int], None],
) -> int:
    """Once through the rows in the order of their keys; how many seals are broken."""
    after: object | None = None
    broken = 0
    while True:
        with transaction.atomic(), enter():
            rows = _some(place, vault.epoch, after, given)
            sealed = dict(_opened(place, vault, rows))
            _write(place, sealed, vault.epoch)
        broken += len(rows) - len(sealed)
        if sealed:
            told(len(sealed))
        if len(rows) < place.at_once:
            return broken
        after = rows[-1][0]


def _some(
    place: Place, epoch: int, after: object | None, given: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """The next rows, locked: key, what they are bound to, sealed bytes."""
    further = "" if after is None else f"AND t.{place.key} > %(after)s"
    epoch_now = "t.vault_epoch, t.type" if not place.purpose else "0, ''"
    query = (
        f"SELECT t.{place.key}, {place.bound}, t.{place.column}, {epoch_now}"  # noqa: S608
        f" FROM {place.table} t {place.join} WHERE t.{place.column} IS NOT NULL"
        f" AND {place.where} AND {place.old} {further}"
        f" ORDER BY t.{place.key} LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED"
    )
    asked = {**given, "epoch": epoch, "after": after, "limit": place.at_once}
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _opened(
    place: Place, vault: Vault, rows: list[tuple[Any, ...]]
) -> Iterator[tuple[object, bytes]]:
    """By key, what is in the rows, sealed anew; what does not open is left as it is."""
    for key, bound, sealed, epoch, kind in rows:
        try:
            yield key, _again(place, vault, bytes(bound), bytes(sealed), epoch, kind)
        except (
            SealBrokenError,
            KeyFileError,
        ):  # KeyFileError: of an epoch there is not
            continue


def _again(
    place: Place, vault: Vault, bound: bytes, sealed: bytes, epoch: int, kind: str
) -> bytes:
    if place.purpose:
        plain = vault.open_blob(place.purpose, bound, sealed)
        return vault.seal_blob(place.purpose, bound, plain)
    pk = UUID(bytes=bound)
    return vault.seal_digest(pk, kind, vault.open_digest(pk, kind, sealed, epoch))[0]


def _write(place: Place, sealed: dict[object, bytes], epoch: int) -> None:
    """One statement for all rows at hand."""
    if not sealed:
        return
    told = "" if place.purpose else ", vault_epoch = %(epoch)s"
    query = (
        f"UPDATE {place.table} t SET {place.column} = r.sealed{told}"  # noqa: S608
        f" FROM unnest(%(keys)s::{place.key_type}[], %(sealed)s::bytea[]) r(key, sealed)"
        f" WHERE t.{place.key} = r.key"
    )
    asked: dict[str, Any] = {
        "keys": [*sealed],
        "sealed": [*sealed.values()],
        "epoch": epoch,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, asked)


def sample(place: Place, vault: Vault, enter: Callable[[], Any]) -> int:
    """Open one digest of every epoch in a scope; returns how many."""
    query = (
        f"SELECT DISTINCT ON (vault_epoch) {place.bound}, {place.column}, vault_epoch,"  # noqa: S608
        f" type FROM {place.table} t ORDER BY vault_epoch"
    )
    with enter(), connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    for bound, sealed, epoch, kind in rows:
        vault.open_digest(UUID(bytes=bytes(bound)), kind, bytes(sealed), epoch)
    return len(rows)
