"""What is in force now: active clauses, generations, grants. Asked at every use.

Nothing here is kept between calls but compiled terms: suspension, expiry, leaving and a
new Version act in the second in which they are stored, because every read asks again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.access import visible
from orgs.accounts.actor import Actor
from orgs.accounts.rights import is_hub
from sharing.agreements import facts
from sharing.agreements.models import (
    Agreement,
    Clause,
    Collection,
    Generation,
    Grant,
    StreamHead,
    Version,
)
from sharing.agreements.policy import Terms, admit, overlaps, warnings

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


@dataclass(frozen=True, slots=True)
class ActiveClause:
    """A clause in force, its compiled terms, and the stream it feeds."""

    clause_id: UUID
    collection_id: UUID
    agreement_id: UUID
    version_id: UUID
    title: str  # of the collection
    terms: Terms
    generations: tuple[GenerationRef, ...]
    names: Mapping[UUID, str]  # of those who signed

    def embargoed(self, moment: datetime) -> bool:
        until = self.terms.embargo_until
        return until is not None and moment < until

    def still_active(self) -> bool:
        """Whether all of this is still so: asked under the lock of the stream heads."""
        return fed_clause(self.collection_id) == self


def active_clauses(owner_id: UUID | None = None) -> list[ActiveClause]:
    """Every clause in force, or those that name this organization as contributor.

    Clauses under embargo are among them: what they will release is kept for them.
    """
    found = list(_active(Q()))
    if owner_id is not None:
        found = [each for each in found if owner_id in each.terms.contributors]
    return found


def active_clause(collection_id: UUID) -> ActiveClause | None:
    """The clause that feeds a collection now; none while it is under embargo."""
    moment = now()
    for each in _active(Q(collection=collection_id)):
        if not each.embargoed(moment):
            return each
    return None


def fed_clauses(owner_id: UUID | None = None) -> list[ActiveClause]:
    """Active clauses, and those under suspension, which nobody reads.

    Their streams are kept up to date: what is withdrawn meanwhile never comes back.
    """
    found = list(_active(Q(), RUNNING))
    if owner_id is not None:
        found = [each for each in found if owner_id in each.terms.contributors]
    return found


def fed_clause(collection_id: UUID) -> ActiveClause | None:
    """The clause that feeds a collection now, under suspension too; none in embargo."""
    moment = now()
    for each in _active(Q(collection=collection_id), RUNNING):
        if not each.embargoed(moment):
            return each
    return None


def contributors(grant: Grant) -> frozenset[UUID]:
    """Whose claims the clause of a Grant releases: of those who left, none are read."""
    version = grant.clause.version
    signed = facts.signatories([version.pk])[version.pk]
    agreement = grant.collection.agreement
    terms = facts.terms_of(grant.clause, agreement, version.number, signed)
    return terms.contributors


def streams(agreement_id: UUID) -> list[int]:
    """The generations of an agreement that are written to now."""
    current = Generation.objects.filter(
        collection__agreement=agreement_id, state__in=CURRENT
    )
    return list(current.order_by("pk").values_list("pk", flat=True))


def last_streams(agreement_id: UUID) -> list[int]:
    """The newest generation of each collection of an agreement, ended or not."""
    found = Generation.objects.filter(collection__agreement=agreement_id)
    newest = found.order_by("collection", "-number").distinct("collection")
    return sorted(newest.values_list("pk", flat=True))


def last_stream(collection_id: UUID) -> int:
    """The newest generation of a collection, ended or not."""
    found = Generation.objects.filter(collection=collection_id).order_by("number")
    return found.values_list("pk", flat=True).reverse()[0]


def all_streams() -> list[tuple[UUID, int, bool]]:
    """Every stream there is or was: its collection, itself, and whether it is closed."""
    found = Generation.objects.order_by("pk").values_list(
        "collection_id", "pk", "state"
    )
    return [(of, pk, state == Generation.State.CLOSED) for of, pk, state in found]


def lock_heads(generation_ids: Iterable[int]) -> list[StreamHead]:
    """Lock the heads of these streams, in the order in which everybody locks them."""
    heads = StreamHead.objects.filter(generation__in=list(generation_ids))
    mine = heads.select_related("generation").select_for_update(of=("self",))
    return list(mine.order_by("generation_id"))


def granted(actor: Actor) -> list[Grant]:
    """What the actor's organization and role may read now."""
    if actor.organization_id is None:
        return []
    grants = _valid_grants(now()).filter(recipient=actor.organization_id)
    mine = grants.filter(collection__in=visible(actor, Collection))
    return _admitted(mine.order_by("collection__title", "collection_id"))


