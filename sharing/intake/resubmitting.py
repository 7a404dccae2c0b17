"""Mend faulty lines: what was sent is shown for a week to those who may send it again."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db.models import QuerySet

from hub.lib.errors import Invalid, NotFound
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.indicators.claims import Op
from sharing.intake import services
from sharing.intake.models import LineProblem, Submission
from sharing.intake.rawlines import UNREADABLE
from sharing.intake.sealing import place
from sharing.intake.tables import FIELDS
from sharing.tokens import services as tokens

AT_ONCE = 200  # lines of one request
NDJSON = "application/x-ndjson"
NOTHING = "Change at least one line that can still be mended."


def originals(
    actor: Actor, submission_id: UUID, lines: Iterable[int]
) -> dict[int, str]:
    """Lines as they were sent, of those that are still kept: plain text, or JSON."""
    need(actor, Right.SUBMIT)
    with scope(actor.organization_id):
        batch = _own(actor, submission_id)
        return {
            row.line: text
            for row in _kept(batch, lines)
            if (text := editable(_opened(batch, row)))
        }


def cells(text: str, defaults: Mapping[str, str]) -> dict[str, str]:
    """The fields of such a line, as a table has them; what is none is `original`.

    What it did not say itself, its submission said for it: a table says it for each row,
    so that it is sent again under the same terms whatever is chosen beside it.
    """
    found = _cells(text)
    plain = "original" not in found and found.get("op", Op.SUBMIT) == Op.SUBMIT
    return {**defaults, **found} if plain else found


def _cells(text: str) -> dict[str, str]:
    try:
        said: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        said = None
    if not text.lstrip().startswith("{"):
        return {"value": text}
    if not isinstance(said, dict) or not said.keys() <= {*FIELDS}:
        return {"original": text}
    return {name: _cell(value) for name, value in said.items()}


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    return "" if value is None else str(value)


def resubmit(
    *, actor: Actor, submission_id: UUID, texts: Mapping[int, str]
) -> Submission:
    """Send the lines that were changed again, with the defaults of their submission.

    The faulty lines know where they were mended, and what was kept of them is erased: so
    none is sent twice.
    """
    need(actor, Right.SUBMIT)
    with scope(actor.organization_id):
        batch = _own(actor, submission_id)
        rows = list(_kept(batch, texts).select_for_update(of=("self",)))
        found = {row: _mended(_opened(batch, row), texts[row.line]) for row in rows}
        changed = {row: data for row, data in found.items() if data is not None}
        if not changed:
            raise Invalid(NOTHING, code="empty")
        new, _ = services.submit(
            actor=actor,
            stream=[b"\n".join(changed.values())],
            content_type=NDJSON,
            defaults=batch.defaults,
        )
        LineProblem.objects.filter(pk__in=[row.pk for row in changed]).update(
            mended_in=new, sealed_line=None
        )
        audit.record(
            actor=actor,
            verb=Verb.SUBMISSION_MEND,
            subject=batch.id,
            lines=len(changed),
        )
        return new


def _own(actor: Actor, submission_id: UUID) -> Submission:
    row = Submission.objects.filter(
        id=submission_id, owner_id=actor.organization_id
    ).first()
    if row is None:
        raise NotFound("You have no such submission.")
    return row


def _kept(batch: Submission, lines: Iterable[int]) -> QuerySet[LineProblem]:
    return LineProblem.objects.filter(
        submission=batch, line__in=[*lines], sealed_line__isnull=False
    ).order_by("line")


def _opened(batch: Submission, row: LineProblem) -> bytes:
    where = place(batch.id, row.line)
    return tokens.open_blob("line", where, bytes(row.sealed_line or b""))


def editable(data: bytes) -> str:
    """A line as somebody changes it: the text alone where it is one, else as it came."""
    try:
        said = orjson.loads(data)
    except orjson.JSONDecodeError:
        return data.decode("utf-8", "replace")
    if isinstance(said, str):
        return said
    if isinstance(said, dict):
        if said.keys() & UNREADABLE.keys():
            return ""
        if said.keys() == {"value"} and isinstance(said["value"], str):
            return str(said["value"])
    return data.decode("utf-8", "replace")


def _mended(data: bytes, text: str) -> bytes | None:
    """The line as it is sent again; None where nothing was changed."""
    said, before = _one_line(text), _one_line(editable(data))
    if not said or said == before:
        return None
    return said.encode() if said.startswith("{") else orjson.dumps(said)


def _one_line(text: str) -> str:
    """As a field of a page gives it back: without ends of lines, which JSON can spare."""
    return re.sub(r"[\r\n]+", "", text).strip()
