"""Who may read and give from now on: Grants, their ends (Notices), and permissions.

The caller holds the lock on the agreement. `begin()` locks the heads of its streams, so
that an ended Grant can say how far it went: nothing later is for its recipient.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orgs.access import Permission, grant, revoke_all
from orgs.accounts.actor import Role
from sharing.agreements import facts, selectors
from sharing.agreements.models import Agreement, Clause, Collection, Generation, Grant
from sharing.agreements.policy import Terms, admit
from sharing.agreements.terms import RecipientFacts
from sharing.vocabulary import PURGE_DEADLINE

READ_ROLES = {
    Permission.VIEW_COLLECTION: (Role.ANALYST, Role.MANAGER),
    Permission.KEYS_COLLECTION: (Role.MANAGER,),
}
GIVE_ROLES = {Permission.CONTRIBUTE_COLLECTION: (Role.ANALYST, Role.MANAGER)}
REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """The moment at which rights change, and how far each stream had come by then."""

    moment: datetime
    reached: Mapping[UUID, tuple[int, int]]  # by collection: generation number, seq


def begin(agreement: Agreement, moment: datetime) -> Turn:
    """Lock all streams of an agreement: whoever writes to them waits, then asks again."""
    current = Generation.objects.filter(
        collection__agreement=agreement, state__in=selectors.CURRENT
    )
    generations = {each.pk: each for each in current.order_by("number")}
    seqs = {head.pk: head.next_seq - 1 for head in selectors.lock_heads([*generations])}
    reached = {
        each.collection_id: (each.number, seqs[pk])
        for pk, each in generations.items()
        if each.state == Generation.State.LIVE
    }
    return Turn(moment, reached)


def regrant(
    clause: Clause, terms: Terms, parties: facts.Signatories, turn: Turn, *, gone: str
) -> None:
    """Grants and permissions as the terms have it; `gone` tells who is no party now."""
    collection = clause.collection
    assert collection is not None  # noqa: S101 - a clause in force feeds one
    refused: dict[UUID, str] = {}
    for party in parties:
        admission = admit(terms, party)
        if admission.permitted:
            _open(collection, clause, party, turn.moment)
        else:
            refused[party.organization_id] = " ".join(admission.reasons)
        _permit(collection, terms, party.organization_id, reads=admission.permitted)
    present = {party.organization_id for party in parties}
    for held in collection.grants.filter(valid_until__isnull=True):
        if held.recipient_id in refused:
            end(held, refused[held.recipient_id], turn)
        elif held.recipient_id not in present:
            end(held, gone, turn)
            revoke_all(collection, held.recipient_id)


def end(held: Grant, reason: str, turn: Turn) -> None:
    """End a Grant; it becomes a Notice that only its recipient sees."""
    held.valid_until, held.purge_by = turn.moment, turn.moment + PURGE_DEADLINE
    held.reason = shortened(reason)
    held.notice, held.acked_at = uuid.uuid4(), None
    reached = turn.reached.get(held.collection_id)
    held.until_generation, held.until_seq = reached or (None, None)
    held.save()


def close(collection: Collection, reason: str, turn: Turn, *, final: bool) -> None:
    """End a stream and all Grants on it.

    What is not final, a new Version can continue: in a new generation.
    """
    if final:
        collection.state = Collection.State.CLOSED
        collection.save(update_fields=["state"])
    streams = collection.generations
    streams.filter(state=Generation.State.BUILDING).update(
        state=Generation.State.WITHDRAWN  # nobody was served it, nobody will be
    )
    streams.filter(state=Generation.State.LIVE).update(state=Generation.State.CLOSED)
    for held in collection.grants.filter(valid_until__isnull=True):
        end(held, reason, turn)
    versions = collection.agreement.versions
    parties = versions.values_list("parties__organization", flat=True)
    for party in set(parties) - {None}:
        revoke_all(collection, party)


def allow(
    roles: Mapping[Permission, tuple[Role, ...]],
    organization_id: UUID,
    obj: Agreement | Collection,
) -> None:
    for permission, holders in roles.items():
        grant(permission, organization_id=organization_id, roles=holders, obj=obj)


def shortened(reason: str) -> str:
    return reason if len(reason) <= REASON_MAX else reason[: REASON_MAX - 1] + "…"


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
        held.notice = held.until_generation = held.until_seq = None
    held.clause = clause
    held.save()


def _permit(
    collection: Collection, terms: Terms, organization_id: UUID, *, reads: bool
) -> None:
    revoke_all(collection, organization_id)
    if reads:
        allow(READ_ROLES, organization_id, collection)
    if organization_id in terms.contributors and not terms.void:
        allow(GIVE_ROLES, organization_id, collection)
