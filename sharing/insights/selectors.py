"""Volumes, times and effects of an organization's sharing, week by week.

Its own claims exactly; what it received only as far as it may read it at this moment,
and without small counts. All from counts of days: cost follows days, streams and types,
never the number of releases (some 30,000 rows for a year of 50 members).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum

from hub.lib.clock import now
from hub.lib.errors import Malformed
from orgs.access import scope
from orgs.accounts.actor import Actor, Right
from orgs.accounts.rights import need_staff
from orgs.members.selectors import organization_ids
from sharing.agreements import selectors as agreements
from sharing.agreements.models import Generation, Grant
from sharing.distribution import selectors as distribution
from sharing.distribution.counting import EDGES, day_of
from sharing.distribution.models import Departure, ShareTime
from sharing.distribution.outgoing import sees
from sharing.feeds import sharing
from sharing.insights.times import Took, took
from sharing.vocabulary import FieldRule

WEEKS = (4, 12, 26, 52)  # that can be chosen
DEFAULT = 12
Event = Departure.Event
NOT_TOLD = "not told"  # the clause redacts it
NOT_NAMED = "not named"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks, from a Monday on; the last one is not over yet."""

    weeks: int
    start: date

    @property
    def begins(self) -> datetime:
        """Its first moment, in UTC."""
        return datetime.combine(self.start, time(), UTC)

    @property
    def mondays(self) -> list[date]:
        return [self.start + timedelta(weeks=n) for n in range(self.weeks)]


@dataclass(slots=True)
class Volume:
    """How many claims came into streams for the first time, by each of these."""

    types: Counter[str] = field(default_factory=Counter)
    scams: Counter[str] = field(default_factory=Counter)
    partners: Counter[str] = field(default_factory=Counter)
    weeks: Counter[str] = field(default_factory=Counter)

    def add(self, n: int, type_: str, scam: str, partner: str, week: str) -> None:
        self.types[type_] += n
        self.scams[scam] += n
        self.partners[partner] += n
        self.weeks[week] += n


@dataclass(frozen=True, slots=True)
class Effects:
    """What became of one's own claims."""

    released: int
    revised: int
    recalled: int
    recipients: int  # that one may see
    fetched_by: int  # of them
    unanswered: int  # who have recalls to answer


def read_weeks(text: str | None) -> Period:
    """How far back, from a query; else Malformed."""
    known = {f"{each}": each for each in WEEKS}
    if (weeks := known.get(text or f"{DEFAULT}")) is None:
        raise Malformed(f"{', '.join(known)} weeks can be shown.")
    today = day_of(now())
    monday = today - timedelta(days=today.weekday())
    return Period(weeks, monday - timedelta(weeks=weeks - 1))


def week_of(day: date) -> str:
    """The Monday of a day's week."""
    return f"{day - timedelta(days=day.weekday())}"


def contributed(actor: Actor, period: Period) -> Volume:
    """What the organization gave, exactly; by recipient as far as they may be seen.

    A claim counts in each collection that it entered, and with each recipient there.
    """
    owner, found = sees(actor), Volume()
    found.weeks.update({f"{monday}": 0 for monday in period.mondays})
    with scope(owner):
        rows = _released(_own(owner, period))
        for day, type_, scam, n in rows.values_list("day", "type", "scam_type", "n"):
            found.types[type_] += n
            found.scams[scam] += n
            found.weeks[week_of(day)] += n
        by_collection = Counter[UUID]()
        for pk, n in rows.values_list("generation__collection", "n"):
            by_collection[pk] += n
    for given in sharing.given_to(actor, receipts=False):
        for name in given.names:
            found.partners[name] += by_collection[given.id]
    return found


def received(actor: Actor, period: Period) -> Volume | None:
    """What came to the organization in the streams that it may read now, raw.

    A stream counts from its present generation on, without contributors who left, and
    without what the clause redacts. None for whoever does not read.
    """
    if not actor.may(Right.READ) or actor.organization_id is None:
        return None
    reader, found = actor.organization_id, Volume()
    found.weeks.update({f"{monday}": 0 for monday in period.mondays})
    with scope(reader):
        for grant in agreements.granted(actor):
            _receive(found, reader, grant, period)
    return found


def _receive(found: Volume, reader: UUID, grant: Grant, period: Period) -> None:
    reading = distribution.readable(reader, grant.collection_id)
    if distribution.only_answers(reading):
        return
    version = reading.grant.clause.version_id
    rules = dict(agreements.terms_under(version, grant.collection_id).fields)
    rows = Departure.objects.filter(
        generation=reading.generation,
        owner__in=reading.contributors - {reader},
        event__in=[Event.RELEASED, Event.RENEWED],
        day__gte=period.start,
    )
    told = rows.values_list("day", "type", "scam_type", "owner__name", "n")
    named = rules.get("originator") is FieldRule.KEEP
    typed = rules.get("scam_type") is FieldRule.KEEP
    for day, type_, scam, owner, n in told:
        partner, of = (owner if named else NOT_NAMED), (scam if typed else NOT_TOLD)
        found.add(n, type_, of, partner, week_of(day))


def effects(actor: Actor, period: Period) -> Effects:
    """What became of what one gave; recipients alone for those who see receipts."""
    owner = sees(actor)
    with scope(owner):
        rows = _own(owner, period).values_list("event").annotate(Sum("n"))
        events = dict(rows.order_by())
    standing = sharing.given_to(actor)
    seen: dict[str, bool] = {}
    waiting = set()
    for who in (each for given in standing for each in given.recipients):
        seen[who.name] = seen.get(who.name, False) or who.fetched_at is not None
        if who.recalls.n:
            waiting.add(who.name)
    return Effects(
        released=events.get(Event.RELEASED, 0),
        revised=events.get(Event.REVISED, 0),
        recalled=events.get(Event.RECALLED, 0),
        recipients=len(seen),
        fetched_by=sum(seen.values()),
        unanswered=len(waiting),
    )


def share_times(actor: Actor, period: Period) -> dict[str, tuple[Took, dict[int, int]]]:
    """From accepted to released, and on to the first who fetched it; with histograms."""
    owner = sees(actor)
    with scope(owner):
        rows = ShareTime.objects.filter(owner=owner, day__gte=period.start)
        found: dict[str, dict[int, int]] = {stage: {} for stage in ShareTime.Stage}
        said = rows.values_list("stage", "bucket").annotate(Sum("n")).order_by()
        for stage, bucket, n in said:
            found[stage][bucket] = n
    return {stage: (took(each, EDGES), each) for stage, each in found.items()}


def hub_wide(actor: Actor, period: Period) -> Volume:
    """All that was released on the hub, raw and of nobody by name: for hub staff.

    One organization after the other, each in its own scope.
    """
    need_staff(actor)
    found = Volume()
    found.weeks.update({f"{monday}": 0 for monday in period.mondays})
    for owner in organization_ids():
        with scope(owner):
            rows = _released(_own(owner, period))
            said = rows.values_list("day", "type", "scam_type", "n")
            for day, type_, scam, n in said:
                found.add(n, type_, scam, "", week_of(day))
    return found


def _own(owner: UUID, period: Period) -> QuerySet[Departure]:
    begun = Departure.objects.filter(
        owner=owner, day__gte=period.start, generation__effective_from__lte=now()
    )
    return begun.exclude(generation__state=Generation.State.WITHDRAWN)


def _released(rows: QuerySet[Departure]) -> QuerySet[Departure]:
    return rows.filter(event=Event.RELEASED)
