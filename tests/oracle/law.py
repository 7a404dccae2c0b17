"""What a text allows, said a second time over plain dicts: who gives, who gets, what, how.

Written from the design and the manual of agreements, not from the hub's policy, of which
nothing is imported here. Organizations are dicts with slug, kind, government and
jurisdiction; clauses are the terms as they are drafted.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Org = Mapping[str, Any]
Clause = Mapping[str, Any]
Claim = Mapping[str, Any]

TYPES = ("domain", "url", "email", "phone", "ipv4", "ipv6", "evm_wallet", "btc_wallet")
SCAMS = (
    "romance investment phishing job_offer impersonation tech_support shopping"
    " advance_fee extortion other"
).split()
ROLES = "perpetrator mule compromised impersonated victim infrastructure".split()
REVIEWS = ("unreviewed", "pending", "reviewed")
PURPOSES = "detection disruption investigation research victim_support".split()
TLPS = ("clear", "green", "amber", "amber+strict", "red")  # from open to closed
LISTS = {
    "types": TYPES,
    "scam_types": SCAMS,
    "roles": ROLES,
    "review_status": REVIEWS,
    "purposes": PURPOSES,
}
WORDS = "scam_type role status review_status confidence severity tlp".split()
TIMES = ("first_seen", "last_seen", "valid_until")
ALL_PARTIES = "all parties"


def chosen(side: Any, org: Org) -> bool:
    """Whether `from` or `to` of a clause means this party."""
    if side == ALL_PARTIES:
        return True
    return org["slug"] in side or {"kind": org["kind"]} in side


def listed(clause: Clause, name: str) -> frozenset[str]:
    said = clause[name]
    return frozenset(LISTS[name] if said == "all" else said)


def givers(clause: Clause, parties: Iterable[Org]) -> frozenset[str]:
    return frozenset(p["slug"] for p in parties if chosen(clause["from"], p))


def unseen(clause: Clause, hidden: Iterable[str]) -> bool:
    """Whether the clause names nobody but hidden parties on one side."""
    found = set(hidden)
    sides = [clause[name] for name in ("from", "to") if clause[name] != ALL_PARTIES]
    return any(
        all(isinstance(who, str) and who in found for who in side) for side in sides
    )


def admitted(clause: Clause, org: Org) -> bool:
    """Whether a party that signed may receive; that it signed is not asked here."""
    if not chosen(clause["to"], org):
        return False
    if org["government"] and clause.get("government_recipients") is not True:
        return False
    where = clause.get("recipient_jurisdictions", "all")
    return where == "all" or org["jurisdiction"] in where


def hides(clause: Clause) -> bool:
    return clause.get("originator") == "hidden"


def disclosure(clause: Clause) -> str:
    return str(clause.get("disclosure", "token"))


def rules(clause: Clause) -> dict[str, str]:
    """What becomes of each field: keep, drop, or a generalisation."""
    found = dict.fromkeys([*WORDS, "originator", "value"], "keep")
    found |= {"note": "drop", "labels": "drop", **dict.fromkeys(TIMES, "day")}
    found |= clause.get("redaction", {})
    for field, must in musts(clause):
        if found[field] != "drop":
            found[field] = must
    return found


def musts(clause: Clause) -> list[tuple[str, str]]:
    found = []
    if disclosure(clause) != "value":
        found += [("value", "drop"), ("note", "drop")]
    if hides(clause):
        found += [(field, "drop") for field in ("originator", "note", "labels")]
        found += [(field, "day") for field in TIMES]
    return found


def only_answers(clause: Clause) -> bool:
    """Whether nothing is handed over: recipients ask, and after a hit for its details."""
    return disclosure(clause) == "query"


def says_nothing(clause: Clause, parties: Iterable[Org]) -> bool:
    """Whether the clause is empty or contradicts itself: then it permits nothing."""
    parties = list(parties)
    giving = givers(clause, parties)
    if not giving or not any(admitted(clause, p) for p in parties):
        return True
    if any(not listed(clause, name) for name in LISTS):
        return True
    asked = clause.get("redaction", {})
    if any(
        asked.get(field, must) not in (must, "drop") for field, must in musts(clause)
    ):
        return True
    if hides(clause) and len(giving) < 3:
        return True
    return disclosure(clause) == "value" and not any(
        _leaves(rules(clause)["value"], kind) for kind in listed(clause, "types")
    )


def covers(clause: Clause, parties: Iterable[Org], claim: Claim, ids: set[str]) -> bool:
    """Whether the clause takes the claim; time is not asked here.

    `ids` are those of its collection and agreement: an audience names some of them.
    """
    parties = list(parties)
    return (
        not says_nothing(clause, parties)
        and claim["owner"] in givers(clause, parties)
        and claim["type"] in listed(clause, "types")
        and claim["scam_type"] in listed(clause, "scam_types")
        and claim["role"] in listed(clause, "roles")
        and claim["review_status"] in listed(clause, "review_status")
        and TLPS.index(claim["tlp"]) <= TLPS.index(clause["tlp_ceiling"])
        and claim["confidence"] >= clause["min_confidence"]
        and claim["state"] == "active"
        and (claim["audience"] is None or not ids.isdisjoint(claim["audience"]))
    )


def narrower(old: Clause, was: Sequence[Org], new: Clause, now: Sequence[Org]) -> bool:
    """Whether anything that the old text released is released less, or less fully.

    Of a text that says nothing any more, for parties left, what it said once may be there.
    """
    if says_nothing(new, now) and not says_nothing(old, was):
        return True
    fewer = any(listed(old, name) - listed(new, name) for name in LISTS)
    return (
        fewer
        or bool(givers(old, was) - givers(new, now))
        or TLPS.index(new["tlp_ceiling"]) < TLPS.index(old["tlp_ceiling"])
        or new["min_confidence"] > old["min_confidence"]
        or new["retention_days"] < old["retention_days"]
        or (old.get("may_train", False) and not new.get("may_train", False))
        or _later(old.get("embargo_until"), new.get("embargo_until"))
        or _tells_less(old, new)
    )


def _later(old: str | None, new: str | None) -> bool:
    if new is None:
        return False
    return old is None or moment(new) > moment(old)


def _tells_less(old: Clause, new: Clause) -> bool:
    before, after = disclosure(old), disclosure(new)
    if before != after and (after == "token" or "query" in (before, after)):
        return True
    told = rules(new)
    return any(
        rule != "drop" and told[field] not in (rule, "keep")
        for field, rule in rules(old).items()
    )


def payload(clause: Clause, claim: Claim, owner: Org, wire: str) -> dict[str, Any]:
    """Exactly what leaves of a claim that the clause takes."""
    rule = rules(clause)
    found: dict[str, Any] = {
        "type": claim["type"],
        "clause": clause["id"],
        "revision": claim["revision"],
        "may_train": clause.get("may_train", False),
        "token": wire,
    }
    found |= {word: claim[word] for word in WORDS if rule[word] == "keep"}
    for field in TIMES:
        if claim[field] is not None and rule[field] != "drop":
            found[field] = _time(claim[field], rule[field])
    if rule["originator"] == "keep":
        found["originator"] = {"id": owner["id"], "name": owner["name"]}
    elif rule["originator"] == "pseudonym":
        found["originator"] = {"id": f"pseudonym of {owner['slug']}"}
    if claim["labels"] and rule["labels"] == "keep":
        found["labels"] = sorted(claim["labels"])
    if disclosure(clause) == "value":
        found |= _clear(claim, rule["value"])
        if claim["note"] is not None and rule["note"] == "keep":
            found["note"] = claim["note"]
    return copy.deepcopy(found)


def _clear(claim: Claim, rule: str) -> dict[str, str]:
    if not claim["kept"]:
        return {"value_absent": "not_kept"}
    if not _leaves(rule, claim["type"]):
        return {"value_absent": "redacted"}
    value = claim["value"]
    if rule == "mask":
        value = f"{value[:2]}•••{value[-2:]}" if len(value) >= 8 else "•••"
    elif rule == "domain":
        value = value.partition("://")[2].partition("/")[0] or value.rpartition("@")[2]
    elif rule == "country":
        value = value[:3]  # the phones of the cast are of two-digit countries
    return {"value": value}


def _leaves(rule: str, kind: str) -> bool:
    if rule == "domain":
        return kind in ("domain", "url", "email")
    return rule in ("keep", "mask") or (rule == "country" and kind == "phone")


def _time(at: datetime, rule: str) -> str:
    if rule == "day":
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return iso(at)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
