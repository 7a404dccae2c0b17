"""Hold what is too much for one person; a second one lets it through, or refuses it."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Min, Q, Sum

from hub.lib.clock import now
from hub.lib.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from orgs.access import need, scope
from orgs.accounts.actor import SYSTEM, Actor, Right
from orgs.accounts.rights import need_code, need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.members.selectors import belongs
from orgs.models import Organization
from sharing import vocabulary as v
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.intake import guard
from sharing.intake.guard import Cause, Past, Wait
from sharing.intake.models import Chunk, DayCount, HeldBatch, Submission

REASON_CHARACTERS = 400
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
LAPSED = f"Nobody let it through within {v.HELD_FOR.days} days."
TAKEN_BACK = "Taken back by the organization itself."

_COUNT = """
INSERT INTO sharing_daycount AS d (owner_id, day, passed, approved)
VALUES (%(owner)s, %(day)s, %(passed)s, %(approved)s)
ON CONFLICT (owner_id, day) DO UPDATE
   SET passed = d.passed + excluded.passed, approved = d.approved + excluded.approved
"""


def check(batch: Submission, lines: int) -> Wait | None:
    """Judge a submission of `lines` that say something new; count it, or hold it.

    In the caller's transaction and scope. The organization's row stays locked until its
    end: of two submissions at once the second is judged knowing the first.
    """
    member = Organization.objects.select_for_update(no_key=True).get(pk=batch.owner_id)
    wait = guard.judge(_past(member), lines)
    if wait is None:
        _count(batch.owner_id, passed=lines)
        return None
    HeldBatch.objects.create(
        id=batch.id,
        submission=batch,
        owner_id=batch.owner_id,
        maker_id=batch.sent_by,
        cause=wait.cause,
        reason=wait.reason,
        lines=lines,
        held_at=batch.created_at,
    )
    batch.state = Submission.State.HELD
    batch.save(update_fields=["state"])
    return wait


def foresee(owner_id: UUID, lines: int) -> Wait | None:
    """What `check` would say of so many lines now; nothing is counted, nothing held."""
    return guard.judge(_past(Organization.objects.get(pk=owner_id)), lines)


def _past(member: Organization) -> Past:
    today = now().date()
    current, before = guard.span(today)
    earlier = Q(day__gte=before, day__lt=current)
    days = DayCount.objects.filter(owner=member).aggregate(
        first=Min("day"),
        week=Sum("passed", filter=Q(day__gte=current), default=0),
        total=Sum(F("passed") + F("approved"), filter=earlier, default=0),
    )
    new = Q(cause=Cause.NEW_MEMBER, state=HeldBatch.State.APPROVED)
    held = HeldBatch.objects.filter(owner=member).aggregate(
        approved=Sum("lines", filter=new, default=0),
        waiting=Sum("lines", filter=Q(state=HeldBatch.State.WAITING), default=0),
    )
    return Past(
        vouched=member.vouched,
        approved=held["approved"],
        passed=days["week"],
        waiting=held["waiting"],
        usual=guard.usual(days["total"], days["first"], today),
    )


def _count(owner_id: UUID, *, passed: int = 0, approved: int = 0) -> None:
    if passed or approved:
        given: dict[str, Any] = {"owner": owner_id, "day": now().date()}
        given |= {"passed": passed, "approved": approved}
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, given)


def approve(*, actor: Actor, submission_id: UUID) -> None:
    """A second person lets a held submission through: its lines are worked off now.

    Hub staff, or for a mere rise a manager of the organization who did not send it; with
    a code of their second factor, for a stolen session is no second person.
    """
    known = _known(actor, submission_id)
    with scope(known.owner_id):
        check_second(actor, known)
        need_code(actor)
        held = _waiting(known.pk)
        _end(held, actor, HeldBatch.State.APPROVED, Submission.State.ACCEPTING)
        _count(held.owner_id, approved=held.lines)
        _record(actor, Verb.SUBMISSION_APPROVE, held)


def refuse(*, actor: Actor, submission_id: UUID, reason: str = "") -> None:
    """A held submission will never be shared; its sealed lines are erased.

    Whoever sent it may do that too: taking back needs no second person.
    """
    said = _said(reason)
    known = _known(actor, submission_id)
    with scope(known.owner_id):
        own = check_refusing(actor, known)
        held = _waiting(known.pk)
        if not said and not own:
            raise _bad("missing", "Say why: whoever sent it reads this.")
        state = Submission.State.REFUSED
        _end(held, actor, HeldBatch.State.REFUSED, state, said or TAKEN_BACK)
        _record(actor, Verb.SUBMISSION_REFUSE, held)


def lapse(moment: datetime | None = None) -> int:
    """What waited for 14 days is refused; returns how many submissions that were."""
    before = (moment or now()) - v.HELD_FOR
    due = HeldBatch.objects.filter(state=HeldBatch.State.WAITING, held_at__lte=before)
    return sum(_lapse(held) for held in list(due.order_by("held_at")))


def _lapse(known: HeldBatch) -> bool:
    with scope(known.owner_id):
        try:
            held = _waiting(known.pk)
        except Conflict:
            return False
        state = Submission.State.REFUSED
        _end(held, SYSTEM, HeldBatch.State.LAPSED, state, LAPSED)
        _record(SYSTEM, Verb.SUBMISSION_LAPSE, held)
        return True


def allowed(actor: Actor, submission_id: UUID) -> tuple[bool, bool]:
    """Whether the actor may let it through now, and whether it may refuse it."""
    held = _known(actor, submission_id)
    if held.state != HeldBatch.State.WAITING:
        return False, False
    return _passes(check_second, actor, held), _passes(check_refusing, actor, held)


def _passes(check: Callable[..., object], actor: Actor, held: HeldBatch) -> bool:
    try:
        check(actor, held)
    except Forbidden:
        return False
    return True


def check_approving(actor: Actor, submission_id: UUID) -> None:
    """Refuse whoever cannot let it through whatever code they give."""
    check_second(actor, _known(actor, submission_id))


def is_own(actor: Actor, submission_id: UUID) -> bool:
    """Whether the actor decides for its own organization, not as hub staff."""
    return _known(actor, submission_id).owner_id == actor.organization_id


def check_second(actor: Actor, held: HeldBatch) -> None:
    """Refuse whoever is not the second person that this submission waits for."""
    if actor.user_id is None:
        raise Forbidden("A person lets a held submission through, not a credential.")
    if actor.organization_id != held.owner_id:
        _check_staff(actor, held)
        return
    need(actor, Right.WITHDRAW)
    if held.cause != Cause.RISE:
        raise Forbidden("Hub staff let the first lines of a new member through.")
    if actor.user_id == held.maker_id:
        raise Forbidden("A second person must let it through: you sent it yourself.")


def _check_staff(actor: Actor, held: HeldBatch) -> None:
    need_staff(actor)
    if actor.user_id == held.maker_id or belongs(actor.user_id, held.owner_id):
        raise Forbidden("You belong to this organization: other staff must decide.")


def check_refusing(actor: Actor, held: HeldBatch) -> bool:
    """Refuse whoever may not refuse; says whether it is the organization's own doing."""
    own = actor.organization_id == held.owner_id
    if not own:
        need_staff(actor)
    elif actor.user_id is None or actor.user_id != held.maker_id:
        need(actor, Right.WITHDRAW)
    return own


