"""Watchlists: an organization's own observables, kept as marks that only the hub can make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Count

from hub.lib.clock import now
from hub.lib.errors import FieldError, Invalid, NotFound, TooMany
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.inbox.models import WatchCount, WatchLine, Watchlist
from sharing.lookup import asking
from sharing.lookup.asking import Asked
from sharing.tokens import services as tokens
from sharing.tokens import watching
from sharing.vocabulary import WATCH_LINES, WATCH_LINES_A_DAY, WATCHLISTS

PURPOSE = "watch-label"
NAME, LABEL = 80, 120  # characters
ADD, REMOVE = "add", "remove"
FIELDS = frozenset(
    {"name", "op", "values", "digests", "type", "region", "labels", "show"}
)
NO_LIST = "You have no such watchlist."
_COUNT = """
INSERT INTO sharing_watchcount AS c (organization_id, day, added)
SELECT %(organization)s, %(day)s, %(some)s WHERE %(some)s <= %(most)s
    ON CONFLICT (organization_id, day) DO UPDATE SET added = c.added + excluded.added
 WHERE c.added + excluded.added <= %(most)s
RETURNING added
"""


@dataclass(frozen=True, slots=True)
class ListView:
    id: UUID
    name: str
    lines: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """What to do with the lines of a list, as it was sent."""

    name: str
    op: str
    lines: tuple[Asked, ...]
    labels: tuple[str | None, ...]  # one for each line


@dataclass(frozen=True, slots=True)
class Changed:
    """What a call did; a line that cannot be read harms no other."""

    id: UUID
    changed: int
    unchanged: int  # were there already, or were not there
    unreadable: list[tuple[int, str, str]]  # line, code and why


def read(body: object) -> Order:
    """The order in a JSON body: lines as a look-up takes them, and labels for them.

    Without `labels` a line has none, unless `show` is `values`: then what was sent is its
    label. Labels rest sealed, for their owner alone.
    """
    if not isinstance(body, Mapping):
        raise _bad("body", "A JSON object is needed.")
    if unknown := sorted(map(str, body.keys() - FIELDS)):
        raise _bad(unknown[0][:40], f"Only {', '.join(sorted(FIELDS))} are read here.")
    name, op = body.get("name"), body.get("op", ADD)
    if not isinstance(name, str) or not 0 < len(name := " ".join(name.split())) <= NAME:
        raise _bad("name", f"A name of 1 to {NAME} characters is needed.")
    if not name.isprintable():
        raise _bad("name", "A name of characters that show is needed.")
    if op not in {ADD, REMOVE}:
        raise _bad("op", f"One of {ADD}, {REMOVE}.")
    words = {"values", "digests", "type", "region"}
    asked = {key: said for key, said in body.items() if key in words}
    question = asking.read(asked)
    return Order(name, op, question.lines, _labels(body, len(question.lines)))


def _labels(body: Mapping[str, Any], count: int) -> tuple[str | None, ...]:
    show, labels = body.get("show", "nothing"), body.get("labels")
    if show not in {"nothing", "values"}:
        raise _bad("show", "One of nothing, values.")
    if show == "values":
        if labels is not None or "values" not in body:
            raise _bad("show", "Values are shown where values are sent, and no labels.")
        labels = [str(each)[:LABEL] for each in body["values"]]
    if labels is None:
        return (None,) * count
    texts = isinstance(labels, list) and all(
        each is None or (isinstance(each, str) and len(each) <= LABEL)
        for each in labels
    )
    if not texts or len(labels) != count:
        raise _bad(
            "labels", f"One text of at most {LABEL} characters, or null, for each line."
        )
    return tuple(each or None for each in labels)


def check(actor: Actor) -> None:
    """Refuse whoever may not watch, before their values are read."""
    _owner(actor)


def change(*, actor: Actor, order: Order) -> Changed:
    """Add lines to a list, which is made if need be, or take lines away.

    Nothing is looked up by this: what is known already is for a look-up to say, under its
    own quota. A line that is there keeps its place and takes the new label.
    """
    organization = _owner(actor)
    with scope(organization):
        held = _list(organization, order)
        good = _marks(organization, order)
        if order.op == ADD:
            changed = _add(organization, held, good)
            audit.record(
                actor=actor, verb=Verb.WATCHLIST_CHANGE, subject=held, added=changed
            )
        else:
            lines = held.lines.filter(organization=organization, mark__in=list(good))
            changed = lines.delete()[1].get("sharing.WatchLine", 0)
            audit.record(
                actor=actor, verb=Verb.WATCHLIST_CHANGE, subject=held, removed=changed
            )
    bad = [(line.line, *line.fault) for line in order.lines if line.fault]
    return Changed(held.pk, changed, len(good) - changed, bad)


def _list(organization: UUID, order: Order) -> Watchlist:
    """The list of that name, locked: two calls at once follow each other."""
    mine = Watchlist.objects.filter(organization=organization)
    if order.op == ADD:
        if mine.exclude(name=order.name).count() >= WATCHLISTS:
            raise Invalid(f"An organization has at most {WATCHLISTS} watchlists.")
        given = {"created_at": now()}
        mine.get_or_create(
            organization_id=organization, name=order.name, defaults=given
        )
    held = mine.filter(name=order.name).select_for_update().first()
    if held is None:
        raise NotFound(NO_LIST)
    return held


def _marks(organization: UUID, order: Order) -> dict[bytes, str | None]:
    """What is kept of each readable line, and its label."""
    make, indexer = watching.marker(organization), tokens.indexer()
    return {
        make(indexer.index(line.digest)): label
        for line, label in zip(order.lines, order.labels, strict=True)
        if line.digest is not None
    }


def _add(organization: UUID, held: Watchlist, good: Mapping[bytes, str | None]) -> int:
    there = held.lines.filter(organization=organization, mark__in=list(good))
    known = {bytes(mark): pk for mark, pk in there.values_list("mark", "pk")}
    _reserve(organization, len(good) - len(known))
    moment, vault = now(), tokens.vault()

    def sealed(pk: UUID, label: str | None) -> bytes | None:
        if label is None:
            return None
        return vault.seal_blob(PURPOSE, pk.bytes, label.encode())

    renamed = [
        WatchLine(pk=pk, label_sealed=sealed(pk, good[mark]))
        for mark, pk in known.items()
        if good[mark] is not None
    ]
    WatchLine.objects.bulk_update(renamed, ["label_sealed"], batch_size=1_000)
    new = [
        WatchLine(
            pk=(pk := uuid4()),
            organization_id=organization,
            watchlist=held,
            mark=mark,
            label_sealed=sealed(pk, label),
            added_at=moment,
        )
        for mark, label in good.items()
        if mark not in known
    ]
    WatchLine.objects.bulk_create(new, batch_size=2_000)
    return len(new)


def _reserve(organization: UUID, some: int) -> None:
    """A standing question asks on every day: so there is an end to how many there are."""
    if not some:
        return
    mine = WatchLine.objects.filter(organization=organization)
    if mine.count() + some > WATCH_LINES:
        raise TooMany(
            f"An organization watches at most {WATCH_LINES:,} lines; nothing was added."
        )
    given: dict[str, Any] = {"organization": organization, "day": now().date()}
    given |= {"some": some, "most": WATCH_LINES_A_DAY}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        if cursor.fetchone() is None:
            raise TooMany(
                f"At most {WATCH_LINES_A_DAY:,} lines a day can be added; nothing was."
            )


def lists(actor: Actor) -> list[ListView]:
    """The organization's watchlists, by name."""
    organization = _owner(actor)
    with scope(organization):
        found = Watchlist.objects.filter(organization=organization)
        counted = found.annotate(count=Count("lines")).order_by("name")
        return [
            ListView(each.pk, each.name, each.count, each.created_at)
            for each in counted
        ]


