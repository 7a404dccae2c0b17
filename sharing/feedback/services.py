"""Giving feedback on releases that one may read, many at once, and taking it back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import selectors as agreements
from sharing.agreements.policy import Terms
from sharing.distribution import finding, readings, selectors
from sharing.distribution.selectors import NO_RELEASE, Entry
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.feedback import lines as reading
from sharing.feedback import notes
from sharing.feedback.judging import Said
from sharing.feedback.lines import BadLineError, Line
from sharing.feedback.models import Sighting, Verdict

OWN = "This is your own claim: correct or withdraw it instead."
UNKNOWN = BadLineError("unknown-release", NO_RELEASE, "release")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every line, with its fault if it has one; and how many changed what was said."""

    lines: tuple[Line, ...]
    changed: int

    @property
    def given(self) -> int:
        return sum(each.fault is None for each in self.lines)

    @property
    def refused(self) -> dict[str, int]:
        """How many lines for which reason."""
        return Counter(each.fault.sentence for each in self.lines if each.fault)


@dataclass(frozen=True, slots=True)
class Target:
    """A release that may be spoken about, and the terms by which it is read now."""

    entry: Entry
    terms: Terms

    @property
    def owner(self) -> UUID:
        return self.entry.release.owner_id


def give(*, actor: Actor, body: object) -> Outcome:
    """Sightings and verdicts on releases, as JSON has them; all that can be taken or none.

    A verdict takes the place of the one before; a sighting says all that was seen so far,
    and widens what it said before. The same again changes nothing. What one may not read,
    what was taken back and what there never was are refused in the same words.
    """
    need(actor, Right.READ)
    return give_lines(actor=actor, lines=reading.read(body, now()))


def give_lines(*, actor: Actor, lines: Sequence[Line]) -> Outcome:
    """The same for lines that were read."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    me, moment = actor.organization_id, now()
    with scope(me):
        asked = {each.release for each in lines if each.release}
        targets = _targets(actor, me, asked)
        checked = tuple(_checked(each, targets, me) for each in lines)
        good = [each for each in checked if each.fault is None]
        changed = [
            *_verdicts(me, good, targets, moment),
            *_sightings(me, good, targets, moment),
        ]
        _tell(actor, me, changed)
    return Outcome(checked, len(changed))


def take_back(*, actor: Actor, release_id: UUID, kind: str | None = None) -> int:
    """Forget what one said about a release, or one kind of it; NotFound without any.

    It needs no access to the release any more: the words are one's own.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        count = 0
        for rows in (Verdict, Sighting):
            mine = rows.objects.filter(giver=actor.organization_id, release=release_id)
            count += (mine.filter(kind=kind) if kind else mine).delete()[0]
        if not count:
            raise NotFound("You have said no such thing about such a release.")
        audit.record(
            actor=actor, verb=Verb.FEEDBACK_TAKE_BACK, subject=release_id, lines=count
        )
    return count


def _targets(actor: Actor, me: UUID, asked: Iterable[UUID]) -> dict[UUID, Target]:
    """Of what is asked for, what may be read now: by the one selector, per collection.

    Not where one can only ask: nothing is kept of whose details one asked for.
    """
    standing = readings.collections_of(asked)
    granted = {each.collection_id for each in agreements.granted(actor)}
    found: dict[UUID, Target] = {}
    for collection_id, ids in standing.items():
        if collection_id not in granted:
            continue
        try:
            read = selectors.readable(me, collection_id)
        except NotFound:  # the Grant ended just now
            continue
        if not selectors.only_answers(read):
            for entry in finding.with_ids(read, ids):
                found[entry.release.public_id] = Target(entry, read.terms)
    return found


def _checked(line: Line, targets: dict[UUID, Target], me: UUID) -> Line:
    if line.fault is not None or line.release is None:
        return line
    target = targets.get(line.release)
    if target is None:
        return replace(line, fault=UNKNOWN)
    if target.owner == me:
        return replace(line, fault=BadLineError("own-release", OWN, "release"))
    return line


Changed = tuple[str, UUID, UUID]  # of which table, whose claim, by which collection
VERDICT, SIGHTING = "verdicts", "sightings"
_WORDS = (
    "collection_id owner_id indicator shared unnamed kind revision scam_type role status"
    " last_seen"
).split()


