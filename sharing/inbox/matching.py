"""Match what was released with watchlists and filters of those who read it: once per batch.

In the worker, recipient by recipient, each in the scope of its own organization: nobody's
list is seen beside another's. A batch of 10,000 costs its marks (1 us each) and one index
scan for each recipient that has a watchlist: for a million releases and one recipient a
few seconds in all, and nothing for those that have none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from hub.lib.clock import now
from orgs.access import collection_scope, scope
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Collection, Generation
from sharing.distribution.models import Release
from sharing.inbox import sifting
from sharing.inbox.models import Match, WatchLine
from sharing.tokens import services as tokens
from sharing.tokens import watching
from sharing.vocabulary import Disclosure

PURPOSE = "watch-match"
_RELEASE = b"release\0"
# One that is there goes up in the list again, as what it is about was revised.
_ADD = """
INSERT INTO sharing_match AS m
       (id, organization_id, watchlist_id, release_mark, sealed, at)
SELECT id, %(organization)s, watchlist, mark, sealed, %(now)s
  FROM unnest(%(ids)s::uuid[], %(watchlists)s::uuid[], %(marks)s::bytea[],
              %(sealed)s::bytea[]) AS t (id, watchlist, mark, sealed)
 ORDER BY mark, watchlist
    ON CONFLICT (organization_id, release_mark, watchlist_id) DO UPDATE
   SET at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class Released:
    """As much of a release as matching needs."""

    release: UUID  # as it leaves
    index: bytes
    owner: UUID
    live: bool


def match(collection: str, batch: int) -> None:
    """What a batch released, for each who may read the stream now.

    Collections that only answer questions tell nobody anything by themselves.
    """
    collection_id = UUID(collection)
    if Collection.objects.get(pk=collection_id).disclosure == Disclosure.QUERY:
        return
    rows = _released(collection_id, batch)
    if not rows:
        return
    readers = agreements.readers(collection_id).keys()
    for recipient in readers:
        _match_one(recipient, collection_id, rows)
    live = frozenset(row.release for row in rows if row.live)
    gone = frozenset(row.release for row in rows if not row.live)
    sifting.sift(collection_id, batch, live=live, gone=gone, readers=readers)


def _released(collection_id: UUID, batch: int) -> list[Released]:
    """The rows that a batch made or changed, of a generation that is in effect.

    What a later generation merely took over from an earlier one was released before.
    """
    with collection_scope(collection_id):
        found = list(
            Release.objects.filter(batch=batch).values_list(
                "public_id", "index", "owner_id", "state", "generation_id", "seq",
                "first_seq",
            )
        )  # fmt: skip
        if not found or not _in_effect(found[0][4]):
            return []
        begun = [row[0] for row in found if row[5] == row[6]]
        earlier = agreements.earlier_generations(collection_id, found[0][4])
        known: set[UUID] = set()
        if earlier:
            before = Release.objects.filter(
                public_id__in=begun, generation__in=earlier, state=Release.State.LIVE
            )
            known = set(before.values_list("public_id", flat=True))
    return [
        Released(public, bytes(index), owner, state == Release.State.LIVE)
        for public, index, owner, state, *_ in found
        if public not in known
    ]


def _in_effect(generation: int) -> bool:
    begun = Generation.objects.filter(pk=generation, effective_from__lte=now())
    return begun.exists()


def _match_one(recipient: UUID, collection_id: UUID, rows: Sequence[Released]) -> None:
    with scope(recipient):
        if not WatchLine.objects.filter(organization=recipient).exists():
            return
        make = watching.marker(recipient)
        gone = [make(_RELEASE + row.release.bytes) for row in rows if not row.live]
        if gone:
            Match.objects.filter(organization=recipient, release_mark__in=gone).delete()
        others = (row for row in rows if row.live and row.owner != recipient)
        _add(recipient, collection_id, _by_mark(make, others), make)


def _by_mark(
    make: watching.Marker, rows: Iterable[Released]
) -> dict[bytes, list[Released]]:
    found: dict[bytes, list[Released]] = {}
    for row in rows:
        found.setdefault(make(row.index), []).append(row)
    return found


def _add(
    recipient: UUID,
    collection_id: UUID,
    rows: dict[bytes, list[Released]],
    make: watching.Marker,
) -> None:
    lines = WatchLine.objects.filter(organization=recipient, mark__in=list(rows))
    vault = tokens.vault()
    new: dict[str, list[Any]] = {"ids": [], "watchlists": [], "marks": [], "sealed": []}
    for line, watchlist, mark in lines.values_list("pk", "watchlist_id", "mark"):
        for row in rows[bytes(mark)]:
            pk = uuid4()
            told = collection_id.bytes + row.release.bytes + line.bytes
            new["ids"].append(pk)
            new["watchlists"].append(watchlist)
            new["marks"].append(make(_RELEASE + row.release.bytes))
            new["sealed"].append(vault.seal_blob(PURPOSE, pk.bytes, told))
    if new["ids"]:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, {**new, "organization": recipient, "now": now()})
