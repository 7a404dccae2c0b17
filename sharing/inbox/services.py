"""Opening an entry, which claims it, and deciding about one or many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from hub.lib.errors import Conflict, Forbidden, Invalid, NotFound
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.distribution import notices, recalls
from sharing.distribution import services as receipts
from sharing.distribution.recalls import Recalled
from sharing.inbox import selectors
from sharing.inbox.desk import Desk, desk_of
from sharing.inbox.kinds import (
    ACKNOWLEDGED,
    NOBODY,
    RULES,
    Entry,
    Kind,
    Outcome,
    Place,
    Row,
)
from sharing.vocabulary import INBOX_AT_ONCE, INBOX_LEASE

_CLAIM = """
INSERT INTO sharing_handling AS h
       (organization_id, kind, subject, claimed_by_id, claimed_until, outcome, touched_at)
VALUES (%(organization)s, %(kind)s, %(subject)s, %(person)s, %(until)s, '', %(now)s)
    ON CONFLICT (organization_id, kind, subject) DO UPDATE
   SET claimed_by_id = excluded.claimed_by_id, claimed_until = excluded.claimed_until,
       touched_at = excluded.touched_at
 WHERE %(anyway)s OR h.claimed_until IS NULL OR h.claimed_until <= %(now)s
       OR h.claimed_by_id = excluded.claimed_by_id
"""
# Of those that somebody else is on, nothing is written, and nothing comes back.
_DECIDE = """
INSERT INTO sharing_handling AS h
       (organization_id, kind, subject, outcome, upto, snoozed_until, decided_by_id,
        touched_at)
SELECT %(organization)s, kind, subject, %(outcome)s, upto, %(until)s, %(person)s, %(now)s
  FROM unnest(%(kinds)s::text[], %(subjects)s::uuid[], %(uptos)s::timestamptz[])
       AS t (kind, subject, upto)
 ORDER BY kind, subject
    ON CONFLICT (organization_id, kind, subject) DO UPDATE
   SET outcome = excluded.outcome, upto = excluded.upto,
       snoozed_until = excluded.snoozed_until, decided_by_id = excluded.decided_by_id,
       touched_at = excluded.touched_at, claimed_by_id = NULL, claimed_until = NULL
 WHERE h.claimed_until IS NULL OR h.claimed_until <= %(now)s
       OR h.claimed_by_id IS NOT DISTINCT FROM %(person)s