def _known(actor: Actor, submission_id: UUID) -> HeldBatch:
    """The held submission as far as the actor may know of it: its own, or as staff all."""
    held = HeldBatch.objects.filter(pk=submission_id).first()
    if held is None or not (actor.is_staff or actor.organization_id == held.owner_id):
        raise NotFound("No such submission was held here.")
    return held


def _waiting(pk: UUID) -> HeldBatch:
    held = HeldBatch.objects.select_for_update().get(pk=pk)
    if held.state != HeldBatch.State.WAITING:
        raise Conflict("This submission was decided already.")
    return held


def _end(
    held: HeldBatch,
    actor: Actor,
    state: HeldBatch.State,
    becomes: Submission.State,
    refusal: str = "",
) -> None:
    """Write the decision down and ring for every chunk: to be accepted, or erased."""
    moment = now()
    held.state, held.decided_at, held.decided_by_id = state, moment, actor.user_id
    held.save(update_fields=["state", "decided_at", "decided_by"])
    batch = Submission.objects.select_for_update().get(pk=held.submission_id)
    batch.state, batch.refusal = becomes, refusal
    batch.done_at = moment if becomes == Submission.State.REFUSED else None
    batch.save(update_fields=["state", "refusal", "done_at"])
    numbers = Chunk.objects.filter(submission=batch).values_list("number", flat=True)
    ring(batch, list(numbers))


def ring(batch: Submission, numbers: list[int]) -> None:
    """Say that these chunks of a submission are to be worked."""
    for number in numbers:
        publish(
            Kind.CHUNK_RECEIVED,
            shard=batch.ordinal + number,
            owner=str(batch.owner_id),
            submission=batch.ordinal,
            number=number,
        )


def _record(actor: Actor, verb: Verb, held: HeldBatch) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        subject=held.pk,
        organization_id=held.owner_id,
        lines=held.lines,
        cause=held.cause,
    )


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if _CONTROLS.search(said):
        raise _bad("bad-text", "A reason holds no control characters.")
    if len(said) > REASON_CHARACTERS:
        raise _bad("too-long", f"A reason has at most {REASON_CHARACTERS} characters.")
    return said


def _bad(code: str, detail: str) -> Invalid:
    error: FieldError = {"field": "reason", "code": code, "detail": detail}
    return Invalid(detail, errors=[error])
