"""What would become of a body if it were submitted now: nothing of it is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from hub.lib.errors import Invalid, TooLarge
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing import vocabulary as v
from sharing.indicators import services as indicators
from sharing.indicators.claims import Line, Outcome
from sharing.indicators.models import Indicator
from sharing.indicators.types import hash_only
from sharing.intake import holding, reading
from sharing.intake.fields import Defaults
from sharing.intake.guard import Wait
from sharing.intake.judging import Allowed, ValueClauses, parsed
from sharing.intake.legend import Seen
from sharing.intake.parsing import Trouble, seen_in, takes_back
from sharing.intake.rawlines import UNREADABLE, RawLine
from sharing.intake.services import read_defaults

SHOWN = 300  # characters of a line that cannot be read
LAST = 4  # digits by which one knows a card again


@dataclass(frozen=True, slots=True)
class Body:
    """The lines that are checked, and how many there are beside them."""

    form: str
    defaults: Defaults
    lines: list[RawLine]
    counted: int
    more: bool  # there are more than were counted
    claiming: int  # of the counted, those that do more than take back


@dataclass(frozen=True, slots=True)
class CheckedLine:
    number: int
    outcome: Outcome
    seen: Seen | None  # what it was read as, as far as it was
    text: str  # in its normal form, or as it was written
    field: str  # that is at fault, if one is
    code: str
    detail: str
    warned: tuple[str, ...]  # warninglists that know it without stopping it
    same_as: int | None  # the first line of the batch about the same


@dataclass(frozen=True, slots=True)
class Checked:
    body: Body
    lines: list[CheckedLine]
    claims: list[Indicator]  # that would change, as they would be: rows in memory
    said_in: dict[UUID, int]  # the line that says it
    wait: Wait | None  # why it would wait for a second person

    def count(self, *outcomes: Outcome) -> int:
        return sum(line.outcome in outcomes for line in self.lines)


def read(
    *,
    actor: Actor,
    stream: Iterable[bytes],
    content_type: str,
    content_encoding: str = "",
    defaults: dict[str, str] | None = None,
) -> Body:
    """Read as much of a body as is checked; as `submit` reads it, errors included."""
    need(actor, Right.SUBMIT)
    need(actor, Right.READ)
    form = reading.format_of(content_type)
    said = {name: text for name, text in (defaults or {}).items() if text}
    usual = read_defaults(said)
    unpacked = reading.unpacked(stream, content_encoding.strip().lower())
    first: list[RawLine] = []
    counted = claiming = 0
    for line in reading.lines(_bounded(unpacked), form):
        if counted == v.CHECK_COUNTED:
            return Body(form, usual, first, counted, more=True, claiming=claiming)
        counted += 1
        claiming += not takes_back(line)
        if counted <= v.CHECK_LINES:
            first.append(line)
    if not counted:
        raise Invalid("The submission has no line with content.", code="empty")
    return Body(form, usual, first, counted, more=False, claiming=claiming)


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > v.CHECK_BYTES:
            raise TooLarge(f"A check takes at most {v.CHECK_BYTES} bytes, unpacked.")
        yield piece


def check(owner_id: UUID, body: Body, *, may_withdraw: bool) -> Checked:
    """Judge a body in the caller's scope, by all that accepting it would ask."""
    allowed = Allowed(owner_id, may_withdraw=may_withdraw)
    lines, troubles = parsed(body.lines, body.defaults, allowed, overruled=False)
    seen = {line.number: seen_in(line) for line in lines}
    found = indicators.foresee(
        owner_id=owner_id, lines=lines, wants_value=ValueClauses(owner_id)
    )
    troubles += [
        Trouble(n, Outcome.REJECTED, bad.field, bad.code, bad.detail, seen[n])
        for n, bad in found.refusals.items()
    ]
    raw = {line.number: line.data for line in body.lines}
    told = [_bad(bad, raw[bad.number]) for bad in troubles]
    first: dict[tuple[str, bytes], int] = {}
    for line in lines:
        same = first.setdefault((line.kind, line.digest), line.number)
        if line.number not in found.refusals:
            outcome = found.outcomes[line.number]
            of = seen[line.number]._replace(moved=line.number in found.moved)
            told.append(_good(line, outcome, of, None if same == line.number else same))
    return Checked(
        body,
        sorted(told, key=lambda each: each.number),
        found.claims,
        found.said_in,
        holding.foresee(owner_id, body.claiming),
    )


def record(actor: Actor, body: Body) -> None:
    """Put on record that somebody checked so many lines, in the caller's scope."""
    audit.record(actor=actor, verb=Verb.SUBMISSION_CHECK, lines=body.counted)


def _good(line: Line, outcome: Outcome, seen: Seen, same: int | None) -> CheckedLine:
    text = line.canonical or line.digest.hex()
    if hash_only(line.kind) and line.canonical:
        text = f"…{text[-LAST:]}"
    warned = line.annotations
    return CheckedLine(line.number, outcome, seen, text, "", "", "", warned, same)


def _bad(bad: Trouble, data: bytes) -> CheckedLine:
    text = _written(data)
    return CheckedLine(
        bad.number,
        bad.outcome,
        bad.seen,
        text,
        bad.field,
        bad.code,
        bad.detail,
        (),
        None,
    )


def _written(data: bytes) -> str:
    """So much of a bad line that its sender knows it again."""
    try:
        said: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        return data[:SHOWN].decode("utf-8", "replace")
    if isinstance(said, dict):
        if said.keys() & UNREADABLE.keys():
            return ""
        said = said.get("value") or said.get("digest") or said.get("sha256") or ""
    return said[:SHOWN] if isinstance(said, str) else ""
