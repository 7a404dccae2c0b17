"""The clauses that feed a stream: those in force now, and those announced for later.

A Version that was signed ahead is announced: what it narrows is built in generations of
their own, and in the second in which it takes effect it is in force by this reading
alone. That the database says so too comes after (`activation.catch_up`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from hub.lib.clock import now
from sharing.agreements import facts
from sharing.agreements.models import Agreement, Clause, Collection, Generation, Version
from sharing.agreements.policy import Terms

CURRENT = (Generation.State.BUILDING, Generation.State.LIVE)
IN_FORCE = (Agreement.State.ACTIVE,)
RUNNING = (Agreement.State.ACTIVE, Agreement.State.SUSPENDED)


@dataclass(frozen=True, slots=True)
class GenerationRef:
    """A generation that releases go into."""

    pk: int
    number: int
    state: str
    effective_from: datetime

    def waits(self, moment: datetime) -> bool:
        """Whether it is built ahead of the second in which it takes effect."""
        building = self.state == Generation.State.BUILDING
        return building and self.effective_from > moment


@dataclass(frozen=True, slots=True)
class ActiveClause:
    """A clause in force or announced, its compiled terms, and the stream it feeds."""

    clause_id: UUID
    collection_id: UUID
    agreement_id: UUID
    version_id: UUID
    title: str  # of the collection
    terms: Terms
    generations: tuple[GenerationRef, ...]
    names: Mapping[UUID, str]  # of those who signed
    settled: bool = True  # no: its Version is in force, and is not stored so yet

    def embargoed(self, moment: datetime) -> bool:
        until = self.terms.embargo_until
        return until is not None and moment < until

    def serves(self, generation: int, moment: datetime) -> bool:
        """Whether what enters this generation is read now, by whoever is admitted."""
        mine = (each for each in self.generations if each.pk == generation)
        return not all(each.waits(moment) for each in mine)

    def still_active(self) -> bool:
        """Whether all of this is still so: asked under the lock of the stream heads."""
        return fed_clause(self.collection_id) == self


def version_at(agreement: Agreement, moment: datetime) -> Version | None:
    """The Version in force at a moment, an announced one from its second on."""
    version, coming = agreement.active_version, agreement.next_version
    if coming is not None and coming.effective_from <= moment:
        version = coming
    if version is None or version.effective_from > moment:
        return None
    until = version.effective_until
    return version if until is None or moment < until else None


def active_clauses(owner_id: UUID | None = None) -> list[ActiveClause]:
    """Every clause in force, or those that name this organization as contributor.

    Clauses under embargo are among them: what they will release is kept for them.
    """
    return _of(owner_id, _active(_among(owner_id), now(), IN_FORCE))


def active_clause(collection_id: UUID) -> ActiveClause | None:
    """The clause that feeds a collection now; none while it is under embargo."""
    moment = now()
    found = _active(Q(collection=collection_id), moment, IN_FORCE)
    return next((each for each in found if not each.embargoed(moment)), None)


def fed_clauses(owner_id: UUID | None = None) -> list[ActiveClause]:
    """Active clauses, and those under suspension, which nobody reads.

    Their streams are kept up to date: what is withdrawn meanwhile never comes back.
    """
    return _of(owner_id, _active(_among(owner_id), now(), RUNNING))


def fed_clause(collection_id: UUID) -> ActiveClause | None:
    """The clause that feeds a collection now, under suspension too; none in embargo."""
    moment = now()
    found = _active(Q(collection=collection_id), moment, RUNNING)
    return next((each for each in found if not each.embargoed(moment)), None)


def announced_clauses(owner_id: UUID | None = None) -> list[ActiveClause]:
    """The clauses of announced Versions that have a generation of their own ahead."""
    return _of(owner_id, _announced(_among(owner_id), now()))


def feeding(collection_id: UUID) -> list[ActiveClause]:
    """What a collection is fed by: the clause in force, and the one announced for it.

    None that is under embargo. Each has generations of its own: what comes meanwhile
    goes into all of them, into each as its clause lets it.
    """
    moment, which = now(), Q(collection=collection_id)
    found = [*_active(which, moment, RUNNING), *_announced(which, moment)]
    return [each for each in found if not each.embargoed(moment)]


def _among(owner_id: UUID | None) -> Q:
    """Clauses of those Versions alone that name an organization: no other's is asked."""
    return Q() if owner_id is None else Q(version__parties__organization=owner_id)


