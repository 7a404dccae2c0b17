"""Accept claims in bulk; expire them. One set-based statement per batch."""

import uuid
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import F

from hub.lib.clock import now
from orgs.access import scope
from orgs.members.selectors import organization_ids
from sharing import vocabulary as v
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.indicators import staging
from sharing.indicators.claims import Claim, Facts, Line, Outcome, Refusal, fold
from sharing.indicators.models import ClaimBatch, Indicator
from sharing.indicators.reverting import Earlier, remembered
from sharing.indicators.successors import Key, Placed, place
from sharing.indicators.types import hash_only
from sharing.tokens import services as tokens

EXPIRE_AT_ONCE = 10_000


@dataclass(slots=True)
class Accepted:
    """What became of the lines of one chunk."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    refusals: dict[int, Refusal] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)  # lines whose claim had an older index
    batch: int | None = None  # None when nothing changed
    earlier: list[Earlier] = field(default_factory=list)  # what the claims were before
    # Claims of which a newer submission had spoken already, by that submission.
    outdated: dict[int, set[UUID]] = field(default_factory=dict)


@dataclass(slots=True)
class Foreseen:
    """What would become of lines, and the claims that would change: rows in memory."""

    outcomes: dict[int, Outcome]
    refusals: dict[int, Refusal]
    moved: set[int]
    claims: list[Indicator]
    said_in: dict[UUID, int]  # the last line about each of these claims


def accept(
    *,
    owner_id: UUID,
    submission: int,
    lines: Iterable[Line],
    wants_value: Callable[[str, Facts], bool],
) -> Accepted:
    """Fold lines into the owner's claims, in the caller's transaction and scope.

    `wants_value(kind, facts)` says whether an active clause discloses this value now;
    only then, and never of a type that is only hashed, are value and note sealed into
    the vault. Cost: two index look-ups and one row write
    per claim; 1 M lines are 100 calls of 10,000.
    """
    moment, keeps_text, indexer = now(), _hashing(wants_value), tokens.indexer()
    placed = [place(line, indexer.index) for line in lines]
    claims, former = staging.locked(owner_id, *_keys(placed))
    before = {claim.id: copy(claim) for claim in claims.values()}
    found = _folded(placed, claims, former, submission, moment, keeps_text)
    touched = [claim for claim in claims.values() if claim.digest is not None]
    if not touched:
        return found
    found.earlier = [*remembered(before, touched, submission)]
    batch = ClaimBatch.objects.create(
        owner_id=owner_id, cause="accepted", submission=submission, created_at=moment
    )
    sealer = staging.Sealer(tokens.vault(), indexer.epoch, keeps_text)
    if staging.write(owner_id, batch.pk, touched, sealer, moment):
        found.batch = batch.pk
        publish(
            Kind.CLAIMS_CHANGED, shard=batch.pk, owner=str(owner_id), batch=batch.pk
        )
    return found


def foresee(
    *,
    owner_id: UUID,
    lines: Iterable[Line],
    wants_value: Callable[[str, Facts], bool],
) -> Foreseen:
    """What `accept` would make of these lines now; nothing is locked, nothing written."""
    moment, keeps_text, indexer = now(), _hashing(wants_value), tokens.indexer()
    placed = [place(line, indexer.index) for line in lines]
    claims, former = staging.known(owner_id, *_keys(placed))
    found = _folded(placed, claims, former, _LATEST, moment, keeps_text)
    sealer = staging.Sealer(tokens.vault(), indexer.epoch, keeps_text)
    changed = [each for each in claims.values() if each.changed and each.digest]
    return Foreseen(
        found.outcomes,
        found.refusals,
        found.moved,
        [staging.unsaved(owner_id, claim, sealer, moment) for claim in changed],
        {claim.id: claim.source[1] for claim in changed},
    )


_LATEST = 2**62  # a submission that comes after all there are


def _keys(placed: Iterable[Placed]) -> tuple[set[Key], set[Key]]:
    """What lines are about, and the hashes among that which may lead elsewhere."""
    return (
        {key for each in placed for key in each.keys},
        {each.key for each in placed if each.is_older_hash},
    )


def _folded(
    placed: Iterable[Placed],
    claims: dict[Key, Claim],
    former: dict[Key, Key],
    submission: int,
    moment: datetime,
    keeps_text: Callable[[str, Facts], bool],
) -> Accepted:
    """Fold lines, in their order, into the claims that are known."""
    found = Accepted()
    for said in placed:
        each = said.led(claims, former)
        line = each.line
        result = fold(
            line,
            each.known(claims),
            index=each.key[1],
            source=(submission, line.number),
            moment=moment,
            new_id=uuid.uuid4,
            keeps_text=keeps_text,
        )
        if isinstance(result, Refusal):
            found.outcomes[line.number] = Outcome.REJECTED
            found.refusals[line.number] = result
            continue
        claim, found.outcomes[line.number] = result
        if result[1] is Outcome.OUTDATED:
            found.outdated.setdefault(claim.source[0], set()).add(claim.id)
            continue
        if each.settle(claims, claim):
            found.moved.add(line.number)
        former |= dict.fromkeys(each.older, each.key)
    return found


def _hashing(wants_value: Callable[[str, Facts], bool]) -> Callable[[str, Facts], bool]:
    def keeps_text(kind: str, facts: Facts) -> bool:
        return not hash_only(kind) and wants_value(kind, facts)

    return keeps_text


def expire_due(moment: datetime | None = None) -> int:
    """Claims past their time: expired, and on their way to a tombstone."""
    moment = moment or now()
    return sum(_expire(owner, moment) for owner in organization_ids())


def _expire(owner_id: UUID, moment: datetime) -> int:
    total = 0
    while count := _expire_some(owner_id, moment):
        total += count
    return total


def _expire_some(owner_id: UUID, moment: datetime) -> int:
    with scope(owner_id):
        due = Indicator.objects.filter(
            owner_id=owner_id, state=v.State.ACTIVE, valid_until__lte=moment
        ).order_by("type", "index")
        ids = list(
            due.select_for_update(skip_locked=True).values_list("pk", flat=True)[
                :EXPIRE_AT_ONCE
            ]
        )
        if not ids:
            return 0
        batch = ClaimBatch.objects.create(
            owner_id=owner_id, cause="expired", created_at=moment
        )
        Indicator.objects.filter(pk__in=ids).update(
            state=v.State.EXPIRED,
            batch=batch,
            revision=F("revision") + 1,
            updated_at=moment,
        )
        publish(
            Kind.CLAIMS_CHANGED, shard=batch.pk, owner=str(owner_id), batch=batch.pk
        )
        return len(ids)


def forget_values(owner_id: UUID, ids: list[UUID], before: datetime) -> int:
    """Erase clear values and notes from the vault; what is left is the digest.

    What changed since `before`, or changes just now, is left for another time.
    """
    with scope(owner_id):
        old = Indicator.objects.filter(
            owner_id=owner_id, pk__in=ids, updated_at__lt=before
        )
        idle = old.order_by("type", "index").select_for_update(skip_locked=True)
        found = Indicator.objects.filter(pk__in=list(idle.values_list("pk", flat=True)))
        return found.update(value_sealed=None, note_sealed=None)
