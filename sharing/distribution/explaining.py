"""Who can see a claim, exactly what of it and by which clause; who cannot, and why not.

Nothing is judged here: admission, decision and redaction are those of releasing, and
what is in a stream already is taken from there.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub.lib.clock import iso, now
from hub.lib.errors import NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import selectors as agreements
from sharing.agreements.circles import Circle, circles
from sharing.agreements.models import Generation, Grant
from sharing.agreements.policy import RecipientFacts, admit
from sharing.agreements.selectors import ActiveClause
from sharing.distribution import retaining
from sharing.distribution import selectors as streams
from sharing.distribution.planning import Planner
from sharing.distribution.selectors import Entry
from sharing.indicators import selectors as indicators
from sharing.indicators.models import Indicator
from sharing.tokens import scheme
from sharing.vocabulary import Disclosure


@dataclass(frozen=True, slots=True)
class Named:
    id: UUID
    name: str


class Standing(StrEnum):
    """Where a claim stands in the stream of a clause."""

    RELEASED = "released"  # recipients are served it
    DUE = "due"  # the clause permits it, the stream does not have it yet
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Reader:
    """An organization that may see the claim."""

    organization: Named
    purposes: tuple[str, ...]
    since: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An organization that may not, and everything that stands in its way."""

    organization: Named
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the claim stands in the stream that recipients are served."""

    id: UUID
    cursor: str
    date_added: datetime
    retain_until: datetime


@dataclass(frozen=True, slots=True)
class ByClause:
    """What one clause makes of the claim."""

    agreement: Named
    version: int
    clause: Named
    collection: Named
    disclosure: str
    standing: Standing
    reasons: tuple[str, ...]
    release: Placed | None
    payload: bytes | None  # JSON, as it leaves or would leave
    recipients: tuple[Reader, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Visibility:
    indicator: UUID
    type: str
    revision: int
    state: str
    at: datetime
    clauses: tuple[ByClause, ...]
    unseen_by: tuple[Refused, ...]  # by no clause; of the owner's own agreements


def visibility(*, actor: Actor, claim_id: UUID) -> Visibility:
    """Who sees a claim of the actor's organization at this moment, and what, and why."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    owner = actor.organization_id
    with scope(owner):
        claim = indicators.own(owner, claim_id)
        if claim is None:
            raise NotFound("There is no such claim of yours.")
        moment, known = now(), circles(owner)
        found = tuple(
            _by_clause(clause, claim, known[clause.agreement_id], moment)
            for clause in agreements.active_clauses(owner)
            if clause.agreement_id in known
            and clause.terms.clause in known[clause.agreement_id].clauses
        )
        return Visibility(
            claim.pk,
            claim.type,
            claim.revision,
            claim.state,
            moment,
            found,
            _unseen_by(owner, found, known),
        )


@dataclass(frozen=True, slots=True)
class _Judged:
    standing: Standing
    reasons: tuple[str, ...]
    entry: Entry | None
    payload: bytes | None


def _by_clause(
    clause: ActiveClause, claim: Indicator, circle: Circle, moment: datetime
) -> ByClause:
    terms, judged = clause.terms, _judged(clause, claim, moment)
    reasons = circle.told(terms, judged.reasons)
    others = [each for each in circle.parties if each.organization_id != claim.owner_id]
    seen = judged.standing is not Standing.WITHHELD
    grants = agreements.readers(clause.collection_id) if seen else {}
    return ByClause(
        agreement=Named(clause.agreement_id, terms.agreement),
        version=terms.version,
        clause=Named(clause.clause_id, terms.clause),
        collection=Named(clause.collection_id, clause.title),
        disclosure=terms.disclosure,
        standing=judged.standing,
        reasons=reasons,
        release=_placed(judged),
        payload=judged.payload,
        recipients=tuple(
            _reader(clause, party, grants[party.organization_id])
            for party in circle.parties
            if party.organization_id in grants
        ),
        refused=tuple(
            Refused(_named(party), why_not(clause, party, circle, reasons, seen=seen))
            for party in others
            if party.organization_id not in grants
        ),
    )


