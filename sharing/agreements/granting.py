"""Who may read and give from now on: Grants, their ends (Notices), and permissions.

The caller holds the lock on the agreement. `begin()` locks the heads of its streams, so
that an ended Grant can say how far it went: nothing later is for its recipient.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from orgs.access import Permission, grant_only, revoke_all
from orgs.accounts.actor import Role
from sharing.agreements import facts, selectors
from sharing.agreements.models import Agreement, Clause, Collection, Generation, Grant
from sharing.agreements.policy import Terms, admit
from sharing.vocabulary import PURGE_DEADLINE

READ_ROLES = {
    Permission.VIEW_COLLECTION: (Role.ANALYST, Role.MANAGER),
    Permission.KEYS_COLLECTION: (Role.MANAGER,),
}
GIVE_ROLES = {Permission.CONTRIBUTE_COLLECTION: (Role.ANALYST, Role.MANAGER)}
REASON_MAX = 200
ANEW: dict[str, Any] = {
    "valid_until": None,
    "reason": "",
    "purge_by": None,
    "acked_at": None,
    "notice": None,
    "until_generation": None,
    "until_seq": None,
}


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
    readers = []
    for party in parties:
        admission = admit(terms, party)
        if admission.permitted:
            readers.append(party.organization_id)
        else:
            refused[party.organization_id] = " ".join(admission.reasons)
    _open(collection, clause, readers, turn.moment)
    giving = frozenset() if terms.void else terms.contributors
    named = [party.organization_id for party in parties]
    wanted = {
        pk: (READ_ROLES if pk in readers else {}) | (GIVE_ROLES if pk in giving else {})
        for pk in named
    }
    for held in collection.grants.filter(valid_until__isnull=True):
        if held.recipient_id in refused:
            end(held, refused[held.recipient_id], turn)
        elif held.recipient_id not in wanted:
            end(held, gone, turn)
            wanted[held.recipient_id] = {}
    grant_only(collection, wanted)


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
    revoke_all(collection, *(set(parties) - {None}))


def shortened(reason: str) -> str:
    return reason if len(reason) <= REASON_MAX else reason[: REASON_MAX - 1] + "…"


def _open(
    collection: Collection, clause: Clause, readers: Iterable[UUID], moment: datetime
) -> None:
    """A Grant that goes on keeps its beginning; one that had ended begins anew."""
    held = collection.grants.filter(recipient__in=readers)
    held.filter(valid_until__isnull=True).update(clause=clause)
    held.filter(valid_until__isnull=False).update(
        clause=clause, **ANEW, valid_from=moment
    )
    known = set(held.values_list("recipient", flat=True))
    Grant.objects.bulk_create(
        Grant(collection=collection, recipient_id=pk, clause=clause, valid_from=moment)
        for pk in readers
        if pk not in known
    )
