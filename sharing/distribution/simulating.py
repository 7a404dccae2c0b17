"""What a draft would release of what is stored, before anybody signs. Writes nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from hub.lib.clock import now
from hub.lib.errors import Forbidden
from orgs.access import scope
from orgs.accounts.actor import Actor, Right
from sharing import vocabulary as v
from sharing.agreements import drafts, facts
from sharing.agreements import selectors as agreements
from sharing.agreements.circles import circles, clauses_known_to, known_to
from sharing.agreements.models import Version
from sharing.agreements.policy import admit, same_or_wider
from sharing.agreements.selectors import ActiveClause
from sharing.distribution import synthetic, tallying
from sharing.distribution.explaining import Named
from sharing.distribution.planning import Planner, TokenMaker, maker_for
from sharing.distribution.tallying import Heap, Tally
from sharing.indicators import selectors as indicators
from sharing.tokens import scheme

CLAIMS_MAX = 50_000
FEW = f"<{v.SMALL_COUNT}"
Count = int | str  # for hub staff a multiple of five, or FEW


@dataclass(frozen=True, slots=True)
class Reason:
    """Why claims stay; one claim can count under several."""

    cause: str
    sentence: str
    count: Count


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one clause would do with the claims that were read."""

    clause: Named
    continues: Named | None  # the collection that it goes on with
    disclosure: str
    contributes: bool  # whether those whose claims were read contribute to it
    recipients: tuple[Named, ...]  # if all signed; hidden ones are not told
    void: tuple[str, ...]  # why it permits nothing at all
    not_before: datetime | None
    released: Count
    refused: Count
    reasons: tuple[Reason, ...]
    newly: Count
    no_longer: Count
    changed: Count  # released before and after, but in another shape
    samples: tuple[bytes, ...]  # JSON, as it would leave
    own_tokens: bool  # those of the stream; else of a key made for this simulation


@dataclass(frozen=True, slots=True)
class Closing:
    """A clause in force that the draft does not go on with."""

    clause: Named
    collection: Named
    no_longer: Count


@dataclass(frozen=True, slots=True)
class Simulation:
    version: UUID
    agreement: Named
    number: int
    against: int | None  # the Version in force that it was compared with
    at: datetime
    claims: Count  # how many were read
    cut: bool  # there are more than were read
    synthetic: bool  # the samples are made up
    clauses: tuple[Outcome, ...]
    closing: tuple[Closing, ...]


def simulate(*, actor: Actor, version_id: UUID) -> Simulation:
    """A party over its own claims, exactly; hub staff over all, in rough counts.

    Reads at most `CLAIMS_MAX` claims. Samples are one's own claims for those who may
    read, and made up for everybody else.
    """
    if not (actor.is_staff or actor.may(Right.AUDIT) or actor.may(Right.DRAFT)):
        raise Forbidden("This needs the right “audit” or “draft”.")
    with nothing_written():
        version = drafts.version_for(actor, version_id)
        party = actor.organization_id if drafts.is_party(actor, version) else None
        return _Simulator(version, party, shows=actor.may(Right.READ)).run()


@contextmanager
def nothing_written() -> Iterator[None]:
    """A transaction (or savepoint) in which the database refuses every write.

    It ends as it began: what comes after it in an outer transaction may write.
    """
    with transaction.atomic():
        before = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        yield
        transaction.savepoint_rollback(before)