def _judged(clause: ActiveClause, claim: Indicator, moment: datetime) -> _Judged:
    """What the stream has of the claim, else what it would get."""
    planner = Planner(clause, moment)
    decision = planner.judge(claim)
    generation = agreements.live_generation(clause.collection_id, moment)
    entry = streams.entry_of(claim.pk, generation, moment)
    if entry is not None and entry.payload is not None:
        late = () if decision.permitted else (*decision.reasons, TAKEN_BACK)
        reasons = late or decision.reasons
        return _Judged(Standing.RELEASED, reasons, entry, entry.payload)
    until = (
        entry.release.retain_until
        if entry is not None
        else retaining.promised(clause.collection_id, claim.pk)
    )
    if until is not None and until <= moment:
        over = f"{clause.terms.place} serves it no longer: its retention ended {iso(until)}."
        return _Judged(Standing.WITHHELD, (over,), None, None)
    if not decision.permitted or decision.obligations is None:
        return _Judged(Standing.WITHHELD, decision.reasons, None, None)
    token = _token(planner, claim, generation)
    payload = planner.redacted(claim, decision.obligations, token)
    return _Judged(Standing.DUE, decision.reasons, None, payload)


ONLY_ASKS = (
    "It is handed nothing: it can only ask whether a value that it has is there, and after"
    " a hit for these details."
)
TAKEN_BACK = "It is still in the stream, and about to be taken back."


def _token(planner: Planner, claim: Indicator, generation: Generation) -> str:
    maker = planner.maker(generation.number)
    return scheme.wire(generation.number, planner.token(claim, maker))


def _placed(judged: _Judged) -> Placed | None:
    if judged.entry is None:
        return None
    row = judged.entry.release
    return Placed(row.public_id, judged.entry.cursor, row.date_added, row.retain_until)


def _reader(clause: ActiveClause, party: RecipientFacts, grant: Grant) -> Reader:
    admission = admit(clause.terms, party)
    purposes = tuple(sorted(admission.purposes))
    asks = clause.terms.disclosure is Disclosure.QUERY
    reasons = (*admission.reasons, ONLY_ASKS) if asks else admission.reasons
    return Reader(_named(party), purposes, grant.valid_from, reasons)


def why_not(
    clause: ActiveClause,
    party: RecipientFacts,
    circle: Circle,
    reasons: tuple[str, ...],
    *,
    seen: bool,
) -> tuple[str, ...]:
    """Why a party gets nothing by this clause: itself, or the claim, or both."""
    admission = admit(clause.terms, party)
    about_claim = () if seen else reasons
    if not admission.permitted:
        about_party = circle.told(clause.terms, admission.reasons)
        return tuple(dict.fromkeys((*about_party, *about_claim)))
    if about_claim:
        return about_claim
    return (f"{clause.terms.place} names {party.name}, whose access is not valid now.",)


def _unseen_by(
    owner: UUID, found: tuple[ByClause, ...], known: dict[UUID, Circle]
) -> tuple[Refused, ...]:
    """The parties that see the claim by no clause, and all that stands in their way."""
    seeing = {each.organization.id for clause in found for each in clause.recipients}
    why: dict[Named, list[str]] = {}
    for clause in found:
        for refused in clause.refused:
            why.setdefault(refused.organization, []).extend(refused.reasons)
    covered = {clause.agreement.id for clause in found}
    for circle in known.values():
        if circle.agreement_id not in covered:
            for party in circle.parties:
                why.setdefault(_named(party), []).append(_without_clause(circle))
    return tuple(
        Refused(who, tuple(dict.fromkeys(reasons)))
        for who, reasons in sorted(why.items(), key=lambda item: item[0].name)
        if who.id not in seeing and who.id != owner
    )


def _without_clause(circle: Circle) -> str:
    none = (
        f"No clause of “{circle.title}”, version {circle.version}, takes your claims."
    )
    return circle.idle or none


def _named(party: RecipientFacts) -> Named:
    return Named(party.organization_id, party.name)
