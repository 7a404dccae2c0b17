"""Lines folded into claims, as the manual of the API has it; plain dicts again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.oracle.law import moment

DAYS = {"phone": 90, "email": 180, "url": 90, "domain": 180, "evm_wallet": 365}
UNSAID: dict[str, Any] = {
    "scam_type": "other",
    "role": "perpetrator",
    "status": "unknown",
    "review_status": "unreviewed",
    "confidence": 50,
    "severity": "medium",
    "tlp": "amber",
    "labels": [],
    "first_seen": None,
    "last_seen": None,
    "valid_until": None,
    "note": None,
}
NOBODY: frozenset[str] = frozenset()  # taken back before it was ever said
STATED = (*UNSAID, "audience", "state")

Claim = dict[str, Any]
Line = dict[str, Any]
Keeps = Callable[[Claim], bool]


def fold(
    known: Claim | None, line: Line, owner: str, at: datetime, keeps: Keeps
) -> Claim | None:
    """The claim after one line; None when the line is refused."""
    op = line.get("op", "submit")
    if known is None and op == "correct":
        return None
    claim = dict(known) if known else _blank(line, owner)
    said = {k: _read(k, x) for k, x in line.items() if k not in ("op", "value", "type")}
    if op == "correct":
        if not _fits(claim, said):
            return None
        claim |= said
    elif op == "withdraw":
        claim["state"] = "withdrawn"
        claim["valid_until"] = claim["valid_until"] or _until(claim["type"], None, at)
    else:
        _submit(claim, said, at)
    if claim["state"] != "active" or not keeps(claim):
        claim["note"] = None
    if known is None or any(claim[name] != known[name] for name in STATED):
        claim["changed"] = True
    return claim


def _blank(line: Line, owner: str) -> Claim:
    return {
        **UNSAID,
        "owner": owner,
        "value": line["value"],
        "type": line["type"],
        "audience": NOBODY,
        "state": "active",
        "revision": 0,
        "kept": False,
        "changed": False,
        "touched": None,
    }


def _submit(claim: Claim, said: dict[str, Any], at: datetime) -> None:
    before, audience = claim["valid_until"], claim["audience"]
    claim |= {**UNSAID, "audience": None, **said, "state": "active"}
    if audience != NOBODY:
        claim["audience"] = audience
    if "valid_until" not in said:
        claim["valid_until"] = _until(claim["type"], before, at)


def _until(kind: str, before: datetime | None, at: datetime) -> datetime:
    """By type; a repeat prolongs it once less than half of that is left."""
    usual = timedelta(days=DAYS[kind])
    return before if before is not None and before - at > usual / 2 else at + usual


def _fits(claim: Claim, said: dict[str, Any]) -> bool:
    """A correction narrows the audience only, and keeps the two times in order."""
    first = said.get("first_seen", claim["first_seen"])
    last = said.get("last_seen", claim["last_seen"])
    if first is not None and last is not None and last < first:
        return False
    if "audience" not in said or claim["audience"] is None:
        return True
    return bool(said["audience"] <= claim["audience"])


def _read(name: str, said: Any) -> Any:
    if name in ("first_seen", "last_seen", "valid_until"):
        return moment(said)
    if name == "audience":
        return frozenset(said)
    return sorted(set(said)) if name == "labels" else said
