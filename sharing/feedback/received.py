"""What came back about own claims: the newest of it, and what it comes to in numbers.

As on the page of each claim: by the clauses that are in force, of those who read the
collection still and whom one may know; named where the clause names them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from hub.lib.clock import now
from hub.lib.errors import Malformed
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import circles
from sharing.agreements import selectors as agreements
from sharing.distribution import finding
from sharing.distribution.explaining import Named
from sharing.feedback import selectors, showing
from sharing.feedback.judging import Mark, Said, Viewer, roll_up
from sharing.feedback.models import Sighting, Verdict
from sharing.feedback.notes import note_of
from sharing.vocabulary import Disclosure, OutcomeKind, VerdictKind

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
GONE_ON = "A page of this list begins where another one ended."
AT_ONCE = 1_000  # rows of one piece of a CSV
TABLES: tuple[tuple[str, type[Verdict | Sighting]], ...] = (
    ("s", Sighting),
    ("v", Verdict),
)


class Place(NamedTuple):
    """Where a word stands in the list, from the newest down; written `micros.table.id`."""

    at: datetime
    table: str
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}.{self.table}.{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self:
        micros, table, pk = [*text.split("."), "", ""][:3]
        numbers = all(n.isascii() and n.isdigit() and len(n) < 18 for n in (micros, pk))
        if not numbers or table not in dict(TABLES) or text.count(".") != 2:
            raise Malformed(GONE_ON, code="bad-parameter")
        try:
            return cls(EPOCH + int(micros) * MICROSECOND, table, int(pk))
        except OverflowError:
            raise Malformed(GONE_ON, code="bad-parameter") from None


@dataclass(frozen=True, slots=True)
class Word:
    """One verdict, sighting or outcome about a claim of one's own."""

    place: Place
    kind: str
    indicator: UUID
    release: UUID
    collection: Named
    giver: Named | None  # None: the clause does not name it
    given_at: datetime
    stands: bool | None = None  # of a verdict
    note: str | None = None
    count: int | None = None  # of a sighting or an outcome
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A collection that own claims go to, and how their owner looks at it."""

    collection: Named
    viewer: Viewer

    @property
    def givers(self) -> set[UUID]:
        """Whose words the owner sees: who reads it still and may be known."""
        viewer = self.viewer
        marks = (
            Mark(pk, viewer.me, shared=False, unnamed=False) for pk in viewer.known
        )
        return {each.giver for each in marks if viewer.sees(each)} - {viewer.me}


def newest(actor: Actor, *, after: Place | None = None, limit: int) -> list[Word]:
    """The newest words about own claims, behind a place.

    Cost: a page of an index by time for each of two tables, and the own releases that
    verdicts are about; nothing is counted.
    """
    owner = _owner(actor)
    with scope(owner):
        found = _streams(owner)
        if not found:
            return []
        pieces = [_piece(table, found, owner, after, limit) for table in TABLES]
        rows = list(islice(merge(*pieces, key=_place, reverse=True), limit))
        said = _said(found, rows)
        return [_word(row, found[row.collection_id], said) for row in rows]


def everything(actor: Actor) -> Iterator[Word]:
    """The whole list, read piece by piece."""
    after: Place | None = None
    while rows := newest(actor, after=after, limit=AT_ONCE):
        yield from rows
        after = rows[-1].place


def _streams(owner: UUID) -> dict[UUID, Stream]:
    return {
        clause.collection_id: Stream(
            Named(clause.collection_id, clause.title),
            selectors.viewer(
                owner, clause.collection_id, clause.version_id, clause.terms
            ),
        )
        for clause in circles.contributed(owner)
        if clause.terms.disclosure is not Disclosure.QUERY
    }


def _seen(found: dict[UUID, Stream], owner: UUID) -> Q:
    """Of which givers in which collections words are seen: nobody's but of these."""
    seen = Q(pk__in=[])
    for pk, stream in found.items():
        seen |= Q(collection=pk, giver__in=stream.givers)
    return Q(owner=owner) & seen


def _piece(
    table: tuple[str, type[Verdict | Sighting]],
    found: dict[UUID, Stream],
    owner: UUID,
    after: Place | None,
    limit: int,
) -> list[Verdict | Sighting]:
    word, model = table
    rows: QuerySet[Verdict | Sighting] = model._default_manager.filter(  # noqa: SLF001 - Django's documented way
        _seen(found, owner)
    )
    if after is not None:
        earlier = Q(given_at__lt=after.at)
        if word == after.table:
            earlier |= Q(given_at=after.at, pk__lt=after.pk)
        elif word < after.table:
            earlier |= Q(given_at=after.at)
        rows = rows.filter(earlier, given_at__lte=after.at)
    return list(rows.order_by("-given_at", "-pk")[:limit])


