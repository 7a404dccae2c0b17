"""New keys for a stream, by plan: hub staff announce the next generation and cancel it.

It is built while the old one is served, its keys can be fetched ahead, and from its
second on readers are served it by the reading alone. Roots of generations that nobody
reads any more are destroyed here as well.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from hub.lib.clock import iso, now
from hub.lib.errors import Conflict, NotFound
from orgs.access import Permission, require
from orgs.accounts.actor import SYSTEM, Actor
from orgs.accounts.rights import need_code, need_staff
from orgs.audit.verbs import Verb
from sharing.agreements import announcing, locking, turning
from sharing.agreements.clauses import RUNNING
from sharing.agreements.models import (
    Agreement,
    Clause,
    Collection,
    Generation,
    Grant,
    Version,
)
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.tokens import selectors as roots
from sharing.tokens import services as tokens
from sharing.vocabulary import ROTATION_NOTICE, TOMBSTONES_KEPT

REASON_MAX = 200
OVER = (Generation.State.CLOSED, Generation.State.WITHDRAWN)


@transaction.atomic
def announce(
    *,
    actor: Actor,
    collection_id: UUID,
    effective_from: datetime | None = None,
    reason: str = "",
) -> Generation:
    """The next generation of a collection, on the terms in force and with new keys.

    In 30 days, or when it is told. Cost: the whole stream is written once more, in the
    background (some minutes for a million releases).
    """
    collection, agreement = _locked(actor, collection_id)
    moment = now()
    begins = effective_from or moment + ROTATION_NOTICE
    if begins <= moment:
        raise Conflict("A rotation takes effect in the future.")
    version = _feeding(agreement, collection, begins)
    if turning.planned().filter(collection=collection).exists():
        raise Conflict("A rotation of this collection is announced already.")
    replanned = _before_the_narrowing(agreement, collection, begins)
    generation = announcing.begin_generation(
        collection, version, Generation.State.BUILDING, begins, rotation=True
    )
    if replanned:
        announcing.arrange(agreement)
    turning.record(actor, Verb.ROTATION_ANNOUNCE, generation, _said(reason))
    publish(Kind.ROTATION_ANNOUNCED, shard=collection.pk.int, generation=generation.pk)
    return generation


@transaction.atomic
def cancel(*, actor: Actor, collection_id: UUID, reason: str = "") -> Generation:
    """A rotation that was announced will not be; its keys are for nothing."""
    collection, _ = _locked(actor, collection_id)
    generation = turning.planned().filter(collection=collection).first()
    if generation is None:
        raise Conflict("No rotation of this collection is announced.")
    turning.withdraw(actor, generation, _said(reason))
    return generation


@transaction.atomic
def destroy(*, actor: Actor, collection_id: UUID, number: int) -> None:
    """Make tokens and otags of a generation unmakeable, now; only when it is over."""
    collection, _ = _locked(actor, collection_id)
    generation = collection.generations.filter(number=number).first()
    if generation is None:
        raise NotFound("This collection has no such generation.")
    if generation.state not in OVER:
        raise Conflict("This generation is served, or will be: its root is needed.")
    _destroy(actor, generation)


def take_over_due() -> int:
    """Store the rotations whose second has come; returns of how many agreements."""
    found = turning.due(now()).values_list("collection__agreement", flat=True)
    agreements = sorted({*found})
    for pk in agreements:
        with transaction.atomic():
            locking.lock_agreement(SYSTEM, pk)
    return len(agreements)


def destroy_due(moment: datetime | None = None) -> int:
    """Destroy the roots of what nobody reads or goes on from; returns how many.

    That is when tombstones after it are not kept any more: 90 days after its end. What
    never took effect has nobody to wait for.
    """
    old, count = (moment or now()) - TOMBSTONES_KEPT, 0
    for collection_id, number in roots.undestroyed():
        generation = Generation.objects.filter(
            collection=collection_id, number=number, state__in=OVER
        ).first()
        if generation is not None and _ended(generation, old):
            with transaction.atomic():
                _destroy(SYSTEM, generation)
            count += 1
    return count


def _destroy(actor: Actor, generation: Generation) -> None:
    if tokens.destroy_root(generation.collection_id, generation.number):
        turning.record(actor, Verb.ROOT_DESTROY, generation)


def _ended(generation: Generation, by: datetime) -> bool:
    if generation.state == Generation.State.WITHDRAWN:
        return True
    later = Generation.objects.filter(
        collection=generation.collection_id, number__gt=generation.number
    ).exclude(state=Generation.State.WITHDRAWN)
    follows = later.order_by("number").values_list("effective_from", flat=True).first()
    grants = Grant.objects.filter(collection=generation.collection_id)
    ended = follows or grants.aggregate(last=Max("valid_until"))["last"]
    return ended is None or ended <= by


def _said(reason: str) -> str:
    """In one line, as it is put on record; the hub itself gives none."""
    return " ".join(reason.split())[:REASON_MAX]


def _locked(actor: Actor, collection_id: UUID) -> tuple[Collection, Agreement]:
    known = Collection.objects.filter(pk=collection_id).first()
    if known is None:
        raise NotFound("There is no such collection.")
    if not locking.by_hub(actor):
        require(actor, Permission.VIEW_AGREEMENT, Agreement, known.agreement_id)
    need_staff(actor)
    need_code(actor)
    agreement = locking.lock_agreement(actor, known.agreement_id)
    known.refresh_from_db()
    return known, agreement


def _feeding(agreement: Agreement, collection: Collection, at: datetime) -> Version:
    """The Version in force, if a clause feeds the stream now and at that moment."""
    version, coming = agreement.active_version, agreement.next_version
    if version is None or agreement.state not in RUNNING:
        raise Conflict("The agreement of this collection is not in force.")
    if collection.state != Collection.State.OPEN:
        raise Conflict("This collection is closed.")
    then = version
    if coming is not None and coming.effective_from <= at:
        then = coming
    if not Clause.objects.filter(version=then, collection=collection).exists():
        raise Conflict("No clause feeds this collection then.")
    if then.effective_until is not None and then.effective_until <= at:
        raise Conflict(f"The agreement ends on {iso(then.effective_until)}, before it.")
    return version


def _before_the_narrowing(
    agreement: Agreement, collection: Collection, begins: datetime
) -> bool:
    """Whether what is built for an announced Version must be built after the rotation.

    Generations take effect in the order of their numbers.
    """
    narrowing = collection.generations.filter(
        state=Generation.State.BUILDING, rotation=False
    )
    first = narrowing.first()
    if first is None:
        return False
    if first.effective_from <= begins:
        raise Conflict(
            f"A narrower version takes effect on {iso(first.effective_from)} and"
            " brings new keys; plan the next ones after that."
        )
    narrowing.update(state=Generation.State.WITHDRAWN)
    return True