def _verdicts(
    me: UUID, lines: Sequence[Line], targets: dict[UUID, Target], moment: datetime
) -> list[Changed]:
    """One for each release: the last line wins."""
    said = {line.release: line for line in lines if line.release and line.verdict}
    held = {
        row.release: row
        for row in Verdict.objects.filter(giver=me, release__in=list(said))
    }
    rows = []
    for pk, line in said.items():
        row = _verdict(me, line, targets[pk], moment)
        if pk not in held or not _same(row, held[pk], line.note):
            rows.append(row)
    Verdict.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["release", "giver"],
        update_fields=[*_WORDS, "note_sealed", "given_at"],
    )
    return [(VERDICT, row.owner_id, row.collection_id) for row in rows]


def _verdict(me: UUID, line: Line, target: Target, moment: datetime) -> Verdict:
    row = target.entry.release
    then = Said.of(orjson.loads(target.entry.payload or b"{}"))
    found = Verdict(
        giver_id=me,
        release=row.public_id,
        collection_id=target.terms.collection_id,
        owner_id=row.owner_id,
        indicator=row.indicator,
        shared=target.terms.feedback_shared,
        unnamed=target.terms.feedback_unnamed,
        given_at=moment,
        kind=str(line.verdict),
        revision=then.revision,
        scam_type=then.scam_type,
        role=then.role,
        status=then.status,
        last_seen=then.last_seen,
    )
    if line.note:
        found.note_sealed = notes.seal(found, line.note)
    return found


def _same(row: Verdict, held: Verdict, note: str) -> bool:
    return note == notes.note_of(held) and all(
        getattr(row, name) == getattr(held, name) for name in _WORDS
    )


# What changes nothing is not written, and so not returned. Promises follow the newest
# word: whoever says it again under another clause says it under that one.
_SEEN = """
INSERT INTO sharing_sighting AS t (giver_id, given_at, release, kind, collection_id,
       owner_id, indicator, shared, unnamed, count, first_seen, last_seen)
SELECT %s, %s, u.* FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[],
       %s::uuid[], %s::bool[], %s::bool[], %s::bigint[], %s::timestamptz[],
       %s::timestamptz[]) u
    ON CONFLICT (release, giver_id, kind) DO UPDATE
   SET given_at = excluded.given_at, shared = excluded.shared,
       unnamed = excluded.unnamed, count = greatest(t.count, excluded.count),
       first_seen = least(t.first_seen, excluded.first_seen),
       last_seen = greatest(t.last_seen, excluded.last_seen)
 WHERE t.count < excluded.count OR t.first_seen > excluded.first_seen
    OR t.last_seen < excluded.last_seen
    OR (t.shared, t.unnamed) <> (excluded.shared, excluded.unnamed)
RETURNING owner_id, collection_id
"""


def _sightings(
    me: UUID, lines: Sequence[Line], targets: dict[UUID, Target], moment: datetime
) -> list[Changed]:
    """One for each release and kind, lines about the same put together."""
    told: dict[tuple[UUID, str], Line] = {}
    for line in lines:
        if line.release and line.sighting:
            key = (line.release, str(line.sighting))
            told[key] = _together(told[key], line) if key in told else line
    if not told:
        return []
    rows = [_sighting(line, targets[pk]) for (pk, _), line in sorted(told.items())]
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [me, moment, *map(list, zip(*rows, strict=True))])
        return [(SIGHTING, owner, where) for owner, where in cursor.fetchall()]


def _together(one: Line, two: Line) -> Line:
    firsts = [each for each in (one.first_seen, two.first_seen) if each]
    lasts = [each for each in (one.last_seen, two.last_seen) if each]
    return replace(
        one,
        count=max(one.count, two.count),
        first_seen=min(firsts),
        last_seen=max(lasts),
    )


def _sighting(line: Line, target: Target) -> tuple[Any, ...]:
    row, terms = target.entry.release, target.terms
    return (
        row.public_id,
        str(line.kind),
        terms.collection_id,
        row.owner_id,
        row.indicator,
        terms.feedback_shared,
        terms.feedback_unnamed,
        line.count,
        line.first_seen,
        line.last_seen,
    )


def _tell(actor: Actor, me: UUID, changed: Sequence[Changed]) -> None:
    """What was given, as counts; what changed nothing leaves no trace."""
    if not changed:
        return
    counts = Counter(table for table, _, _ in changed)
    audit.record(
        actor=actor,
        verb=Verb.FEEDBACK_GIVE,
        verdicts=counts[VERDICT],
        sightings=counts[SIGHTING],
    )
    for owner, where in sorted({(owner, where) for _, owner, where in changed}):
        publish(
            Kind.FEEDBACK_GIVEN,
            shard=owner.int,
            owner=str(owner),
            giver=str(me),
            collection=str(where),
            verdicts=changed.count((VERDICT, owner, where)),
            sightings=changed.count((SIGHTING, owner, where)),
        )