def grant_now(organization_id: UUID, collection_id: UUID) -> Grant | None:
    """The Grant under which an organization may read a collection at this moment."""
    grants = _valid_grants(now()).filter(recipient=organization_id)
    found = _admitted(grants.filter(collection=collection_id))
    return found[0] if found else None


def readers(collection_id: UUID) -> dict[UUID, Grant]:
    """Whoever may read a collection at this moment: what `grant_now` says of each."""
    found = _admitted(_valid_grants(now()).filter(collection=collection_id))
    return {grant.recipient_id: grant for grant in found}


def terms_under(version_id: UUID, collection_id: UUID) -> Terms:
    """The terms of the clause by which a Version feeds a collection."""
    clause = Clause.objects.select_related("version__agreement").get(
        version=version_id, collection=collection_id
    )
    version = clause.version
    signed = facts.signatories([version_id])[version_id]
    return facts.terms_of(clause, version.agreement, version.number, signed)


def live_generation(collection_id: UUID, at: datetime) -> Generation:
    """The generation that is in effect at a moment, or NotFound."""
    found = Generation.objects.filter(
        collection=collection_id, state__in=CURRENT, effective_from__lte=at
    )
    newest = found.order_by("-number").first()
    if newest is None:
        raise NotFound("There is no such collection for you.")
    return newest


def earlier_generations(collection_id: UUID, generation_id: int) -> list[int]:
    """The generations of a collection that began before this one."""
    found = Generation.objects.filter(collection=collection_id, pk__lt=generation_id)
    return list(found.values_list("pk", flat=True))


def agreements(actor: Actor) -> QuerySet[Agreement]:
    """Agreements that the actor may see: staff all, others those of their own."""
    found = Agreement.objects.all()
    if not (actor.is_staff or is_hub(actor)):
        found = visible(actor, Agreement)
    return found.select_related("active_version").order_by("title", "pk")


def cautions(version: Version) -> list[str]:
    """What those who draft and sign a Version should know, as if each party signed."""
    signed = facts.named(version)
    clauses = version.clauses.order_by("position")
    terms = [
        facts.terms_of(clause, version.agreement, version.number, signed)
        for clause in clauses
    ]
    return [line for each in terms for line in warnings(each)] + overlaps(terms)


def _in_force(
    moment: datetime, version: str, agreement: str, states: Iterable[str] = IN_FORCE
) -> Q:
    """The Version is the agreement's active one, and this is within its time."""
    return (
        Q((f"{agreement}__state__in", list(states)))
        & Q((f"{agreement}__active_version", F(version)))
        & Q((f"{version}__effective_from__lte", moment))
        & (
            Q((f"{version}__effective_until__isnull", True))
            | Q((f"{version}__effective_until__gt", moment))
        )
    )


def _active(which: Q, states: Iterable[str] = IN_FORCE) -> Iterator[ActiveClause]:
    clauses = list(
        Clause.objects.filter(
            which,
            _in_force(now(), "version", "version__agreement", states),
            collection__state=Collection.State.OPEN,
        )
        .select_related("version__agreement", "collection")
        .order_by("version_id", "position")
    )
    signed = facts.signatories({clause.version_id for clause in clauses})
    generations = _generations(clause.collection_id for clause in clauses)
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
        )


def _generations(
    collections: Iterable[UUID | None],
) -> dict[UUID, tuple[GenerationRef, ...]]:
    found: dict[UUID, tuple[GenerationRef, ...]] = {}
    rows = Generation.objects.filter(
        collection__in=[pk for pk in collections if pk], state__in=CURRENT
    )
    for row in rows.order_by("collection_id", "number"):
        ref = GenerationRef(row.pk, row.number, row.state, row.effective_from)
        found[row.collection_id] = (*found.get(row.collection_id, ()), ref)
    return found


def _valid_grants(moment: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(
        _in_force(moment, "clause__version", "collection__agreement"),
        Q(valid_until__isnull=True) | Q(valid_until__gt=moment),
        recipient__is_active=True,
        valid_from__lte=moment,
        collection__state=Collection.State.OPEN,
    ).select_related("clause__version", "collection__agreement", "recipient")


def _admitted(grants: QuerySet[Grant]) -> list[Grant]:
    """Grants whose recipient the clause still admits, as both are at this moment."""
    found = list(grants)
    signed = facts.signatories({grant.clause.version_id for grant in found})
    return [grant for grant in found if _admits(grant, signed)]


def _admits(grant: Grant, signed: dict[UUID, facts.Signatories]) -> bool:
    version = grant.clause.version
    terms = facts.terms_of(
        grant.clause,
        grant.collection.agreement,
        version.number,
        signed[version.pk],
    )
    return admit(terms, facts.facts_of(grant.recipient)).permitted
