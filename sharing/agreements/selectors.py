"""What is in force now: active clauses, generations, grants. Asked at every use.

Nothing here is kept between calls but compiled terms: suspension, expiry, leaving and a
new Version act in the second in which they are stored, because every read asks again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet

from hub.lib.clock import now
from hub.lib.errors import NotFound
from orgs.access import visible
from orgs.accounts.actor import Actor
from orgs.accounts.rights import is_hub
from sharing.agreements import facts, turning
from sharing.agreements.clauses import (
    CURRENT,
    RUNNING,
    ActiveClause,
    GenerationRef,
    active_clause,
    active_clauses,
    announced_clauses,
    fed_clause,
    fed_clauses,
    feeding,
    version_at,
)
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

__all__ = [
    "CURRENT",
    "RUNNING",
    "ActiveClause",
    "Admitted",
    "GenerationRef",
    "active_clause",
    "active_clauses",
    "admitted",
    "admitted_now",
    "agreements",
    "all_streams",
    "announced_clauses",
    "cautions",
    "earlier_generations",
    "fed_clause",
    "fed_clauses",
    "feeding",
    "grant_now",
    "granted",
    "keyed",
    "known_generations",
    "last_stream",
    "last_streams",
    "live_generation",
    "live_generations",
    "lock_heads",
    "other_generations",
    "readers",
    "streams",
    "taken_over",
    "terms_under",
]


class Admitted(NamedTuple):
    """A Grant that is valid, and the terms of the clause in force that admit to it.

    Whose claims are read follows from these terms: of those who left, none are.
    """

    grant: Grant
    terms: Terms


def streams(agreement_id: UUID) -> list[int]:
    """The generations of an agreement that are written to now."""
    current = Generation.objects.filter(
        collection__agreement=agreement_id, state__in=CURRENT
    )
    return list(current.order_by("pk").values_list("pk", flat=True))


def last_streams(agreement_id: UUID) -> list[int]:
    """The newest generation of each collection of an agreement, ended or not."""
    found = _begun().filter(collection__agreement=agreement_id)
    newest = found.order_by("collection", "-number").distinct("collection")
    return sorted(newest.values_list("pk", flat=True))


def last_stream(collection_id: UUID) -> int:
    """The newest generation of a collection, ended or not."""
    found = _begun().filter(collection=collection_id).order_by("-number")
    return found.values_list("pk", flat=True)[0]


def _begun() -> QuerySet[Generation]:
    """Without those that were built for a Version that never took effect."""
    return Generation.objects.exclude(state=Generation.State.WITHDRAWN)


def all_streams() -> list[tuple[UUID, int, str]]:
    """Every stream there is or was: its collection, itself, and its state."""
    found = Generation.objects.order_by("pk")
    return list(found.values_list("collection_id", "pk", "state"))


def lock_heads(generation_ids: Iterable[int]) -> list[StreamHead]:
    """Lock the heads of these streams, in the order in which everybody locks them."""
    heads = StreamHead.objects.filter(generation__in=list(generation_ids))
    mine = heads.select_related("generation").select_for_update(of=("self",))
    return list(mine.order_by("generation_id"))


def granted(actor: Actor) -> list[Grant]:
    """What the actor's organization and role may read now."""
    return [each.grant for each in admitted(actor, now())]


def admitted(actor: Actor, moment: datetime) -> list[Admitted]:
    """The same with the terms that admit to it, by title."""
    if actor.organization_id is None:
        return []
    grants = _valid_grants(moment).filter(recipient=actor.organization_id)
    mine = grants.filter(collection__in=visible(actor, Collection))
    return _admitted(mine.order_by("collection__title", "collection_id"), moment)


def admitted_now(
    organization_id: UUID, collection_id: UUID, at: datetime | None = None
) -> Admitted | None:
    """Under what an organization may read a collection at this moment, if it may."""
    moment = at or now()
    grants = _valid_grants(moment).filter(recipient=organization_id)
    found = _admitted(grants.filter(collection=collection_id), moment)
    return found[0] if found else None


def grant_now(
    organization_id: UUID, collection_id: UUID, at: datetime | None = None
) -> Grant | None:
    """The Grant under which an organization may read a collection at this moment."""
    found = admitted_now(organization_id, collection_id, at)
    return found and found.grant


def readers(collection_id: UUID) -> dict[UUID, Grant]:
    """Whoever may read a collection at this moment: what `grant_now` says of each."""
    moment = now()
    found = _admitted(_valid_grants(moment).filter(collection=collection_id), moment)
    return {each.grant.recipient_id: each.grant for each in found}