def _of(owner_id: UUID | None, clauses: Iterable[ActiveClause]) -> list[ActiveClause]:
    return [
        each
        for each in clauses
        if owner_id is None or owner_id in each.terms.contributors
    ]


def _active(
    which: Q, moment: datetime, states: Iterable[str]
) -> Iterator[ActiveClause]:
    """Clauses of the Versions in force at a moment, and the one generation of each."""
    rows = _clauses(which, _in_force(moment), states)
    return _compiled(rows, moment, ahead=False)


def _announced(which: Q, moment: datetime) -> Iterator[ActiveClause]:
    later = Q(
        version__agreement__next_version=F("version"),
        version__effective_from__gt=moment,
    )
    found = _compiled(_clauses(which, later, RUNNING), moment, ahead=True)
    return (each for each in found if each.generations)


def _in_force(moment: datetime) -> Q:
    """What `version_at` says, of the Versions of clauses."""
    nothing_comes = Q(version__agreement__next_version__isnull=True) | Q(
        version__agreement__next_version__effective_from__gt=moment
    )
    stored = Q(version__agreement__active_version=F("version")) & nothing_comes
    within = Q(version__effective_from__lte=moment) & (
        Q(version__effective_until__isnull=True)
        | Q(version__effective_until__gt=moment)
    )
    return within & (stored | Q(version__agreement__next_version=F("version")))


def _clauses(which: Q, when: Q, states: Iterable[str]) -> list[Clause]:
    found = Clause.objects.filter(
        which,
        when,
        version__agreement__state__in=[*states],
        collection__state=Collection.State.OPEN,
    )
    return list(
        found.select_related("version__agreement", "collection").order_by(
            "version_id", "position"
        )
    )


def _compiled(
    clauses: list[Clause], moment: datetime, *, ahead: bool
) -> Iterator[ActiveClause]:
    if not clauses:
        return
    signed = facts.signatories({clause.version_id for clause in clauses})
    generations = _generations(clauses, moment, ahead=ahead)
    for clause in clauses:
        if clause.collection is None:
            continue
        parties, version = signed[clause.version_id], clause.version
        yield ActiveClause(
            clause_id=clause.pk,
            collection_id=clause.collection.pk,
            agreement_id=version.agreement_id,
            version_id=version.pk,
            title=clause.collection.title,
            terms=facts.terms_of(clause, version.agreement, version.number, parties),
            generations=generations.get(clause.collection.pk, ()),
            names={each.organization_id: each.name for each in parties},
            settled=ahead or version.agreement.active_version_id == version.pk,
        )


def _generations(
    clauses: list[Clause], moment: datetime, *, ahead: bool
) -> dict[UUID, tuple[GenerationRef, ...]]:
    """Ahead of its time, or else the newest one whose time has come: of each collection.

    A rotation that is planned belongs to the clause in force, whichever that is: it is
    built under the same terms, beside the one that is served. What a live generation
    says of its beginning is not asked: the clocks of two machines differ, and nothing
    must be lost by that.
    """
    rows = Generation.objects.filter(
        collection__in=[clause.collection_id for clause in clauses], state__in=CURRENT
    )
    found: dict[UUID, tuple[GenerationRef, ...]] = {}
    for row in rows.order_by("collection_id", "number"):
        ref = GenerationRef(row.pk, row.number, row.state, row.effective_from)
        waits = ref.waits(moment)
        if waits and row.rotation:
            served = found.get(row.collection_id, ())
            found[row.collection_id] = () if ahead else (*served, ref)
        elif waits is ahead:
            found[row.collection_id] = (ref,)
    return found
