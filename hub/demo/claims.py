"""A plain reading of the input: what each contributor claims once its lines are in.

Independent of how the hub folds lines: one dictionary, the last line wins. The normal
form of a value comes from the partner's toolkit, as it would on a partner's machine.
"""

from dataclasses import dataclass, field
from typing import Any

from hub.client import BadValue, Parsed, canonicalise
from hub.demo.reader import Body, Record
from hub.demo.wellknown import WellKnown
from sharing.tokens import scheme

# What the demo's submissions say for lines that say nothing.
DEFAULTS = {
    "scam_type": "other",
    "tlp": "amber",
    "role": "perpetrator",
    "confidence": "50",
    "review_status": "unreviewed",
}
BASE: Record = {"status": "unknown", "severity": "medium", "labels": []}
Key = tuple[str, str]  # type and normal form


@dataclass(slots=True)
class Claim:
    owner: str  # slug
    value: Parsed
    says: Record
    live: bool = True
    repeated: bool = False

    @property
    def digest(self) -> bytes:
        return scheme.digest(self.value.kind, self.value.nv, self.value.canonical)


@dataclass(slots=True)
class Reading:
    """One submission as the oracle reads it."""

    lines: int = 0
    unreadable: set[int] = field(default_factory=set)  # no value of any type
    stopped: set[int] = field(default_factory=set)
    values: dict[int, tuple[Parsed, Record]] = field(default_factory=dict)


def read(body: Body, defaults: dict[str, str], known: WellKnown) -> Reading:
    """Every line of a body: its value in normal form, or why there is none."""
    found = Reading()
    for number, record in body.records():
        found.lines += 1
        value = record and _value(record, defaults)
        if not record or not value:
            found.unreadable.add(number)
        elif record.get("op", "submit") == "submit" and known.stops(
            value.kind, value.canonical
        ):
            found.stopped.add(number)
        else:
            found.values[number] = value, record
    return found


def _value(record: Record, defaults: dict[str, str]) -> Parsed | None:
    text = record.get("value")
    if not isinstance(text, str) or not text.strip():
        return None
    kind = record.get("type") or defaults.get("type")
    try:
        return canonicalise(text, kind, record.get("region") or defaults.get("region"))
    except BadValue:
        return None


def fold(
    owner: str, reading: Reading, defaults: dict[str, str], rejected: set[int]
) -> dict[Key, Claim]:
    """The owner's claims after the submission; `rejected` lines count for nothing."""
    claims: dict[Key, Claim] = {}
    for number in sorted(reading.values.keys() - rejected):
        value, record = reading.values[number]
        key = value.kind, value.canonical
        before = claims.get(key)
        claims[key] = _next(owner, value, record, defaults, before)
        claims[key].repeated = before is not None
    return claims


def _next(
    owner: str,
    value: Parsed,
    record: Record,
    defaults: dict[str, str],
    before: Claim | None,
) -> Claim:
    said = {name: given for name, given in record.items() if given is not None}
    op = said.pop("op", "submit")
    for name in ("type", "value", "region"):
        said.pop(name, None)
    if op == "withdraw":
        return Claim(owner, value, before.says if before else {}, live=False)
    if op == "correct" and before is not None:
        return Claim(owner, value, before.says | _typed(said), live=before.live)
    stated = {n: t for n, t in defaults.items() if n not in ("type", "region")}
    says = BASE | _typed(stated | said)
    if before is not None:  # a repeat leaves the audience as it was
        says.pop("audience", None)
        says |= {n: t for n, t in before.says.items() if n == "audience"}
    return Claim(owner, value, says)


def _typed(said: dict[str, Any]) -> Record:
    """Texts of a CSV or a query as NDJSON would have them."""
    found = dict(said)
    if "confidence" in found:
        found["confidence"] = int(found["confidence"])
    for name in ("labels", "audience"):
        if isinstance(found.get(name), str):
            found[name] = found[name].replace(";", " ").replace(",", " ").split()
    if "labels" in found:
        found["labels"] = sorted(set(found["labels"]))
    for name in ("scam_type", "role", "status", "review_status", "severity", "tlp"):
        if name in found:
            found[name] = found[name].strip().lower()
    return found