class _Simulator:
    """One run: the clauses of a Version, those in force, and a heap of claims."""

    def __init__(self, version: Version, party: UUID | None, *, shows: bool) -> None:
        self.version, self.party, self.moment = version, party, now()
        self.synthetic = party is None or not shows
        parties = facts.named(version)
        known = known_to(party, version.pk, parties)
        self.known = parties if party is None else known
        names = clauses_known_to(self.known, version, parties)
        drafted = drafts.as_if_signed(version)
        self.clauses = [each for each in drafted if each.terms.clause in names]
        self.before = _in_force(version.agreement_id, party)
        self.heap, self.cut = Heap(), False

    def run(self) -> Simulation:
        self._read([self.party] if self.party else self._contributors())
        goes_on = {clause.collection_id for clause in self.clauses}
        versions = {clause.terms.version for clause in self.before.values()}
        return Simulation(
            version=self.version.pk,
            agreement=Named(self.version.agreement_id, self.version.agreement.title),
            number=self.version.number,
            against=max(versions, default=None),
            at=self.moment,
            claims=self._told(self.heap.counts.total()),
            cut=self.cut,
            synthetic=self.synthetic,
            clauses=tuple(map(self._outcome, self.clauses)),
            closing=tuple(
                self._closing(clause)
                for pk, clause in self.before.items()
                if pk not in goes_on
            ),
        )

    def _contributors(self) -> list[UUID]:
        every = [*self.clauses, *self.before.values()]
        return sorted({pk for clause in every for pk in clause.terms.contributors})

    def _read(self, owners: list[UUID]) -> None:
        """The claims of each owner, in its own scope; all get the same share."""
        for owner in owners:
            with scope(owner):
                self._read_one(owner, CLAIMS_MAX // len(owners))

    def _read_one(self, owner: UUID, left: int) -> None:
        cursor = None
        while left:
            claims = indicators.outlines(owner, cursor, min(left, v.RELEASE_ROWS))
            self.heap.add(claims, self.moment)
            left -= len(claims)
            if len(claims) < v.RELEASE_ROWS and left:
                return
            cursor = claims[-1].pk
        self.cut = self.cut or bool(indicators.outlines(owner, cursor, 1))

    def _told(self, count: int) -> Count:
        """Exact for a party; staff cannot tell single claims apart by comparing."""
        if self.party is not None:
            return count
        return FEW if count < v.SMALL_COUNT else count - count % v.SMALL_COUNT

    def _outcome(self, clause: ActiveClause) -> Outcome:
        terms, before = clause.terms, self.before.get(clause.collection_id)
        found = tallying.tally(self.heap, clause, before, self.moment)
        embargo = terms.embargo_until if clause.embargoed(self.moment) else None
        samples, own_tokens = self._samples(clause, before, found)
        return Outcome(
            clause=Named(clause.clause_id, terms.clause),
            continues=None if before is None else _stream(before),
            disclosure=terms.disclosure,
            contributes=self.party is None or self.party in terms.contributors,
            recipients=self._recipients(clause),
            void=self._void(clause),
            not_before=embargo,
            released=self._told(found.released),
            refused=self._told(found.refused),
            reasons=tuple(
                Reason(cause, sentence, self._told(count))
                for (cause, sentence), count in found.causes.most_common()
            ),
            newly=self._told(found.newly),
            no_longer=self._told(found.no_longer),
            changed=self._told(found.changed),
            samples=samples,
            own_tokens=own_tokens,
        )

    def _closing(self, clause: ActiveClause) -> Closing:
        return Closing(
            Named(clause.clause_id, clause.terms.clause),
            _stream(clause),
            self._told(tallying.permitted(self.heap, clause, self.moment)),
        )

    def _recipients(self, clause: ActiveClause) -> tuple[Named, ...]:
        """Who would read it, as far as the party may know of them."""
        return tuple(
            Named(each.organization_id, each.name)
            for each in self.known
            if admit(clause.terms, each).permitted
        )

    def _void(self, clause: ActiveClause) -> tuple[str, ...]:
        """Why it permits nothing; not in numbers where parties are hidden."""
        if clause.terms.void and len(self.known) < len(clause.names):
            return (f"{clause.terms.place} permits nothing.",)
        return clause.terms.void

    def _samples(
        self, clause: ActiveClause, before: ActiveClause | None, found: Tally
    ) -> tuple[tuple[bytes, ...], bool]:
        """Payloads, and whether their tokens are those of the stream."""
        planner = Planner(clause, self.moment)
        number, maker, own = _tokens(clause, before)
        if self.party is None or self.synthetic:
            return tuple(synthetic.payloads(planner, number, maker)), False
        duties = clause.terms.permit.obligations
        ids = tallying.samples(self.heap, found)
        if not ids or duties is None:
            return (), own
        with scope(self.party):
            claims = indicators.with_ids(self.party, ids)
            return tuple(
                planner.redacted(
                    claim, duties, scheme.wire(number, planner.token(claim, maker))
                )
                for claim in claims
            ), own


def _in_force(agreement_id: UUID, party: UUID | None) -> dict[UUID, ActiveClause]:
    """The clauses in force that the party may know of, by the collection they feed."""
    circle = circles(party).get(agreement_id) if party is not None else None
    return {
        clause.collection_id: clause
        for clause in agreements.active_clauses()
        if clause.agreement_id == agreement_id
        and (party is None or (circle and clause.terms.clause in circle.clauses))
    }


def _stream(clause: ActiveClause) -> Named:
    return Named(clause.collection_id, clause.title)


def _tokens(
    clause: ActiveClause, before: ActiveClause | None
) -> tuple[int, TokenMaker, bool]:
    """The generation that samples would enter, and its key; a made-up one if it is new."""
    last = before.generations[-1].number if before and before.generations else 0
    if before and last and same_or_wider(before.terms, clause.terms):
        return last, maker_for(clause.terms, before.collection_id, last), True
    return last + 1, _made_up(clause), False


def _made_up(clause: ActiveClause) -> TokenMaker:
    """Tokens or otags of a key that nobody has."""
    make = scheme.token_maker(os.urandom(scheme.KEY_BYTES))
    if clause.terms.disclosure is not v.Disclosure.QUERY:
        return make
    return lambda kind, digest: make(kind, digest)[: scheme.OTAG_BYTES]
