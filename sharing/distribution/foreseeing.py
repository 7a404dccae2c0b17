"""What a submission would bring to whom, before it is sent. Writes nothing but its audit.

Lines are read, claims folded, decided on and redacted by what accepts and releases them;
what differs is that nothing is stored, and that nobody's later lines are known yet.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from hub.lib.clock import now
from orgs.access import scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import selectors as agreements
from sharing.agreements.circles import Circle, circles
from sharing.agreements.policy import admit
from sharing.agreements.selectors import ActiveClause
from sharing.distribution import tallying
from sharing.distribution.explaining import Named, Refused, why_not
from sharing.distribution.planning import Planner, facts_of
from sharing.distribution.simulating import nothing_written
from sharing.indicators.models import Indicator
from sharing.intake import checking
from sharing.intake.checking import Checked
from sharing.tokens import scheme
from sharing.vocabulary import State

SAMPLES = 3
# As writing reads it: what a stream has of these claims, and whether it may have them yet.
_THERE = """
SELECT c.id, r.state IS NOT DISTINCT FROM 'live', r.fingerprint,
       coalesce(r.retain_until, least(e.until, k.retain_until),
                'infinity') > %(moment)s
  FROM unnest(%(ids)s::uuid[]) AS c(id)
  LEFT JOIN sharing_release r ON r.generation_id = %(generation)s AND r.indicator = c.id
  LEFT JOIN sharing_retained k
         ON k.collection_id = %(collection)s AND k.indicator = c.id
  LEFT JOIN LATERAL (SELECT min(o.retain_until) AS until FROM sharing_release o
                      WHERE o.indicator = c.id AND o.generation_id < %(generation)s
                        AND o.generation_id = ANY(%(others)s::bigint[])) e ON true
"""


class There(NamedTuple):
    live: bool
    mark: bytes | None
    retained: bool  # its retention is not over


NOT_THERE = There(live=False, mark=None, retained=True)


@dataclass(frozen=True, slots=True)
class Sample:
    line: int
    payload: bytes  # JSON, byte for byte as it would leave


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why claims of this batch would not leave by a clause; one can count under several."""

    sentence: str
    count: int


@dataclass(frozen=True, slots=True)
class ByClause:
    """What the recipients of one clause would get of the batch."""

    agreement: Named
    version: int
    clause: Named
    collection: Named
    disclosure: str
    idle: str  # why nobody reads it now, as a sentence
    not_before: datetime | None  # what waits for the end of an embargo
    new: int
    revised: int
    taken_back: int
    unchanged: int  # they have it already, in the same words
    withheld: int
    reasons: tuple[Withheld, ...]
    recipients: tuple[Named, ...]
    refused: tuple[Refused, ...]
    samples: tuple[Sample, ...]

    @property
    def arriving(self) -> int:
        return self.new + self.revised + self.taken_back


@dataclass(frozen=True, slots=True)
class DryRun:
    at: datetime
    checked: Checked
    clauses: tuple[ByClause, ...]
    nothing_for: tuple[Refused, ...]  # parties of one's own agreements


def dry_run(
    *,
    actor: Actor,
    stream: Iterable[bytes],
    content_type: str,
    content_encoding: str = "",
    defaults: dict[str, str] | None = None,
    samples: int = SAMPLES,
) -> DryRun:
    """What would become of each line, and what each partner would receive.

    At most `CHECK_LINES` lines are read, the rest is counted.
    """
    body = checking.read(
        actor=actor,
        stream=stream,
        content_type=content_type,
        content_encoding=content_encoding,
        defaults=defaults,
    )
    owner = actor.organization_id
    assert owner is not None  # noqa: S101 - read() saw to it
    with scope(owner), nothing_written():
        checked = checking.check(owner, body, may_withdraw=actor.may(Right.WITHDRAW))
        found = foresee(owner, checked, samples)
    with scope(owner):
        checking.record(actor, body)
    return found


def foresee(owner: UUID, checked: Checked, samples: int) -> DryRun:
    """By each clause that takes the owner's claims, as far as the owner may know of it."""
    moment, known = now(), circles(owner)
    found = tuple(
        _by_clause(owner, clause, known[clause.agreement_id], checked, moment, samples)
        for clause in agreements.fed_clauses(owner)
        if clause.agreement_id in known
        and clause.terms.clause in known[clause.agreement_id].clauses
    )
    return DryRun(moment, checked, found, _nothing_for(owner, found, known))


