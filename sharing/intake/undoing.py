"""Undo a submission within its window: asked for here, done record by record."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, NotFound
from orgs.access import need, scope
from orgs.accounts.actor import SYSTEM, Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements.circles import circles, contributed
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.indicators import reverting
from sharing.indicators.reverting import Reverted
from sharing.intake import remembering
from sharing.intake.models import Submission, Undo, UndoRecord
from sharing.intake.window import Objection, Standing, refusal

NOT_YOURS = "Who sent it may undo it, and whoever has the right “withdraw”."


class Fetched(NamedTuple):
    """How many of the claims a recipient was served before they were undone."""

    collection: UUID
    recipient: UUID
    claims: int


@dataclass(frozen=True, slots=True)
class FetchedBy:
    """The same with names."""

    organization: str
    collection: str
    claims: int


@dataclass(frozen=True, slots=True)
class Undone:
    """How far an undo is, and what came of it."""

    asked_at: datetime
    done_at: datetime | None
    withdrawn: int
    restored: int
    without_text: int
    later: int
    frozen: int
    fetched: tuple[FetchedBy, ...] | None  # as far as one may know of them; None: not


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whether the actor may undo it now: until when, or why not."""

    until: datetime | None
    why_not: str


def outlook(actor: Actor, submission_id: UUID) -> Outlook:
    """What `undo` would say now."""
    with scope(actor.organization_id):
        batch = _own(actor, submission_id)
        if not (actor.may(Right.SUBMIT) or actor.may(Right.WITHDRAW)):
            return Outlook(None, "")
        if (why := _refusal(batch)) is not None:
            return Outlook(None, why.sentence)
        if not _may(actor, batch):
            return Outlook(None, NOT_YOURS)
        return Outlook(batch.undo_until, "")


def undo(*, actor: Actor, submission_id: UUID) -> None:
    """Take back all that a submission brought, as far as nobody changed it since.

    Asked again it changes nothing. Each chunk is undone in a transaction of its own.
    """
    if actor.organization_id is None:
        need(actor, Right.SUBMIT)
    with scope(actor.organization_id):
        batch = _own(actor, submission_id, lock=True)
        if Undo.objects.filter(submission=batch).exists():
            _check_right(actor, batch)
            return
        _check(actor, batch)
        Undo.objects.create(
            submission=batch,
            user_id=actor.user_id,
            credential_id=actor.credential_id,
            asked_at=now(),
        )
        _go_on(batch)
        audit.record(
            actor=actor, verb=Verb.SUBMISSION_UNDO, subject=batch.id, lines=batch.lines
        )


def _own(actor: Actor, submission_id: UUID, *, lock: bool = False) -> Submission:
    rows = Submission.objects.filter(
        id=submission_id, owner_id=actor.organization_id
    ).select_related("undo")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.first()
    if row is None:
        if not (actor.may(Right.SUBMIT) or actor.may(Right.WITHDRAW)):
            raise Forbidden(NOT_YOURS)
        raise NotFound("You have no such submission.")
    return row


def _check(actor: Actor, batch: Submission) -> None:
    _check_right(actor, batch)
    if (why := _refusal(batch)) is not None:
        raise Conflict(why.sentence, code=why.code)


def _refusal(batch: Submission) -> Objection | None:
    standing = Standing(
        batch.state,
        batch.undo_until,
        undone=hasattr(batch, "undo"),
        touched=batch.undoable.filter(left=False).exists(),
    )
    return refusal(standing, now())


def _check_right(actor: Actor, batch: Submission) -> None:
    if not _may(actor, batch):
        raise Forbidden(NOT_YOURS)


def _may(actor: Actor, batch: Submission) -> bool:
    """Whoever may take back anything; else only who sent it, and still may send."""
    sent = (batch.user_id, batch.credential_id) == (actor.user_id, actor.credential_id)
    return actor.may(Right.WITHDRAW) or (sent and actor.may(Right.SUBMIT))