def _place(row: Verdict | Sighting) -> Place:
    return Place(row.given_at, "v" if isinstance(row, Verdict) else "s", row.pk)


def _said(
    found: dict[UUID, Stream], rows: Iterable[Verdict | Sighting]
) -> dict[UUID, Said | None]:
    """What the releases that verdicts are about say now; one query a collection."""
    wanted: dict[UUID, set[UUID]] = {}
    for row in rows:
        if isinstance(row, Verdict):
            wanted.setdefault(row.collection_id, set()).add(row.release)
    said: dict[UUID, Said | None] = {}
    moment = now()
    for pk, releases in wanted.items():
        generation = agreements.live_generation(pk, moment)
        for release, entry in finding.entries_of(releases, generation, moment).items():
            said[release] = selectors.said_by(entry)
    return said


def _word(
    row: Verdict | Sighting, stream: Stream, said: dict[UUID, Said | None]
) -> Word:
    mark = showing.mark_of(row)
    named = stream.viewer.named(mark)
    giver = Named(mark.giver, stream.viewer.known[mark.giver]) if named else None
    about = (_place(row), row.kind, row.indicator, row.release, stream.collection)
    if isinstance(row, Verdict):
        holds = showing.holds(row, said.get(row.release))
        return Word(
            *about, giver, row.given_at, stands=holds, note=note_of(row) or None
        )
    return Word(
        *about,
        giver,
        row.given_at,
        count=row.count,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )


@dataclass(frozen=True, slots=True)
class Led:
    """How much came back since a moment: pieces by kind, and claims by what they come to."""

    verdicts: Counter[str]
    sightings: Counter[str]
    outcomes: Counter[str]
    roll_ups: Counter[str]


# Criticism counts here whether it was mended since or not: it was said in that time.
_ROLL_UPS = """
SELECT kinds, count(*)
  FROM (SELECT array_agg(DISTINCT v.kind) AS kinds
          FROM sharing_verdict v
          JOIN unnest(%(collections)s::uuid[], %(givers)s::uuid[]) AS k (pk, giver)
            ON v.collection_id = k.pk AND v.giver_id = k.giver
         WHERE v.owner_id = %(owner)s AND v.given_at >= %(since)s
         GROUP BY v.indicator) r
 GROUP BY kinds
"""


def led_to(actor: Actor, since: datetime) -> Led:
    """What own claims led to, in numbers of what was said since a moment.

    Cost: the words of that time are read once by index for each of the two tables.
    """
    owner = _owner(actor)
    with scope(owner):
        found = _streams(owner)
        verdicts = _by_kind(Verdict, found, owner, since)
        met = _by_kind(Sighting, found, owner, since)
        rolled = _rolled(found, owner, since)
    done = [*map(str, OutcomeKind)]
    return Led(
        verdicts,
        Counter({kind: n for kind, n in met.items() if kind not in done}),
        Counter({kind: n for kind, n in met.items() if kind in done}),
        rolled,
    )


def _by_kind(
    model: type[Verdict | Sighting],
    found: dict[UUID, Stream],
    owner: UUID,
    since: datetime,
) -> Counter[str]:
    if not found:
        return Counter()
    rows = model._default_manager.filter(_seen(found, owner), given_at__gte=since)  # noqa: SLF001 - Django's documented way
    counted = rows.order_by().values_list("kind").annotate(Count("pk"))
    return Counter(dict(counted))


def _rolled(found: dict[UUID, Stream], owner: UUID, since: datetime) -> Counter[str]:
    pairs = [(pk, who) for pk, stream in found.items() for who in stream.givers]
    given: dict[str, Any] = {"owner": owner, "since": since}
    lists = {
        "collections": [pk for pk, _ in pairs],
        "givers": [who for _, who in pairs],
    }
    rolled = Counter[str]()
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_UPS, {**given, **lists})
        for kinds, n in cursor.fetchall():
            rolled[str(roll_up(map(VerdictKind, kinds)))] += n
    return rolled


def _owner(actor: Actor) -> UUID:
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    return actor.organization_id
