"""Random texts, amendments and lines; most of them make sense, some do not."""

import copy
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.oracle import law
from tests.oracle.law import LISTS, TLPS, disclosure, iso

Doc = dict[str, Any]
VALUES = {
    "pay.scam.example": "domain",
    "login.scam.example": "domain",
    "https://a.scam.example/x/1": "url",
    "mia@scam.example": "email",
    "+447700900123": "phone",
    "0x52908400098527886e0f7030069857d2e4169ee7": "evm_wallet",
}
JURISDICTIONS = ("US", "GB", "DE", "FR")
NAMES = ("Fraud", "Police", "Vendor", "Wallets", "Accounts", "Extra", "More", "Last")
RULES = {
    "value": ("keep", "mask", "domain", "country"),
    "originator": ("keep", "keep", "drop", "pseudonym"),
    "note": ("keep", "keep", "drop"),
    "labels": ("keep", "keep", "drop"),
    "first_seen": ("keep", "drop", "day"),
    "last_seen": ("keep", "drop", "day"),
    "valid_until": ("keep", "day"),
    "scam_type": ("keep", "drop"),
    "role": ("keep", "drop"),
    "status": ("keep", "drop"),
    "review_status": ("keep", "drop"),
    "confidence": ("keep", "drop"),
    "severity": ("keep", "drop"),
}


def text(rng: Random, title: str, orgs: Sequence[Doc], at: datetime) -> Doc:
    """The first text of an agreement among some organizations."""
    some = rng.sample(orgs, min(len(orgs), rng.choice((2, 3, 4, 5, 5))))
    names = rng.sample(NAMES, rng.choice((1, 2, 2, 3)))
    return {
        "title": title,
        **_times(rng, at),
        "open_to_accession": rng.random() < 0.5,
        "parties": _parties(rng, some),
        "clauses": [clause(rng, name, some, at) for name in names],
    }


def _parties(rng: Random, orgs: Sequence[Doc]) -> list[Doc]:
    return [{"slug": o["slug"], "hidden": rng.random() < 0.15} for o in orgs]


def _times(rng: Random, at: datetime) -> Doc:
    begins = at + timedelta(hours=rng.choice((0, 0, 0, 0, 3)))
    ends = rng.choice((None, None, None, begins + timedelta(hours=30)))
    return {"effective_from": iso(begins), "effective_until": ends and iso(ends)}


def clause(rng: Random, name: str, orgs: Sequence[Doc], at: datetime) -> Doc:
    found: Doc = {"name": name, "continues": "new"}
    for term in TERMS:
        set_term(rng, found, term, orgs, at)
    for each in rng.sample([*LISTS], 3):  # else hardly a claim gets through
        found[each] = "all"
    return _tidied(rng, found)


def _tidied(rng: Random, found: Doc) -> Doc:
    """Most texts do not contradict themselves."""
    if rng.random() < 0.05:
        return found
    musts = dict(law.musts(found))
    found["redaction"] = {
        name: rule
        for name, rule in found["redaction"].items()
        if rule in ("drop", musts.get(name, rule))
    }
    return found


def set_term(
    rng: Random, found: Doc, term: str, orgs: Sequence[Doc], at: datetime
) -> None:
    said = TERMS[term](rng, orgs, at)
    found.pop(term, None)
    if said is not None:
        found[term] = said


def amendment(rng: Random, old: Doc, orgs: Sequence[Doc], at: datetime) -> Doc:
    """Another text after the one in force: some terms, clauses and parties change."""
    new = copy.deepcopy(old)
    new |= _times(rng, at) | {"effective_from": iso(at)}
    known = {org["slug"]: org for org in orgs}
    slugs = [p["slug"] for p in new["parties"] if p["slug"] in known]
    others = [slug for slug in known if slug not in slugs]
    rng.shuffle(others)
    slugs += others[: max(2 - len(slugs), rng.random() < 0.25)]
    if len(slugs) > 2 and rng.random() < 0.15:
        slugs.remove(rng.choice(slugs))
    some = [known[slug] for slug in slugs]
    if rng.random() < 0.5 or {p["slug"] for p in new["parties"]} != {*slugs}:
        new["parties"] = _parties(rng, some)
    new["clauses"] = _clauses(rng, new["clauses"], some, at)
    return new


