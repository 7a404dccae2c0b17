"""What is signed ahead of its time: the Version that takes effect next, and its streams.

The caller holds the lock on the agreement. What the next Version narrows gets a
generation of its own at once, which is built while the Version in force goes on; in the
second of the change readers are served that one. One Version is announced at a time.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from hub.lib.clock import now
from sharing.agreements import facts, turning
from sharing.agreements.clauses import RUNNING
from sharing.agreements.models import (
    Agreement,
    Collection,
    Generation,
    Party,
    Signature,
    StreamHead,
    Version,
)
from sharing.agreements.policy import Terms, same_or_wider
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.tokens import services as tokens

NUMBERS_LOST = 1_000  # generations that a backup may not know of


def signed_by_all() -> QuerySet[Version]:
    """Proposed Versions that everybody who is party to them has signed."""
    signs = Signature.objects.filter(
        version=OuterRef("version"), organization=OuterRef("organization")
    )
    unsigned = Party.objects.filter(
        ~Exists(signs), version=OuterRef("pk"), left_at__isnull=True
    )
    any_signature = Signature.objects.filter(version=OuterRef("pk"))
    return Version.objects.filter(
        ~Exists(unsigned), Exists(any_signature), state=Version.State.PROPOSED
    )


def arrange(agreement: Agreement) -> None:
    """Announce the Version that takes effect next; another one that was is no longer."""
    coming = _next(agreement)
    if coming is None or coming.pk != agreement.next_version_id:
        withdraw(agreement)
    if coming is None or agreement.active_version is None:
        return
    agreement.next_version = coming
    agreement.save(update_fields=["next_version"])
    old, new = (
        terms_by_collection(agreement.active_version),
        terms_by_collection(coming),
    )
    narrowed = [
        pk for pk in old.keys() & new.keys() if not same_or_wider(old[pk], new[pk])
    ]
    turning.give_way(narrowed, coming.effective_from)
    built = Generation.objects.filter(
        collection__in=narrowed, state=Generation.State.BUILDING, rotation=False
    )
    ahead = Collection.objects.filter(pk__in=narrowed).exclude(
        pk__in=built.values("collection")
    )
    for collection in ahead.order_by("pk"):
        begin_generation(
            collection, coming, Generation.State.BUILDING, coming.effective_from
        )
    for moment in (now(), *_ends(new, coming)):
        publish(Kind.VERSION_ANNOUNCED, not_before=moment, version=str(coming.pk))


def withdraw(agreement: Agreement) -> None:
    """Nothing is announced any more; nobody will be served what was built for it."""
    if agreement.next_version_id is not None:
        agreement.next_version = None
        agreement.save(update_fields=["next_version"])
    Generation.objects.filter(
        collection__agreement=agreement,
        state=Generation.State.BUILDING,
        rotation=False,
    ).update(state=Generation.State.WITHDRAWN)


def _next(agreement: Agreement) -> Version | None:
    """The first that takes effect while the Version in force is."""
    active = agreement.active_version
    if active is None or agreement.state not in RUNNING:
        return None
    signed = signed_by_all().filter(
        agreement=agreement, number__gt=active.number, effective_from__gt=now()
    )
    if active.effective_until is not None:
        signed = signed.filter(effective_from__lte=active.effective_until)
    return signed.order_by("effective_from", "-number").first()


def _ends(terms: dict[UUID, Terms], version: Version) -> Iterator[datetime]:
    """The embargoes that end before the Version takes effect."""
    ends = {each.embargo_until for each in terms.values()}
    moment = now()
    return (end for end in ends if end and moment < end < version.effective_from)


def terms_by_collection(version: Version) -> dict[UUID, Terms]:
    """The terms of a Version's clauses, by the open collection they feed."""
    parties = facts.signatories([version.pk])[version.pk]
    return {
        clause.collection_id: facts.terms_of(
            clause, version.agreement, version.number, parties
        )
        for clause in version.clauses.filter(collection__state=Collection.State.OPEN)
        if clause.collection_id is not None
    }


def _step(last: Generation) -> int:
    """To a number that no generation had of which a restored hub does not know."""
    lost = StreamHead.objects.filter(generation=last, lost_from__isnull=False)
    return NUMBERS_LOST if lost.exists() else 1


def begin_generation(
    collection: Collection,
    version: Version,
    state: Generation.State,
    effective_from: datetime,
    *,
    rotation: bool = False,
) -> Generation:
    """The next generation of a collection, empty, with keys of its own."""
    last = collection.generations.order_by("-number").first()
    number = last.number + _step(last) if last else 1
    generation = Generation.objects.create(
        collection=collection,
        number=number,
        state=state,
        effective_from=effective_from,
        version=version,
        rotation=rotation,
        created_at=now(),
    )
    StreamHead.objects.create(generation=generation)
    tokens.create_generation_root(collection.pk, number)
    return generation