def _by_clause(
    owner: UUID,
    clause: ActiveClause,
    circle: Circle,
    checked: Checked,
    moment: datetime,
    samples: int,
) -> ByClause:
    terms = clause.terms
    tally = _Tally(clause, moment)
    tally.add(checked.claims)
    grants = agreements.readers(clause.collection_id)
    others = [each for each in circle.parties if each.organization_id != owner]
    getting = [
        each
        for each in others
        if each.organization_id in grants
        or (circle.idle and admit(terms, each).permitted)
    ]
    return ByClause(
        agreement=Named(clause.agreement_id, terms.agreement),
        version=terms.version,
        clause=Named(clause.clause_id, terms.clause),
        collection=Named(clause.collection_id, clause.title),
        disclosure=terms.disclosure,
        idle=circle.idle,
        not_before=terms.embargo_until if clause.embargoed(moment) else None,
        new=tally.new,
        revised=tally.revised,
        taken_back=tally.taken_back,
        unchanged=tally.unchanged,
        withheld=tally.withheld,
        reasons=tuple(Withheld(*each) for each in tally.causes.most_common()),
        recipients=tuple(Named(each.organization_id, each.name) for each in getting),
        refused=tuple(
            Refused(
                Named(each.organization_id, each.name),
                why_not(clause, each, circle, (), seen=True),
            )
            for each in others
            if each not in getting
        ),
        samples=tuple(
            Sample(checked.said_in[claim.pk], tally.payload(claim))
            for claim in _mixed(tally.arriving, samples)
        ),
    )


class _Tally:
    """Each claim as it would enter the stream that is served now."""

    def __init__(self, clause: ActiveClause, moment: datetime) -> None:
        self.clause, self.moment = clause, moment
        # What is under embargo is judged as it will leave, at its end.
        until = clause.terms.embargo_until or moment
        self.planner = Planner(clause, max(moment, until))
        self.generation = agreements.live_generation(clause.collection_id, moment)
        self.maker = self.planner.maker(self.generation.number)
        self.new = self.revised = self.taken_back = self.unchanged = self.withheld = 0
        self.causes: Counter[str] = Counter()
        self.arriving: list[Indicator] = []

    def add(self, claims: Sequence[Indicator]) -> None:
        there = _there(self.clause, self.generation.pk, claims, self.moment)
        for claim in claims:
            row = there.get(claim.pk, NOT_THERE)
            permitted = self.planner.judge(claim).permitted
            if permitted and row.retained:
                self._leaves(claim, row)
            elif row.live:
                self.taken_back += 1
            elif claim.state == State.ACTIVE:
                self._stays(claim, over=permitted)

    def payload(self, claim: Indicator) -> bytes:
        token = scheme.wire(
            self.generation.number, self.planner.token(claim, self.maker)
        )
        found = self.planner.payload(claim, token)
        assert found is not None  # noqa: S101 - it was judged before
        return found

    def _leaves(self, claim: Indicator, row: There) -> None:
        if row.live and row.mark == self.planner.mark(self.payload(claim)):
            self.unchanged += 1
            return
        self.arriving.append(claim)
        if row.live:
            self.revised += 1
        else:
            self.new += 1

    def _stays(self, claim: Indicator, *, over: bool) -> None:
        self.withheld += 1
        if over:
            self.causes["The time for which it may be served is over."] += 1
            return
        ended = claim.valid_until <= self.planner.moment
        facts = tallying.Facts(facts_of(claim), ended=ended)
        for _, sentence in tallying.causes(self.clause.terms, facts):
            self.causes[sentence] += 1


def _mixed(claims: Sequence[Indicator], most: int) -> list[Indicator]:
    """A few of them, of as many types as there are."""
    first = {claim.type: claim for claim in reversed(claims)}
    some = list(first.values())
    known = {claim.pk for claim in some}
    return [*some, *(each for each in claims if each.pk not in known)][:most]


def _there(
    clause: ActiveClause,
    generation: int,
    claims: Sequence[Indicator],
    moment: datetime,
) -> dict[UUID, There]:
    """What the stream has of claims that were there before."""
    collection = clause.collection_id
    asked: dict[str, Any] = {
        "ids": [claim.pk for claim in claims if claim.revision > 1],
        "generation": generation,
        "collection": collection,
        "others": agreements.other_generations(collection, generation),
        "moment": moment,
    }
    with connection.cursor() as cursor:
        cursor.execute(_THERE, asked)
        return {
            pk: There(live, mark and bytes(mark), retained)
            for pk, live, mark, retained in cursor
        }


def _nothing_for(
    owner: UUID, found: Sequence[ByClause], known: dict[UUID, Circle]
) -> tuple[Refused, ...]:
    """Parties that would get nothing by any clause, and what stands in the way."""
    getting = {who.id for each in found if each.arriving for who in each.recipients}
    why: dict[Named, list[str]] = {}
    for each in found:
        none = f"Nothing of this batch would change what “{each.clause.name}” gives it."
        for who in each.recipients:
            why.setdefault(who, []).append(none)
        for refused in each.refused:
            why.setdefault(refused.organization, []).extend(refused.reasons)
    covered = {each.agreement.id for each in found}
    for circle in known.values():
        for party in circle.parties:
            if circle.agreement_id not in covered:
                who = Named(party.organization_id, party.name)
                none = f"No clause of “{circle.title}” takes your claims."
                why.setdefault(who, []).append(circle.idle or none)
    return tuple(
        Refused(who, tuple(dict.fromkeys(reasons)))
        for who, reasons in sorted(why.items(), key=lambda item: item[0].name)
        if who.id not in getting and who.id != owner
    )