def _clauses(
    rng: Random, old: list[Doc], some: Sequence[Doc], at: datetime
) -> list[Doc]:
    found = []
    for each in old:
        before = disclosure(each)
        each["continues"] = each.pop("collection", "new")
        each.pop("id", None)
        for term in rng.sample([*TERMS], rng.choice((0, 1, 1, 2))):
            set_term(rng, each, term, some, at)
        slugs = {org["slug"] for org in some}
        for side in ("from", "to"):
            if any(isinstance(x, str) and x not in slugs for x in each[side]):
                set_term(rng, each, side, some, at)
        if before != disclosure(each) and "query" in (before, disclosure(each)):
            each["continues"] = "new"
        found.append(_tidied(rng, each))
    if len(found) > 1 and rng.random() < 0.15:
        found.remove(rng.choice(found))
    free = [name for name in NAMES if name not in {each["name"] for each in found}]
    if len(found) < 3 and rng.random() < 0.25:
        found.append(clause(rng, rng.choice(free), some, at))
    return found


def _side(rng: Random, orgs: Sequence[Doc], at: datetime) -> Any:
    match rng.randrange(10):
        case 0 | 1 | 2 | 3 | 4:
            return "all parties"
        case 5:
            return [{"kind": rng.choice(orgs)["kind"]}]
        case _:
            some = rng.sample(orgs, rng.randint(1, len(orgs)))
            return [org["slug"] for org in some]


def _words(name: str) -> Any:
    def draw(rng: Random, orgs: Sequence[Doc], at: datetime) -> Any:
        if rng.random() < 0.7:
            return "all"
        least = 0 if rng.random() < 0.05 else 1
        words = LISTS[name]
        return rng.sample(words, rng.randint(least, len(words) - 1))

    return draw


def _jurisdictions(rng: Random, orgs: Sequence[Doc], at: datetime) -> Any:
    return "all" if rng.random() < 0.6 else rng.sample(JURISDICTIONS, rng.randint(1, 3))


def _redaction(rng: Random, orgs: Sequence[Doc], at: datetime) -> Any:
    fields = [f for f in RULES if f not in ("value", "note")]
    if rng.random() < 0.5:
        fields = [*RULES]
    some = rng.sample(fields, rng.choice((0, 2, 4, 6)))
    return {name: rng.choice(RULES[name]) for name in some}


def _embargo(rng: Random, orgs: Sequence[Doc], at: datetime) -> Any:
    return (
        iso(at + timedelta(hours=rng.choice((2, 20)))) if rng.random() < 0.15 else None
    )


def _one_of(*said: Any) -> Any:
    return lambda rng, orgs, at: rng.choice(said)


TERMS: dict[str, Any] = {
    "from": _side,
    "to": _side,
    **{name: _words(name) for name in LISTS},
    "tlp_ceiling": _one_of("green", "amber", "amber", "amber+strict", "red"),
    "min_confidence": _one_of(0, 0, 0, 30, 60),
    "legal_basis": _one_of("Legitimate interest."),
    "retention_days": _one_of(1, 7, 30, 365),
    "recipient_jurisdictions": _jurisdictions,
    "government_recipients": _one_of(True, True, False, None),
    "disclosure": _one_of(
        "token", "token", "token", "value", "value", "value", "query"
    ),
    "originator": _one_of(*("shown",) * 6, "hidden", None),
    "may_train": _one_of(True, False, None),
    "redaction": _redaction,
    "embargo_until": _embargo,
}


def line(rng: Random, names: Sequence[str], known: Sequence[str], at: datetime) -> Doc:
    """One line of a submission; `names` are ids that an audience may name."""
    op = rng.choice(("submit", "submit", "submit", "correct", "withdraw"))
    again = known if op != "submit" and rng.random() < 0.8 else None
    value = rng.choice(again or [*VALUES])
    found: Doc = {"value": value, "type": VALUES[value]}
    if op != "submit":
        found["op"] = op
    if op != "withdraw":
        found |= _said(rng, at)
        if names and rng.random() < (0.5 if op == "correct" else 0.25):
            found["audience"] = rng.sample(names, min(len(names), rng.choice((1, 2))))
    return found


def _said(rng: Random, at: datetime) -> Doc:
    said = {
        "scam_type": rng.choice(LISTS["scam_types"]),
        "role": rng.choice(LISTS["roles"]),
        "status": rng.choice(("online", "mitigated", "unknown")),
        "review_status": rng.choice(LISTS["review_status"]),
        "confidence": rng.choice((0, 29, 30, 59, 60, 61, 100)),
        "severity": rng.choice(("info", "low", "medium", "high", "critical")),
        "tlp": rng.choice(TLPS),
        "labels": rng.sample(["crypto", "bot", "tg:x"], 2),
        "first_seen": iso(at - timedelta(days=3, minutes=rng.randrange(999))),
        "last_seen": iso(at - timedelta(days=1, minutes=rng.randrange(999))),
        "valid_until": iso(at + timedelta(hours=rng.choice((5, 50, 500)))),
        "note": rng.choice(("seen on a forum", "ask Mia")),
    }
    some = rng.sample([*said], rng.choice((1, 3, 6)))
    return {name: said[name] for name in said if name in some}
