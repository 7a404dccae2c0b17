"""From a claim and its obligations to exactly the fields that may leave. Pure.

Which rule holds for which field is compiled with the clause (`agreements.fields`); here
each rule is applied. Two things are never left to a profile: no clear text under
anything but `value` disclosure nor of a type that is only hashed, and nothing that points at a hidden originator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import phonenumbers

from hub.lib.clock import iso
from sharing.agreements import fields
from sharing.agreements.policy import Obligations
from sharing.indicators.types import hash_only
from sharing.vocabulary import Disclosure, FieldRule

MASK = "•••"  # of one length, so that it does not tell the length
MASK_ENDS = 2  # characters left on both sides
NOT_KEPT, BY_HASH, REDACTED = "not_kept", "hash_only", "redacted"
WORDS = (
    "scam_type",
    "role",
    "status",
    "review_status",
    "confidence",
    "severity",
    "tlp",
)


class NotReleasedError(Exception):
    """A payload holds a field that its clause does not release."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as redaction sees it; value and note only where they could be opened."""

    type: str
    value: str | None
    owner_name: str
    owner_id: UUID
    scam_type: str
    role: str
    status: str
    review_status: str
    confidence: int
    severity: str
    tlp: str
    first_seen: datetime | None
    last_seen: datetime | None
    valid_until: datetime | None
    labels: tuple[str, ...]
    note: str | None
    shared_infrastructure: tuple[str, ...]
    revision: int
    by_hash: bool = False  # its owner never gave the value


def redact(
    claim: ClaimView,
    obligations: Obligations,
    *,
    token: str | None,
    pseudonym: str | None = None,
) -> dict[str, object]:
    """The payload of a release. Absent means not released, or not known.

    `pseudonym` stands for the originator where the clause asks for one; a caller that
    gives none releases no originator at all.
    """
    rules = dict(obligations.fields)
    payload: dict[str, object] = {
        "type": claim.type,
        "clause": str(obligations.clause_id),
        "revision": claim.revision,
        "may_train": obligations.may_train,
    }
    if token is not None:
        payload["token"] = token
    for name in WORDS:
        if rules.get(name) is FieldRule.KEEP:
            payload[name] = getattr(claim, name)
    payload.update(_times(claim, rules, hidden=obligations.originator_hidden))
    if claim.shared_infrastructure and _kept(rules, "shared_infrastructure"):
        payload["shared_infrastructure"] = list(claim.shared_infrastructure)
    if not obligations.originator_hidden:
        payload.update(_traces(claim, rules, pseudonym))
    if obligations.disclosure is Disclosure.VALUE:
        payload.update(_clear(claim, rules, hidden=obligations.originator_hidden))
    return payload


def check_released(payload: Mapping[str, object], allowed: frozenset[str]) -> None:
    """Refuse a payload with any key, however deep, that the clause does not release."""
    for key in _keys(payload):
        if key not in allowed:
            message = f"the field {key} is not released by this clause"
            raise NotReleasedError(message)


def _keys(payload: Mapping[str, object], above: str = "") -> Iterator[str]:
    for key, content in payload.items():
        yield above + key
        if isinstance(content, Mapping):
            yield from _keys(content, f"{above}{key}.")


Rules = Mapping[str, FieldRule]


def _kept(rules: Rules, name: str) -> bool:
    return rules.get(name) is FieldRule.KEEP


def _times(
    claim: ClaimView, rules: Rules, *, hidden: bool
) -> Iterator[tuple[str, str]]:
    for name in fields.TIMES:
        moment, rule = getattr(claim, name), rules.get(name, FieldRule.DROP)
        if moment is None or rule not in (FieldRule.KEEP, FieldRule.DAY):
            continue
        if hidden or rule is FieldRule.DAY:
            day = moment.astimezone(UTC)
            moment = day.replace(hour=0, minute=0, second=0, microsecond=0)
        yield name, iso(moment)


def _traces(
    claim: ClaimView, rules: Rules, pseudonym: str | None
) -> Iterator[tuple[str, object]]:
    """What points at the originator: it itself, and the words that are its own."""
    if _kept(rules, "originator"):
        yield "originator", {"id": str(claim.owner_id), "name": claim.owner_name}
    elif rules.get("originator") is FieldRule.PSEUDONYM and pseudonym is not None:
        yield "originator", {"id": pseudonym}
    if claim.labels and _kept(rules, "labels"):
        yield "labels", list(claim.labels)


def _clear(
    claim: ClaimView, rules: Rules, *, hidden: bool
) -> Iterator[tuple[str, object]]:
    rule = rules.get("value", FieldRule.DROP)
    absent = BY_HASH if claim.by_hash else NOT_KEPT
    if hash_only(claim.type):
        yield "value_absent", absent
        return  # nor a note, which may spell it out
    if claim.value is None or claim.by_hash:
        yield "value_absent", absent
    elif (left := _value(claim.type, claim.value, rule)) is not None:
        yield "value", left
    else:
        yield "value_absent", REDACTED
    if claim.note is not None and not hidden and _kept(rules, "note"):
        yield "note", claim.note


def _value(kind: str, value: str, rule: FieldRule) -> str | None:
    """What the rule leaves of a canonical value; None when nothing."""
    if not fields.leaves(rule, kind):
        return None
    if rule is FieldRule.KEEP:
        return value
    if rule is FieldRule.MASK:
        return _masked(value)
    if rule is FieldRule.DOMAIN:
        return host(kind, value)
    if rule is FieldRule.COUNTRY:
        return _calling_code(value)
    return None


def _masked(value: str) -> str:
    if len(value) < 4 * MASK_ENDS:
        return MASK
    return value[:MASK_ENDS] + MASK + value[-MASK_ENDS:]


def host(kind: str, value: str) -> str | None:
    """What a URL, domain or e-mail address is under."""
    if kind == "url":
        return urlsplit(value).hostname
    return value.rpartition("@")[2] or None


def _calling_code(value: str) -> str | None:
    try:
        return f"+{phonenumbers.parse(value, None).country_code}"
    except phonenumbers.NumberParseException:
        return None
