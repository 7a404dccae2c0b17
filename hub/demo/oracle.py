"""What the agreement lets each partner receive, read plainly from its own text.

Nothing here imports the hub's policy or redaction: the terms are read once more from
agreement.yaml, and what a payload must hold is written down field by field.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from hub.demo.cast import Member
from hub.demo.claims import Claim
from hub.demo.compare import OneOf, Payload
from hub.demo.delivered import Delivered
from hub.demo.errors import UnreadTermError
from sharing.indicators import warninglists
from sharing.tokens import scheme

OPEN_TO_CLOSED = ["clear", "green", "amber", "amber+strict", "red"]
WORDS = "scam_type role status review_status confidence severity tlp".split()
TIMES = ("first_seen", "last_seen")
# Silence of a clause about a field: free text goes nowhere, times lose their hour.
SILENCE = {"note": "drop", "labels": "drop"} | dict.fromkeys(
    (*TIMES, "valid_until"), "day"
)
USUAL_DAYS = {
    "domain": 180,
    "url": 90,
    "email": 180,
    "phone": 90,
    "ipv4": 90,
    "ipv6": 90,
    "cidr": 90,
    "payment_card": 180,
    "payment_handle": 180,
    "platform_account": 180,
    "device_id": 180,
    **dict.fromkeys(
        "evm_wallet btc_wallet tron_wallet solana_wallet iban bank_account file_md5"
        " file_sha1 file_sha256 media_md5 media_sha256 media_pdq".split(),
        365,
    ),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise, with who gives and who gets already worked out as slugs."""

    name: str
    says: dict[str, Any]
    contributors: frozenset[str]
    recipients: frozenset[str]

    @property
    def discloses(self) -> bool:
        return bool(self.says["disclosure"] == "value")

    def rule(self, field: str) -> str:
        """`keep`, `drop` or `day`."""
        rule = self.says.get("redaction", {}).get(field) or SILENCE.get(field, "keep")
        if rule not in ("keep", "drop", "day"):
            raise UnreadTermError(f"{self.name}: {field} {rule}")
        return str(rule)


def clauses(path: Path, members: Iterable[Member]) -> list[Clause]:
    """The clauses of the agreement, for the parties that it names."""
    text = yaml.safe_load(path.read_text())
    named = [p if isinstance(p, str) else p["slug"] for p in text["parties"]]
    parties = [member for member in members if member.slug in named]
    found = []
    for says in text["clauses"]:
        if says.get("originator", "shown") != "shown" or says.get("embargo_until"):
            raise UnreadTermError(says["name"])
        givers = frozenset(m.slug for m in parties if _named(says["from"], m))
        getters = frozenset(m.slug for m in parties if _receives(says, m))
        found.append(Clause(says["name"], says, givers, getters))
    return found


def _named(who: Any, member: Member) -> bool:
    if who == "all parties":
        return True
    names = who if isinstance(who, list) else [who]
    return member.slug in names or {"kind": member.kind} in names


def _receives(says: dict[str, Any], member: Member) -> bool:
    where = says.get("recipient_jurisdictions", "all")
    return (
        _named(says["to"], member)
        and (says.get("government_recipients", False) or not member.is_government)
        and (where == "all" or member.jurisdiction in where)
    )


def lets(clause: Clause, claim: Claim, collection: str) -> bool:
    """Whether the clause covers the claim: every one of its terms must."""
    terms, says = clause.says, claim.says
    if not claim.live or claim.owner not in clause.contributors:
        return False
    lists = {
        "types": claim.value.kind,
        "scam_types": says["scam_type"],
        "roles": says["role"],
        "review_status": says["review_status"],
    }
    audience = says.get("audience")
    ceiling = OPEN_TO_CLOSED.index(terms["tlp_ceiling"])
    return (
        all(terms[name] == "all" or word in terms[name] for name, word in lists.items())
        and OPEN_TO_CLOSED.index(says["tlp"]) <= ceiling
        and says["confidence"] >= terms["min_confidence"]
        and (audience is None or collection in audience)
    )


def due(
    clause: Clause,
    every: Iterable[Claim],
    collection: dict[str, Any],
    delivered: Delivered,
) -> list[Payload]:
    """The payloads that a recipient of the clause must hold, no more and no less."""
    number = collection["generation"]
    key = bytes.fromhex(delivered.keys[collection["id"]][number])
    found = []
    for claim in every:
        if lets(clause, claim, collection["id"]):
            payload = _payload(clause, claim, delivered)
            token = scheme.token(key, claim.value.kind, claim.digest)
            payload["token"] = scheme.wire(number, token)
            found.append(payload)
    return found


def _payload(clause: Clause, claim: Claim, delivered: Delivered) -> Payload:
    """Field by field what may leave; a field that says nothing is not there."""
    says, infrastructure = claim.says, warninglists.check(claim.value).annotations
    every: Payload = {name: says[name] for name in WORDS}
    every |= {name: _time(clause, name, says.get(name)) for name in TIMES}
    every |= {
        "originator": delivered.originators[claim.owner],
        "labels": says["labels"],
        "shared_infrastructure": list(infrastructure),
        "valid_until": _valid_until(clause, claim, delivered),
    }
    if clause.discloses:
        every |= {"value": claim.value.canonical, "note": says.get("note")}
    found = {
        name: said
        for name, said in every.items()
        if said not in (None, []) and clause.rule(name) != "drop"
    }
    return found | {
        "type": claim.value.kind,
        "clause": delivered.clauses[clause.name],
        "may_train": clause.says.get("may_train", False),
        "revision": OneOf(1, lambda n: n == 1 or (claim.repeated and n in (2, 3))),
    }


def _time(clause: Clause, field: str, said: str | None) -> object:
    if said is None:
        return None
    moment = _cut(_moment(said), clause.rule(field))
    return _between(moment, moment)


def _valid_until(clause: Clause, claim: Claim, delivered: Delivered) -> object:
    """As the owner said, or the usual time after it was accepted."""
    rule, given = clause.rule("valid_until"), claim.says.get("valid_until")
    if given is not None:
        return _time(clause, "valid_until", given)
    usual = timedelta(days=USUAL_DAYS[claim.value.kind])
    first, last = (
        _cut(datetime.fromtimestamp(moment, UTC) + usual, rule)
        for moment in (delivered.began, delivered.ended)
    )
    return _between(first, last)


def _between(first: datetime, last: datetime) -> OneOf:
    """A time as text, from `first` to `last`."""
    return OneOf(
        first.isoformat(),
        lambda said: isinstance(said, str) and first <= _moment(said) <= last,
    )


def _cut(moment: datetime, rule: str) -> datetime:
    if rule == "day":
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
