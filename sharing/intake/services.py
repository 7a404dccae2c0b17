"""Take a submission: seal its lines, write it down whole, answer; overrule a stop."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hub.lib.canonical import canonical
from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden, Invalid, Malformed, NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.members.selectors import organization_ids
from sharing import vocabulary as v
from sharing.events.kinds import Kind
from sharing.events.services import publish
from sharing.indicators.claims import Outcome
from sharing.intake import holding, reading
from sharing.intake.fields import BadFieldError, Defaults, defaults_of
from sharing.intake.mending import to_wait
from sharing.intake.models import Chunk, LineProblem, Submission, Undo
from sharing.intake.parsing import may_name_audience, takes_back
from sharing.intake.rawlines import RawLine
from sharing.intake.sealing import open_lines, place, seal_lines
from sharing.tokens import services as tokens


@dataclass(slots=True)
class _Body:
    """A body as it will be stored: sealed chunks, and what a repeat is told by."""

    id: UUID
    chunks: list[bytes]
    lines: int
    returns: list[int]  # of each chunk, how many lines only take back
    names_audiences: bool
    fingerprint: bytes


def submit(
    *,
    actor: Actor,
    stream: Iterable[bytes],
    content_type: str,
    content_encoding: str = "",
    defaults: dict[str, str] | None = None,
    idempotency_key: str | None = None,
) -> tuple[Submission, bool]:
    """Write a submission down; returns it and whether it is new.

    The body is sealed as it is read, 10,000 lines at a time, and written in one
    transaction: all of it or nothing. `defaults` are texts (query parameters): type,
    region and the fields of `intake.fields.SUBMISSION`.
    """
    need(actor, Right.SUBMIT)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    form = reading.format_of(content_type)
    said = {name: text for name, text in (defaults or {}).items() if text}
    read_defaults(said)
    key = _key(idempotency_key)
    body = _read(stream, form, content_encoding, said)
    with scope(actor.organization_id):
        if key is not None and (earlier := _earlier(actor.organization_id, key)):
            if bytes(earlier.fingerprint) != body.fingerprint:
                raise Conflict(
                    "This Idempotency-Key came before with another body.",
                    code="idempotency-key-reused",
                )
            return earlier, False
        return _write(actor, form, said, key, body), True


def read_defaults(said: dict[str, str]) -> Defaults:
    """What a submission says for its lines, or Invalid."""
    try:
        return defaults_of(said)
    except BadFieldError as bad:
        raise Invalid(
            f"{bad.field}: {bad.detail}",
            code="bad-default",
            errors=[{"field": bad.field, "code": bad.code, "detail": bad.detail}],
        ) from None


def _key(text: str | None) -> bytes | None:
    if not text:
        return None
    if len(text) > 255:
        raise Malformed("An Idempotency-Key has at most 255 characters.")
    return tokens.fingerprint("idempotency", text.encode())


def _read(
    stream: Iterable[bytes], form: str, encoding: str, said: dict[str, str]
) -> _Body:
    hasher = hashlib.sha256(canonical([form, said]))
    pieces = _hashed(reading.unpacked(stream, encoding.strip().lower()), hasher)
    body = _Body(uuid.uuid4(), [], 0, [], "audience" in said, b"")
    for some in reading.chunks(reading.lines(pieces, form)):
        body.chunks.append(seal_lines(body.id, len(body.chunks), some))
        body.lines += len(some)
        body.returns.append(sum(map(takes_back, some)))
        body.names_audiences |= any(map(may_name_audience, some))
    if not body.lines:
        raise Invalid("The submission has no line with content.", code="empty")
    body.fingerprint = tokens.fingerprint("submission", hasher.digest())
    return body


def _hashed(pieces: Iterable[bytes], hasher: Any) -> Iterator[bytes]:
    for piece in pieces:
        hasher.update(piece)
        yield piece


def _earlier(owner_id: UUID, key: bytes) -> Submission | None:
    """The submission that came with this key; a second one at once waits here."""
    with connection.cursor() as cursor:
        lock = int.from_bytes(hashlib.sha256(owner_id.bytes + key).digest()[:8], "big")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock - 2**63])
    return Submission.objects.filter(owner_id=owner_id, idempotency_key=key).first()


def _write(
    actor: Actor, form: str, said: dict[str, str], key: bytes | None, body: _Body
) -> Submission:
    assert actor.organization_id is not None  # noqa: S101 - submit() saw to it
    batch = Submission.objects.create(
        id=body.id,
        owner_id=actor.organization_id,
        user_id=actor.user_id,
        credential_id=actor.credential_id,
        format=form,
        defaults=said,
        names_audiences=body.names_audiences,
        may_withdraw=actor.may(Right.WITHDRAW),
        idempotency_key=key,
        fingerprint=body.fingerprint,
        lines=body.lines,
        chunks_open=len(body.chunks),
        created_at=now(),
    )
    wait = holding.check(batch, body.lines - sum(body.returns))
    sealed = body.chunks if wait is None else _to_wait(body, said)
    Chunk.objects.bulk_create(
        [
            Chunk(submission=batch, number=number, sealed=each)
            for number, each in enumerate(sealed)
        ],
        batch_size=20,
    )
    # What takes back never waits: those lines of a held submission are worked at once.
    due = [number for number, n in enumerate(body.returns) if n or not wait]
    holding.ring(batch, due)
    detail: dict[str, Any] = {"held": wait.cause} if wait else {}
    audit.record(
        actor=actor,
        verb=Verb.SUBMISSION_CREATE,
        subject=batch.id,
        lines=body.lines,
        **detail,
    )
    return batch


def _to_wait(body: _Body, said: dict[str, str]) -> Iterator[bytes]:
    """The chunks as they may rest while the submission is held."""
    defaults = defaults_of(said)
    for number, sealed in enumerate(body.chunks):
        lines = open_lines(body.id, number, sealed)
        yield seal_lines(body.id, number, to_wait(lines, defaults))


def overrule(*, actor: Actor, submission_id: UUID, line: int) -> None:
    """A second person lets a line through that a warninglist stopped."""
    need(actor, Right.WITHDRAW)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        batch = (
            Submission.objects.select_for_update()
            .filter(id=submission_id, owner_id=actor.organization_id)
            .first()
        )
        if batch is None:
            raise NotFound
        stop = (
            LineProblem.objects.select_for_update()
            .filter(submission=batch, line=line, outcome=Outcome.STOPPED)
            .first()
        )
        if stop is None:
            raise NotFound
        if Undo.objects.filter(submission=batch).exists():
            raise Conflict("It was undone: send the line again instead.")
        _check_overruling(actor, batch, stop)
        data = tokens.open_blob(
            "line", place(batch.id, line), bytes(stop.sealed_line or b"")
        )
        number = _next_chunk(batch)
        Chunk.objects.create(
            submission=batch,
            number=number,
            sealed=seal_lines(batch.id, number, [RawLine(line, data)]),
            overruled=True,
        )
        batch.chunks_open += 1
        batch.state, batch.done_at = Submission.State.ACCEPTING, None
        batch.save(update_fields=["chunks_open", "state", "done_at"])
        stop.overruled_by_id, stop.overruled_at = actor.user_id, now()
        stop.sealed_line = None
        stop.save(update_fields=["overruled_by", "overruled_at", "sealed_line"])
        publish(
            Kind.CHUNK_RECEIVED,
            owner=str(batch.owner_id),
            submission=batch.ordinal,
            number=number,
        )
        audit.record(actor=actor, verb=Verb.STOP_OVERRULE, subject=batch.id, line=line)


def _check_overruling(actor: Actor, batch: Submission, stop: LineProblem) -> None:
    if actor.user_id is None:
        raise Forbidden("A person overrules a stop, not a credential.")
    if actor.user_id == batch.sent_by:
        raise Forbidden("A second person must overrule: you sent this line yourself.")
    if stop.overruled_at is not None:
        raise Conflict("This stop was overruled already.")
    if stop.sealed_line is None:
        raise Conflict("The line is no longer kept; send it again.", code="not-kept")


def _next_chunk(batch: Submission) -> int:
    """Chunk numbers go on after those of the body, whichever are still there."""
    sent = batch.chunks.filter(overruled=False).values("number")
    body = batch.results.values("number").union(sent).count()
    return body + batch.problems.filter(overruled_at__isnull=False).count()


def forget_bad_lines() -> int:
    """The text of bad lines is kept (sealed) for seven days of mending, no longer."""
    old = now() - v.BAD_LINES_KEPT
    return sum(_forget_bad_lines(owner, old) for owner in organization_ids())


def _forget_bad_lines(owner_id: UUID, old: datetime) -> int:
    with scope(owner_id):
        kept = LineProblem.objects.filter(
            submission__owner=owner_id, sealed_line__isnull=False, created_at__lt=old
        )
        return kept.update(sealed_line=None)
