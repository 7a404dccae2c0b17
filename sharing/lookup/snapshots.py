"""Snapshots for filters: one build serves everybody, and none outlives what it rests on.

Tied to generation, Version in force and contributors: when one of these changed it is
never served again, however young. When only the stream went on, it may lag a minute.
What ends within that minute is not in it, so that nothing past its time is ever served.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import ProgrammingError, connection, transaction
from django.db.models import Q

from hub.lib.clock import now
from hub.lib.errors import Unavailable
from orgs.access import collection_scope
from sharing import vocabulary as v
from sharing.agreements import selectors as agreements
from sharing.agreements.selectors import CURRENT
from sharing.distribution import finding
from sharing.distribution.selectors import Reading
from sharing.events import pulse
from sharing.lookup.models import FilterSnapshot
from sharing.tokens import rice

Look = Callable[[], Reading]  # asks anew whether and what the reader may read
TRIES = 3
_LOCKS = 0xF117 << 40  # room for every generation, apart from the hub's other locks
_WAIT = "SELECT pg_advisory_xact_lock(%s) IS NULL"
_TRY = "SELECT pg_try_advisory_xact_lock(%s)"


def current(look: Look) -> tuple[Reading, FilterSnapshot]:
    """What the reader may see now as a snapshot that may be served; made if need be.

    One request builds. Others get the former as long as it may be served, or wait.
    In a transaction of the reader's scope.
    """
    reading = look()
    found = _newest(reading)
    if found is not None and _serves(found, reading, v.FILTER_YOUNG):
        return reading, found
    passable = found is not None and _serves(found, reading, v.FILTER_AGE)
    if found is not None and passable and not _locks(reading, _TRY):
        return reading, found
    return _made(look)


def known(reading: Reading, number: int) -> FilterSnapshot | None:
    """An earlier snapshot of the same generation that the reader may have been served."""
    return FilterSnapshot.objects.filter(
        generation=reading.generation,
        number=number,
        taken_at__gte=reading.grant.valid_from,
    ).first()


def _made(look: Look) -> tuple[Reading, FilterSnapshot]:
    """The next snapshot, or that of whoever was faster; asked again after all waiting."""
    for _ in range(TRIES):
        before = look()
        _locks(before, _WAIT)
        reading = look()
        if reading.generation != before.generation:
            continue
        found = _newest(reading)
        if found is None or not _serves(found, reading, v.FILTER_YOUNG):
            found = _build(reading)
            pulse.note(pulse.filter_of(reading.generation.collection_id))
        if _tied(found, look()):
            return reading, found
    raise Unavailable("The terms of this collection keep changing; ask again.")


def _locks(reading: Reading, how: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(how, [_LOCKS + reading.generation.pk])
        row = cursor.fetchone()
    return bool(row and row[0])


def _newest(reading: Reading) -> FilterSnapshot | None:
    """Without what is large: that is loaded when it is needed."""
    rows = FilterSnapshot.objects.filter(generation=reading.generation)
    return rows.defer("prefixes", "coded").order_by("-number").first()


def _serves(found: FilterSnapshot, reading: Reading, age: timedelta) -> bool:
    """Whether a snapshot is what the reader may see, or was so within `age`."""
    if not _tied(found, reading):
        return False
    ended = found.good_until is not None and found.good_until <= reading.moment
    still = found.next_seq == reading.head.next_seq and not ended
    return still or reading.moment - found.taken_at <= age


def _tied(found: FilterSnapshot, reading: Reading) -> bool:
    return (
        found.generation_id == reading.generation.pk
        and found.version_id == reading.grant.clause.version_id
        and bytes(found.contributors) == _contributors(reading)
    )


def _contributors(reading: Reading) -> bytes:
    return sha256(
        b"".join(each.bytes for each in sorted(reading.contributors))
    ).digest()


def _build(reading: Reading) -> FilterSnapshot:
    """Read the stream and store what it begins with; the same set keeps its number."""
    read = finding.prefixes(reading, reading.moment + v.FILTER_AGE)
    numbers = rice.distinct(read.packed)
    prefixes = rice.packed(numbers)
    last = _newest(reading)
    checksum = sha256(prefixes).digest()
    ties = {
        "version_id": reading.grant.clause.version_id,
        "contributors": _contributors(reading),
        "next_seq": reading.head.next_seq,
        "taken_at": reading.moment,
        "good_until": read.ends,
    }
    if last is not None and bytes(last.checksum) == checksum:
        return _tie(last, ties)
    found = FilterSnapshot(
        generation=reading.generation,
        number=_number(reading, last),
        count=len(numbers),
        checksum=checksum,
        prefixes=prefixes,
        coded=rice.encode(numbers),
        **ties,
    )
    return _add(found)


def _tie(last: FilterSnapshot, ties: dict[str, Any]) -> FilterSnapshot:
    """The same set again: what it rests on is asked anew by the database, as for a new one."""
    if not FilterSnapshot.objects.filter(pk=last.pk).update(**ties):
        raise Unavailable(finding.TURNING)
    for name, said in ties.items():
        setattr(last, name, said)
    return last


def _add(found: FilterSnapshot) -> FilterSnapshot:
    try:
        with transaction.atomic():
            found.save(force_insert=True)
    except ProgrammingError:  # no right to it any longer, by the database's clock
        raise Unavailable(finding.TURNING) from None
    older = FilterSnapshot.objects.filter(generation=found.generation_id)
    older.exclude(pk=found.pk).exclude(coded=None).update(coded=None)
    return found


def _number(reading: Reading, last: FilterSnapshot | None) -> int:
    """Rises although all earlier ones may be swept."""
    clock = int(reading.moment.timestamp())
    return clock if last is None else max(clock, last.number + 1)


def sweep(moment: datetime | None = None) -> int:
    """Keep a few of each stream that is read, and none for longer than a week."""
    old = (moment or now()) - v.FILTERS_KEPT_FOR
    return sum(
        _sweep(collection, generation, v.FILTERS_KEPT if state in CURRENT else 0, old)
        for collection, generation, state in agreements.all_streams()
    )


def _sweep(collection_id: UUID, generation: int, kept: int, old: datetime) -> int:
    with collection_scope(collection_id):
        rows = FilterSnapshot.objects.filter(generation=generation)
        numbers = rows.order_by("-number").values_list("number", flat=True)
        gone = Q(number__in=list(numbers[kept:])) | Q(taken_at__lt=old)
        return rows.filter(gone).delete()[0]