RETURNING kind, subject
"""


@dataclass(slots=True)
class Decided:
    """What a decision did; `left` are those that somebody else is on."""

    done: list[Place] = field(default_factory=list)
    left: list[Place] = field(default_factory=list)
    gone: list[Place] = field(default_factory=list)  # no entries of this inbox


def open_entry(*, actor: Actor, kind: Kind, subject: UUID) -> Row:
    """The entry; from now on the person is on it, for an hour, unless a colleague is.

    Who may only see it opens it without being on it, and so does a system.
    """
    desk = desk_of(actor)
    with scope(desk.organization):
        selectors.one(desk, kind, subject)
        if _decides(actor, kind) and actor.user_id is not None:
            _claim(desk, kind, subject, anyway=False)
        return selectors.one(desk, kind, subject)


def take_over(*, actor: Actor, kind: Kind, subject: UUID) -> Row:
    """The person is on it now, whoever was before."""
    desk = desk_of(actor)
    with scope(desk.organization):
        before = selectors.one(desk, kind, subject)
        _need_deciding(actor, kind)
        if actor.user_id is None:
            raise Forbidden("A person takes an entry over, not a credential.")
        _claim(desk, kind, subject, anyway=True)
        if before.by_other:
            audit.record(
                actor=actor,
                verb=Verb.INBOX_TAKE_OVER,
                subject=subject,
                kind=kind,
                holder=before.handled.holder,
            )
        return selectors.one(desk, kind, subject)


def _claim(desk: Desk, kind: Kind, subject: UUID, *, anyway: bool) -> None:
    given = _given(desk) | {"kind": str(kind), "subject": subject, "anyway": anyway}
    given["until"] = desk.moment + INBOX_LEASE
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, given)


def decide(
    *,
    actor: Actor,
    places: Sequence[Place],
    outcome: Outcome,
    snooze: timedelta | None = None,
) -> Decided:
    """Decide about entries as the actor saw them; what happened since stays open.

    NotFound if none of them is an entry of this inbox, Forbidden if one takes a right
    that the actor has not. What a colleague is on is left to them.
    """
    if not 0 < len(places) <= INBOX_AT_ONCE:
        raise Invalid(f"Choose between 1 and {INBOX_AT_ONCE} entries.")
    until = _until(outcome, snooze)
    desk = desk_of(actor)
    decided = Decided()
    with scope(desk.organization):
        found = _found(desk, places, decided)
        if not found:
            raise NotFound(selectors.GONE)
        for place in found:
            _need_deciding(actor, place.kind)
        if outcome is Outcome.ACKNOWLEDGED:
            found = _acknowledge(desk, found, decided)
        if found:
            again = None if until is None else desk.moment + until
            _decide(desk, found, outcome, again, decided)
    selectors.forget_count(actor)
    return decided


def _until(outcome: Outcome, snooze: timedelta | None) -> timedelta | None:
    if outcome is not Outcome.SNOOZED:
        return None
    if snooze is None or not timedelta() < snooze <= timedelta(days=90):
        raise Invalid("Say for how many days, from 1 to 90.")
    return snooze


def _found(desk: Desk, places: Iterable[Place], decided: Decided) -> dict[Place, Entry]:
    """The entries by what the actor said of them; never as of later than they are."""
    by_kind: dict[Kind, dict[UUID, Place]] = defaultdict(dict)
    for place in places:
        by_kind[place.kind][place.subject] = place
    found: dict[Place, Entry] = {}
    for kind, said in by_kind.items():
        there = {e.subject: e for e in selectors.entries(desk, kind, said)}
        for subject, place in said.items():
            if subject in there:
                found[place] = there[subject]
            else:
                decided.gone.append(place)
    return found


def _acknowledge(
    desk: Desk, found: dict[Place, Entry], decided: Decided
) -> dict[Place, Entry]:
    """Tell those who wait for it; returns what nobody else is on."""
    if any(place.kind not in ACKNOWLEDGED for place in found):
        raise Invalid("Only recalls and notices can be acknowledged.")
    known = selectors.handled(desk.organization, list(found.values()))
    mine: dict[Place, Entry] = {}
    for place, entry in found.items():
        state = known.get((place.kind, place.subject), NOBODY)
        if state.held_by_other(desk.actor.user_id, desk.moment):
            decided.left.append(place)
        else:
            mine[place] = entry
    waiting = {
        e.collection: e for e in recalls.unanswered(desk.organization, desk.readings)
    }
    for place in mine:
        if place.kind is Kind.NOTICE:
            notices.acknowledge(actor=desk.actor, notice_id=place.subject)
        else:
            _answer(desk.actor, waiting[place.subject], place)
    return mine


def _answer(actor: Actor, recalled: Recalled, seen: Place) -> None:
    if not recalled.delivered:
        raise Conflict(
            f"Your system has not fetched all that was taken back from"
            f" “{recalled.title}”; until then nothing can be acknowledged."
        )
    if seen.at < recalled.newest:
        raise Conflict(
            f"More was taken back from “{recalled.title}” since; look again."
        )
    receipts.acknowledge(
        actor=actor, collection_id=recalled.collection, cursor=recalled.cursor
    )


def _decide(
    desk: Desk,
    found: dict[Place, Entry],
    outcome: Outcome,
    until: datetime | None,
    decided: Decided,
) -> None:
    rows = list(found.items())
    given = _given(desk) | {
        "outcome": str(outcome),
        "until": until,
        "kinds": [str(place.kind) for place, _ in rows],
        "subjects": [place.subject for place, _ in rows],
        "uptos": [min(place.at, entry.at) for place, entry in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_DECIDE, given)
        written = set(cursor.fetchall())
    for place in found:
        is_done = (str(place.kind), place.subject) in written
        (decided.done if is_done else decided.left).append(place)
    if decided.done:
        audit.record(
            actor=desk.actor,
            verb=Verb.INBOX_DECIDE,
            outcome=outcome,
            entries=[f"{place.kind} {place.subject}" for place in decided.done],
        )


def _given(desk: Desk) -> dict[str, Any]:
    return {
        "organization": desk.organization,
        "person": desk.actor.user_id,
        "now": desk.moment,
    }


def _decides(actor: Actor, kind: Kind) -> bool:
    return bool(RULES[kind].decides & actor.rights)


def _need_deciding(actor: Actor, kind: Kind) -> None:
    if not _decides(actor, kind):
        raise Forbidden("Your role sees this entry, and others decide about it.")
