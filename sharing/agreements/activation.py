"""What a Version makes when it takes effect: streams, Grants, permissions. One transaction.

The caller holds the lock on the agreement; the heads of its streams are locked here, so
that no batch that was decided under the old Version is written after the new one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from hub.lib.clock import now
from hub.lib.errors import Conflict
from orgs.access import Permission, grant, revoke_all
from orgs.accounts.actor import Actor, Role
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements import facts, selectors
from sharing.agreements.models import (
    Agreement,
    Clause,
    Collection,
    Generation,
    Grant,
    Party,
    StreamHead,
    Version,
)
from sharing.agreements.policy import Terms, admit, same_or_wider
from sharing.agreements.terms import RecipientFacts
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.tokens import services as tokens
from sharing.vocabulary import PURGE_DEADLINE

AGREEMENT_ROLES = {
    Permission.VIEW_AGREEMENT: (Role.MANAGER, Role.SIGNATORY, Role.AUDITOR),
    Permission.SIGN_AGREEMENT: (Role.SIGNATORY,),
    Permission.SUSPEND_AGREEMENT: (Role.SIGNATORY,),
}
READ_ROLES = {
    Permission.VIEW_COLLECTION: (Role.ANALYST, Role.MANAGER),
    Permission.KEYS_COLLECTION: (Role.MANAGER,),
}
GIVE_ROLES = {Permission.CONTRIBUTE_COLLECTION: (Role.ANALYST, Role.MANAGER)}
REASON_MAX = 200


def activate(agreement: Agreement, version: Version, *, actor: Actor) -> None:
    """Put a Version into force that every party signed; an older one gives way."""
    moment = now()
    before = _in_force(agreement)
    _lock_streams(agreement)
    parties = facts.signatories([version.pk])[version.pk]
    _take_over(agreement, version, moment)
    for clause in version.clauses.select_related("collection").order_by("position"):
        collection = _collection(agreement, clause, moment)
        terms = facts.terms_of(clause, agreement, version.number, parties)
        _generation(collection, version, before.pop(collection.pk, None), terms, moment)
        _grants(collection, clause, terms, parties, moment)
    for dropped in before:
        _close(dropped, f"“{version}” has no such clause any more.", moment)
    for party in parties:
        show(agreement, party.organization_id)
    audit.record(
        actor=actor,
        verb=Verb.AGREEMENT_ACTIVATE,
        subject=version,
        agreement=agreement.pk,
        number=version.number,
    )
    _announce(version)


def show(agreement: Agreement, organization_id: UUID) -> None:
    """Let an organization see the agreement, and its signatories sign and suspend it."""
    _allow(AGREEMENT_ROLES, organization_id, agreement)


def _in_force(agreement: Agreement) -> dict[UUID, Terms]:
    """The terms of the Version that gives way, by the collection they feed."""
    old = agreement.active_version
    if old is None:
        return {}
    parties = facts.signatories([old.pk])[old.pk]
    return {
        clause.collection_id: facts.terms_of(clause, agreement, old.number, parties)
        for clause in old.clauses.filter(collection__state=Collection.State.OPEN)
        if clause.collection_id is not None
    }


def _lock_streams(agreement: Agreement) -> None:
    current = Generation.objects.filter(
        collection__agreement=agreement, state__in=selectors.CURRENT
    )
    selectors.lock_heads(current.values_list("pk", flat=True))


def _take_over(agreement: Agreement, version: Version, moment: datetime) -> None:
    open_states = (Version.State.DRAFT, Version.State.PROPOSED, Version.State.ACTIVE)
    older = agreement.versions.filter(number__lt=version.number, state__in=open_states)
    if version.effective_until is not None and version.effective_until <= moment:
        raise Conflict("The time of this version is over already.")
    _drop_lost_parties(agreement, version)
    older.update(state=Version.State.SUPERSEDED)
    version.state, version.activated_at = Version.State.ACTIVE, moment
    version.save(update_fields=["state", "activated_at"])
    agreement.active_version, agreement.title = version, version.text["title"]
    if agreement.state != Agreement.State.SUSPENDED:
        agreement.state = Agreement.State.ACTIVE
    agreement.save(update_fields=["active_version", "title", "state"])


def _drop_lost_parties(agreement: Agreement, version: Version) -> None:
    """Whoever was party to an older Version and is not to this one sees it no longer."""
    older = agreement.versions.filter(number__lt=version.number)
    stay = version.parties.values("organization")
    for party in Party.objects.filter(version__in=older).exclude(organization__in=stay):
        revoke_all(agreement, party.organization_id)


def hide_from_strangers(agreement: Agreement, organizations: Iterable[UUID]) -> None:
    """Take the agreement from the sight of those that no Version names any more."""
    named = Party.objects.filter(version__agreement=agreement)
    for pk in organizations:
        if not named.filter(organization=pk).exists():
            revoke_all(agreement, pk)


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
    """Go on in the same generation if nothing becomes narrower, else begin the next."""
    if old is not None and same_or_wider(old, new):
        return
    last = collection.generations.order_by("-number").first()
    number = last.number + 1 if last else 1
    collection.generations.filter(state__in=selectors.CURRENT).update(
        state=Generation.State.CLOSED
    )
    generation = Generation.objects.create(
        collection=collection,
        number=number,
        state=Generation.State.LIVE,
        effective_from=moment,
        version=version,
        created_at=moment,
    )
    StreamHead.objects.create(generation=generation)
    tokens.create_generation_root(collection.pk, number)


def _grants(
    collection: Collection,
    clause: Clause,
    terms: Terms,
    parties: facts.Signatories,
    moment: datetime,
) -> None:
    """Who may read from now on; whose Grant ends, with the reason and what to purge by."""
    refused: dict[UUID, str] = {}
    for party in parties:
        admission = admit(terms, party)
        if admission.permitted:
            _open(collection, clause, party, moment)
        else:
            refused[party.organization_id] = " ".join(admission.reasons)
        _permit(collection, terms, party.organization_id, reads=admission.permitted)
    gone = f"“{clause.version}” does not name it any more."
    present = {party.organization_id for party in parties}
    for held in collection.grants.filter(valid_until__isnull=True):
        if held.recipient_id in refused:
            _end(held, refused[held.recipient_id], moment)
        elif held.recipient_id not in present:
            _end(held, gone, moment)
            revoke_all(collection, held.recipient_id)


def _open(
    collection: Collection, clause: Clause, party: RecipientFacts, moment: datetime
) -> None:
    """A Grant that goes on keeps its beginning; one that had ended begins anew."""
    held, new = Grant.objects.get_or_create(
        collection=collection,
        recipient_id=party.organization_id,
        defaults={"clause": clause, "valid_from": moment},
    )
    if new:
        return
    if held.valid_until is not None:
        held.valid_from, held.valid_until = moment, None
        held.reason, held.purge_by, held.acked_at = "", None, None
    held.clause = clause
    held.save()


def _end(held: Grant, reason: str, moment: datetime) -> None:
    held.valid_until, held.purge_by = moment, moment + PURGE_DEADLINE
    held.reason = (
        reason if len(reason) <= REASON_MAX else reason[: REASON_MAX - 1] + "…"
    )
    held.acked_at = None
    held.save()


def _permit(
    collection: Collection, terms: Terms, organization_id: UUID, *, reads: bool
) -> None:
    revoke_all(collection, organization_id)
    if reads:
        _allow(READ_ROLES, organization_id, collection)
    if organization_id in terms.contributors and not terms.void:
        _allow(GIVE_ROLES, organization_id, collection)


def _allow(
    roles: Mapping[Permission, tuple[Role, ...]],
    organization_id: UUID,
    obj: Agreement | Collection,
) -> None:
    for permission, holders in roles.items():
        grant(permission, organization_id=organization_id, roles=holders, obj=obj)


def _close(collection_id: UUID, reason: str, moment: datetime) -> None:
    """A clause was dropped: its stream ends, and what was read of it is to be purged."""
    collection = Collection.objects.get(pk=collection_id)
    collection.state = Collection.State.CLOSED
    collection.save(update_fields=["state"])
    collection.generations.filter(state__in=selectors.CURRENT).update(
        state=Generation.State.CLOSED
    )
    for held in collection.grants.filter(valid_until__isnull=True):
        _end(held, reason, moment)
    for party in collection.agreement.versions.values_list(
        "parties__organization", flat=True
    ).distinct():
        if party is not None:
            revoke_all(collection, party)


def _announce(version: Version) -> None:
    """Say so now, and once more when an embargo is over: then its claims come in."""
    publish(Kind.VERSION_ACTIVATED, version=str(version.pk))
    moment = now()
    parties = facts.signatories([version.pk])[version.pk]
    ends = {
        facts.terms_of(clause, version.agreement, version.number, parties).embargo_until
        for clause in version.clauses.all()
    }
    for end in sorted(each for each in ends if each and each > moment):
        publish(Kind.VERSION_ACTIVATED, not_before=end, version=str(version.pk))