def remove(*, actor: Actor, watchlist_id: UUID) -> None:
    """A list, its lines, and all that it matched."""
    organization = _owner(actor)
    with scope(organization):
        mine = Watchlist.objects.filter(organization=organization, pk=watchlist_id)
        held = mine.select_for_update().first()
        if held is None:
            raise NotFound(NO_LIST)
        audit.record(actor=actor, verb=Verb.WATCHLIST_REMOVE, subject=held)
        held.delete()


def labels(organization: UUID, lines: Sequence[UUID]) -> dict[UUID, str]:
    """The labels of lines that have one, in the caller's scope."""
    rows = WatchLine.objects.filter(
        organization=organization, pk__in=lines, label_sealed__isnull=False
    )
    return dict(_opened(rows.values_list("pk", "label_sealed")))


def _opened(rows: Any) -> Iterator[tuple[UUID, str]]:
    vault = tokens.vault()
    for pk, sealed in rows:
        yield pk, vault.open_blob(PURPOSE, pk.bytes, bytes(sealed)).decode()


def forget_counts() -> None:
    """Of days that are over: in the scope of an organization."""
    WatchCount.objects.filter(day__lt=now().date()).delete()


def _owner(actor: Actor) -> UUID:
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    return actor.organization_id


def _bad(name: str, detail: str) -> Invalid:
    error: FieldError = {"field": name, "code": "invalid", "detail": detail}
    return Invalid(f"{name}: {detail}", errors=[error])