def _go_on(batch: Submission) -> None:
    publish(
        Kind.UNDO_DUE,
        shard=batch.ordinal,
        owner=str(batch.owner_id),
        submission=batch.ordinal,
    )


def take_back(owner_id: UUID, submission: int) -> list[UUID]:
    """Undo the next record, in the caller's transaction and scope.

    Returns the claims that changed. The record goes with it, so that nothing is done
    twice, and after the last one the undo is done.
    """
    undo = (
        Undo.objects.select_for_update(of=("self",))
        .select_related("submission")
        .filter(submission=submission, done_at__isnull=True)
        .first()
    )
    if undo is None:
        return []
    batch = undo.submission
    due = batch.undoable.filter(left=False).order_by("-id")
    record = due.first()
    found = Reverted() if record is None else _reverted(owner_id, batch, record)
    undo.withdrawn += found.withdrawn
    undo.restored += found.restored
    undo.without_text += found.without_text
    undo.later += len(found.later)
    undo.frozen += len(found.frozen)
    if due.exists():
        _go_on(batch)
    else:
        undo.done_at = now()
        audit.record(
            actor=SYSTEM,
            verb=Verb.SUBMISSION_UNDONE,
            subject=batch.id,
            organization_id=owner_id,
            withdrawn=undo.withdrawn,
            restored=undo.restored,
            later=undo.later,
            frozen=undo.frozen,
        )
    undo.save()
    return found.ids


def _reverted(owner_id: UUID, batch: Submission, record: UndoRecord) -> Reverted:
    before = remembering.opened(batch.id, record)
    earlier = remembering.chained(owner_id, batch.ordinal, before)
    found, changed = reverting.revert(owner_id, batch.ordinal, earlier, now())
    again = {e.id for e in before if e.source and e.source[0] == batch.ordinal}
    left = [
        old if old.id in again else each
        for old, each in zip(before, earlier, strict=True)
        if each.id in found.later
    ]
    if left:
        record.sealed, record.left = (
            remembering.sealed(batch, record.number, left),
            True,
        )
        record.save(update_fields=["sealed", "left"])
    else:
        record.delete()
    if changed is not None:
        publish(Kind.CLAIMS_CHANGED, shard=changed, owner=str(owner_id), batch=changed)
    found.later -= again  # counted with the record that touched it first
    found.frozen -= again
    return found


def tell_fetched(submission: int, more: Iterable[Fetched]) -> None:
    """Add who was served how many of the claims that were just taken back."""
    undo = Undo.objects.get(submission=submission)
    total = Counter({(each[0], each[1]): each[2] for each in undo.fetched})
    for each in more:
        total[str(each.collection), str(each.recipient)] += each.claims
    undo.fetched = [[*where, n] for where, n in sorted(total.items())]
    undo.save(update_fields=["fetched"])


def undone(actor: Actor, row: Undo | None) -> Undone | None:
    """What is told of an undo, in the owner's scope; receipts to those who audit."""
    if row is None:
        return None
    return Undone(
        row.asked_at,
        row.done_at,
        row.withdrawn,
        row.restored,
        row.without_text,
        row.later,
        row.frozen,
        _fetched(actor, row),
    )


def _fetched(actor: Actor, row: Undo) -> tuple[FetchedBy, ...] | None:
    if actor.organization_id is None or not actor.may(Right.AUDIT):
        return None
    return tuple(_named(actor.organization_id, row))


def _named(owner_id: UUID, row: Undo) -> Iterator[FetchedBy]:
    """Hidden parties are neither named nor counted."""
    if not row.fetched:
        return
    titles = {str(each.collection_id): each for each in contributed(owner_id)}
    known = circles(owner_id)
    for collection, recipient, count in row.fetched:
        clause = titles.get(collection)
        parties = known[clause.agreement_id].parties if clause else ()
        for party in parties:
            if clause and str(party.organization_id) == recipient:
                yield FetchedBy(party.name, clause.title, count)