def keyed(grant: Grant, moment: datetime) -> list[Generation]:
    """The generations whose keys a reader gets: the one in effect, and announced ones.

    Of those only who will read them, as far as anything is announced.
    """
    collection_id = grant.collection_id
    found = [live_generation(collection_id, moment)]
    planned = turning.planned().filter(collection=collection_id)
    found += [
        each
        for each in planned.filter(effective_from__gt=moment).order_by("pk")
        if grant_now(grant.recipient_id, collection_id, each.effective_from)
    ]
    for clause in announced_clauses():
        if clause.collection_id == collection_id and (
            admit(clause.terms, facts.facts_of(grant.recipient)).permitted
        ):
            pks = [each.pk for each in clause.generations]
            found += Generation.objects.filter(pk__in=pks)
    return found


def terms_under(version_id: UUID, collection_id: UUID) -> Terms:
    """The terms of the clause by which a Version feeds a collection."""
    clause = Clause.objects.select_related("version__agreement").get(
        version=version_id, collection=collection_id
    )
    version = clause.version
    signed = facts.signatories([version_id])[version_id]
    return facts.terms_of(clause, version.agreement, version.number, signed)


def known_generations() -> dict[tuple[UUID, int], tuple[str, datetime]]:
    """State and beginning of every generation, by collection and number."""
    found = Generation.objects.values_list(
        "collection", "number", "state", "effective_from"
    )
    return {(pk, number): (state, begins) for pk, number, state, begins in found}


def live_generation(collection_id: UUID, at: datetime) -> Generation:
    """The generation that is in effect at a moment, or NotFound."""
    found = Generation.objects.filter(
        collection=collection_id, state__in=CURRENT, effective_from__lte=at
    )
    newest = found.order_by("-number").first()
    if newest is None:
        raise NotFound("There is no such collection for you.")
    return newest


def live_generations(
    collection_ids: Iterable[UUID], at: datetime
) -> dict[UUID, Generation]:
    """Those of many collections at once; one that has none in effect is left out."""
    found = Generation.objects.filter(
        collection__in=list(collection_ids), state__in=CURRENT, effective_from__lte=at
    )
    newest = found.order_by("collection", "-number").distinct("collection")
    return {each.collection_id: each for each in newest}


def earlier_generations(collection_id: UUID, generation_id: int) -> list[int]:
    """The generations of a collection that began before this one."""
    found = _begun().filter(collection=collection_id, pk__lt=generation_id)
    return list(found.values_list("pk", flat=True))


def other_generations(collection_id: UUID, generation_id: int) -> list[int]:
    """The other generations of a collection, but for those that nobody ever reads."""
    found = _begun().filter(collection=collection_id).exclude(pk=generation_id)
    return list(found.values_list("pk", flat=True))


def taken_over(collection_id: UUID, number: int, by: datetime) -> bool:
    """Whether a generation was followed by one that was in effect at a moment."""
    later = _begun().filter(collection=collection_id, number__gt=number)
    return later.filter(effective_from__lte=by).exists()


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


def _valid_grants(moment: datetime) -> QuerySet[Grant]:
    """Grants of agreements in force; whether their Version is, `_admitted` asks."""
    return Grant.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=moment),
        collection__agreement__state=Agreement.State.ACTIVE,
        collection__agreement__active_version=F("clause__version"),
        recipient__is_active=True,
        valid_from__lte=moment,
        collection__state=Collection.State.OPEN,
    ).select_related(
        "clause__version",
        "collection__agreement__active_version",
        "collection__agreement__next_version",
        "recipient",
    )


def _admitted(grants: QuerySet[Grant], moment: datetime) -> list[Admitted]:
    """Grants whose recipient the clause in force admits, as both are at this moment.

    Each as it is under that clause, whatever was stored yet.
    """
    bound = [grant for grant in grants if _bind(grant, moment)]
    signed = facts.signatories({grant.clause.version_id for grant in bound})
    found = [Admitted(grant, _terms_of(grant, signed)) for grant in bound]
    return [
        each
        for each in found
        if admit(each.terms, facts.facts_of(each.grant.recipient)).permitted
    ]


def _bind(grant: Grant, moment: datetime) -> bool:
    """Bind a Grant to the clause in force at a moment, if one feeds its collection."""
    version = version_at(grant.collection.agreement, moment)
    if version is None:
        return False
    if version.pk != grant.clause.version_id:
        feeds = Clause.objects.filter(version=version, collection=grant.collection_id)
        clause = feeds.select_related("version").first()
        if clause is None:
            return False
        grant.clause = clause
    return True


def _terms_of(grant: Grant, signed: dict[UUID, facts.Signatories]) -> Terms:
    agreement, version = grant.collection.agreement, grant.clause.version
    return facts.terms_of(grant.clause, agreement, version.number, signed[version.pk])
