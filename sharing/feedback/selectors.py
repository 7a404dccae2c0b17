"""What was said about releases, as far as the viewer may see it, and what it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import orjson

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import circles, facts
from sharing.agreements import selectors as agreements
from sharing.agreements.clauses import ActiveClause
from sharing.agreements.policy import Terms
from sharing.distribution import finding, readings, why
from sharing.distribution import selectors as streams
from sharing.distribution.explaining import Named
from sharing.distribution.selectors import Reading
from sharing.feedback import showing
from sharing.feedback.judging import Said, Viewer, roll_up
from sharing.feedback.models import Sighting, Verdict
from sharing.feedback.showing import Feedback
from sharing.indicators import selectors as indicators
from sharing.vocabulary import Disclosure, RollUp, VerdictKind

T = TypeVar("T", Verdict, Sighting)


@dataclass(frozen=True, slots=True)
class ByClause:
    agreement: Named
    clause: Named
    collection: Named
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class OfClaim:
    """What recipients said about an own claim, by the clause through which they have it."""

    indicator: UUID
    roll_up: RollUp | None  # of the newest word of each organization
    clauses: tuple[ByClause, ...]


def of_release(*, actor: Actor, release_id: UUID) -> Feedback:
    """Of a release that the actor's organization may read now, or NotFound."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        reading, entry = why.found(actor, actor.organization_id, release_id)
        if streams.only_answers(reading):
            raise NotFound(streams.NO_RELEASE)
        found = _shown(reading, {release_id: said_by(entry)})
        return found.get(release_id, Feedback(release_id, counts={}))


def of_releases(*, actor: Actor, release_ids: Iterable[UUID]) -> dict[UUID, Feedback]:
    """Of many; those about which nothing may be seen are left out.

    Two scans of an index whatever their number; the bytes of a release are read only
    where somebody spoke about it.
    """
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    found: dict[UUID, Feedback] = {}
    with scope(actor.organization_id):
        about = _spoken_about(release_ids)
        if not about:
            return found
        granted = {each.collection_id for each in agreements.granted(actor)}
        for collection_id, ids in readings.collections_of(about).items():
            if collection_id not in granted:
                continue
            try:
                reading = streams.readable(actor.organization_id, collection_id)
            except NotFound:  # the Grant ended just now
                continue
            if not streams.only_answers(reading):
                entries = finding.with_ids(reading, ids)
                said = {each.release.public_id: said_by(each) for each in entries}
                found |= _shown(reading, said)
    return found


def of_claim(*, actor: Actor, claim_id: UUID) -> OfClaim:
    """Of an own claim, by every clause in force that releases it, or NotFound."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    owner = actor.organization_id
    with scope(owner):
        if indicators.own(owner, claim_id) is None:
            raise NotFound("There is no such claim of yours.")
        votes: dict[UUID, Vote] = {}
        clauses = [
            said
            for clause in circles.contributed(owner)
            if clause.terms.disclosure is not Disclosure.QUERY
            if (said := _by_clause(owner, claim_id, clause, votes))
        ]
        kinds = [kind for _, kind in votes.values()]
        return OfClaim(claim_id, roll_up(kinds), tuple(clauses))


Vote = tuple[datetime, VerdictKind]


def _by_clause(
    owner: UUID, claim_id: UUID, clause: ActiveClause, votes: dict[UUID, Vote]
) -> ByClause | None:
    """By one clause, if anything; `votes` takes up the newest of each organization."""
    moment = now()
    generation = agreements.live_generation(clause.collection_id, moment)
    entry = streams.entry_of(claim_id, generation, moment)
    if entry is None:
        return None
    pk, said = entry.release.public_id, said_by(entry)
    looks = viewer(owner, clause.collection_id, clause.version_id, clause.terms)
    verdicts = _rows(Verdict, [pk])
    found = showing.shown(looks, {pk: said}, verdicts, _rows(Sighting, [pk]))
    for row in verdicts.get(pk, ()):
        vote = (row.given_at, VerdictKind(row.kind))
        if showing.counted(looks, row, said):
            votes[row.giver_id] = max(votes.get(row.giver_id, vote), vote)
    if pk not in found:
        return None
    return ByClause(
        Named(clause.agreement_id, clause.terms.agreement),
        Named(clause.clause_id, clause.terms.clause),
        Named(clause.collection_id, clause.title),
        found[pk],
    )


def said_by(entry: streams.Entry) -> Said | None:
    return Said.of(orjson.loads(entry.payload)) if entry.payload else None


def _shown(reading: Reading, said: Mapping[UUID, Said | None]) -> dict[UUID, Feedback]:
    grant = reading.grant
    version = grant.clause.version_id
    looks = viewer(grant.recipient_id, grant.collection_id, version, reading.terms)
    return showing.shown(looks, said, _rows(Verdict, said), _rows(Sighting, said))


def viewer(me: UUID, collection_id: UUID, version_id: UUID, terms: Terms) -> Viewer:
    """How an organization looks at the feedback of a collection now."""
    signed = facts.signatories([version_id])[version_id]
    known = circles.known_to(me, version_id, signed)
    return Viewer(
        me=me,
        readers=agreements.readers(collection_id).keys(),
        known={each.organization_id: each.name for each in known},
        shared=terms.feedback_shared,
        unnamed=terms.feedback_unnamed,
        originator_hidden=terms.originator_hidden,
    )


def _spoken_about(ids: Iterable[UUID]) -> set[UUID]:
    wanted = list(ids)
    return {
        pk
        for table in (Verdict, Sighting)
        for pk in table.objects.filter(release__in=wanted).values_list(
            "release", flat=True
        )
    }


def _rows(table: type[T], ids: Iterable[UUID]) -> dict[UUID, list[T]]:
    """Those that the database lets be seen, by release; the oldest first."""
    found: dict[UUID, list[T]] = {}
    rows = table._default_manager.filter(release__in=list(ids))  # noqa: SLF001 - Django's documented way
    for row in rows.order_by("given_at", "id"):
        found.setdefault(row.release, []).append(row)
    return found
