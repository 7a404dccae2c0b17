"""What a Version makes when it takes effect: streams, Grants, permissions. One transaction.

The caller holds the lock on the agreement; the heads of its streams are locked here, so
that no batch that was decided under the old Version is written after the new one.
A Version that was announced is in force from its second on for whoever reads; that the
database says so too comes after, here.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, Q

from hub.lib.clock import now
from hub.lib.errors import Conflict
from orgs.access import Permission, grant, revoke_all
from orgs.accounts.actor import SYSTEM, Actor, Role
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import announcing, facts, granting, numbering, turning
from sharing.agreements.models import (
    Agreement,
    Clause,
    Collection,
    Generation,
    Party,
    Version,
)
from sharing.agreements.policy import Terms, same_or_wider
from sharing.events.kinds import Kind
from sharing.events.services import publish

log = structlog.get_logger(__name__)

AGREEMENT_ROLES = {
    Permission.VIEW_AGREEMENT: (Role.MANAGER, Role.SIGNATORY, Role.AUDITOR),
    Permission.SIGN_AGREEMENT: (Role.SIGNATORY,),
    Permission.SUSPEND_AGREEMENT: (Role.SIGNATORY,),
}


def catch_up(agreement: Agreement) -> None:
    """Do what is left to do when the time of what was announced has come, in its order.

    Whoever changes anything of an agreement, or writes to its streams, does this first.
    """
    version, moment = agreement.next_version, now()
    if version is not None and version.effective_from <= moment:
        turning.take_over_due(agreement, version.effective_from)
        _catch_up(agreement, version)
    turning.take_over_due(agreement, moment)


def _catch_up(agreement: Agreement, version: Version) -> None:
    try:
        with transaction.atomic():
            activate(agreement, version, actor=SYSTEM)
    except Conflict:
        agreement.refresh_from_db()
        log.warning("version_cannot_take_effect", version=str(version.pk))
        supersede(version)
        announcing.withdraw(agreement)


def catch_up_stream(collection_id: UUID) -> None:
    """The same for the agreement of a collection; before any of its streams is locked."""
    moment = now()
    turns = turning.due(moment).filter(collection=collection_id)
    due = Agreement.objects.filter(
        Q(next_version__effective_from__lte=moment) | Q(Exists(turns)),
        collection=collection_id,
    )
    for agreement in due.select_for_update(of=("self",), no_key=True):
        catch_up(agreement)


def activate(agreement: Agreement, version: Version, *, actor: Actor) -> None:
    """Put a Version into force that every party signed; an older one gives way."""
    announced = agreement.next_version_id == version.pk
    moment = version.effective_from if announced else now()
    old = agreement.active_version
    before = announcing.terms_by_collection(old) if old else {}
    turn = granting.begin(agreement, moment)
    if announced:
        agreement.next_version = None
    else:
        announcing.withdraw(agreement)
    parties = facts.signatories([version.pk])[version.pk]
    _take_over(agreement, version, moment)
    for clause in version.clauses.select_related("collection").order_by("position"):
        collection = _collection(agreement, clause, moment)
        terms = facts.terms_of(clause, agreement, version.number, parties)
        _generation(collection, version, before.pop(collection.pk, None), terms, moment)
        gone = f"“{version}” does not name it any more."
        granting.regrant(clause, terms, parties, turn, gone=gone)
    for dropped in Collection.objects.filter(pk__in=[*before]).order_by("pk"):
        reason = f"“{version}” has no such clause any more."
        granting.close(dropped, reason, turn, final=True)
        publish(
            Kind.COLLECTION_CLOSED, shard=dropped.pk.int, collection=str(dropped.pk)
        )
    _supersede_overtaken(agreement)
    show(agreement, *(party.organization_id for party in parties))
    audit.record(
        actor=actor,
        verb=Verb.AGREEMENT_ACTIVATE,
        subject=version,
        agreement=agreement.pk,
        number=version.number,
    )
    announce(version, Kind.VERSION_TOOK_OVER if announced else Kind.VERSION_ACTIVATED)
    announcing.arrange(agreement)


def show(agreement: Agreement, *organization_ids: UUID) -> None:
    """Let organizations see the agreement, and their signatories sign and suspend it."""
    grant(agreement, dict.fromkeys(organization_ids, AGREEMENT_ROLES))


def _take_over(agreement: Agreement, version: Version, moment: datetime) -> None:
    open_states = (Version.State.DRAFT, Version.State.PROPOSED, Version.State.ACTIVE)
    older = numbering.before(version).filter(state__in=open_states)
    if version.effective_until is not None and version.effective_until <= moment:
        raise Conflict("The time of this version is over already.")
    _drop_lost_parties(agreement, version)
    older.update(state=Version.State.SUPERSEDED)
    version.state, version.activated_at = Version.State.ACTIVE, moment
    version.save(update_fields=["state", "activated_at"])
    agreement.active_version, agreement.title = version, version.text["title"]
    if agreement.state != Agreement.State.SUSPENDED:
        agreement.state = Agreement.State.ACTIVE
        agreement.state_reason, agreement.state_since = "", None
    agreement.save()


def _supersede_overtaken(agreement: Agreement) -> None:
    """Signed texts that go on with a stream that is closed now can never take effect."""
    signed = agreement.versions.filter(
        state=Version.State.PROPOSED, signatures__isnull=False
    ).distinct()
    for version in signed.order_by("number"):
        if continues_closed(version):
            supersede(version)


def continues_closed(version: Version) -> bool:
    closed = version.clauses.exclude(collection__isnull=True)
    return closed.exclude(collection__state=Collection.State.OPEN).exists()


def supersede(version: Version) -> None:
    """Say once and for good that another text took the place of this one."""
    Version.objects.filter(pk=version.pk).update(state=Version.State.SUPERSEDED)
    audit.record(actor=SYSTEM, verb=Verb.AGREEMENT_SUPERSEDE, subject=version)


def _drop_lost_parties(agreement: Agreement, version: Version) -> None:
    """Whoever was party to an older Version and is not to this one sees it no longer.

    Unless it is asked to sign one that was proposed meanwhile.
    """
    older = agreement.versions.filter(number__lt=version.number)
    asked = agreement.versions.filter(
        number__gt=version.number, state=Version.State.PROPOSED
    )
    stay = Party.objects.filter(
        Q(version=version) | Q(version__in=asked), left_at__isnull=True
    ).values("organization")
    lost = Party.objects.filter(version__in=older).exclude(organization__in=stay)
    revoke_all(agreement, *lost.values_list("organization", flat=True))


def hide_from_strangers(agreement: Agreement, organizations: Iterable[UUID]) -> None:
    """Take the agreement from the sight of those that no Version names any more."""
    named = Party.objects.filter(version__agreement=agreement)
    for pk in organizations:
        if not named.filter(organization=pk).exists():
            revoke_all(agreement, pk)


def hide_from_the_uninvited(agreement: Agreement, organization_id: UUID) -> None:
    """Take the agreement from the sight of one that no text it could sign or has names."""
    states = (Version.State.PROPOSED, Version.State.ACTIVE)
    named = Party.objects.filter(
        version__agreement=agreement,
        version__state__in=states,
        organization=organization_id,
        left_at__isnull=True,
    )
    if not named.exists():
        revoke_all(agreement, organization_id)


def _collection(agreement: Agreement, clause: Clause, moment: datetime) -> Collection:
    """The collection that the clause continues, or a new one."""
    disclosure = clause.terms.get("disclosure", "token")
    collection = clause.collection
    if collection is None:
        collection = clause.collection = Collection.objects.create(
            agreement=agreement,
            title=clause.name,
            disclosure=disclosure,
            created_at=moment,
        )
        clause.save(update_fields=["collection"])
        return collection
    if collection.state != Collection.State.OPEN:
        raise Conflict(f"The collection “{collection.title}” was closed meanwhile.")
    collection.title, collection.disclosure = clause.name, disclosure
    collection.save(update_fields=["title", "disclosure"])
    return collection


def _generation(
    collection: Collection,
    version: Version,
    old: Terms | None,
    new: Terms,
    moment: datetime,
) -> None:
    """Go on in the same generation if nothing becomes narrower, else begin the next.

    A stream that had ended, with an agreement that expired, goes on in the next as well.
    What was announced has the next one already.
    """
    live = collection.generations.filter(state=Generation.State.LIVE)
    built = collection.generations.filter(
        state=Generation.State.BUILDING, rotation=False
    )
    if built.exists():
        live.update(state=Generation.State.CLOSED)
        built.update(state=Generation.State.LIVE)
        return
    if old is not None and same_or_wider(old, new) and live.exists():
        return
    turning.give_way([collection.pk], moment)
    live.update(state=Generation.State.CLOSED)
    announcing.begin_generation(collection, version, Generation.State.LIVE, moment)


def announce(version: Version, kind: Kind = Kind.VERSION_ACTIVATED) -> None:
    """Say so now, and once more when an embargo is over: then its claims come in."""
    publish(kind, version=str(version.pk))
    moment = now()
    parties = facts.signatories([version.pk])[version.pk]
    ends = {
        facts.terms_of(clause, version.agreement, version.number, parties).embargo_until
        for clause in version.clauses.all()
    }
    for end in sorted(each for each in ends if each and each > moment):
        publish(Kind.VERSION_ACTIVATED, not_before=end, version=str(version.pk))
