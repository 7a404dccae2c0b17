"""A draft as a form: which fields there are, and the text that they say. Pure.

A field that cannot be read stays in the text as it was typed, where the reader of texts
finds fault with it by its path: the form judges nothing itself.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sharing import vocabulary as v
from sharing.agreements.fields import RULES
from sharing.agreements.schema import ALL, ALL_PARTIES
from sharing.agreements.texts import ACCESSION, MAX, NEW

Data = Mapping[str, list[str]]  # as a form is sent

EVERY, YES, KIND = "*", "yes", "kind:"
_NUMBERED = re.compile(r"([pc])(\d{1,4})-")


@dataclass(frozen=True, slots=True)
class Term:
    """One field of a clause: how it is asked for, and in which words."""

    key: str
    label: str
    ask: str  # which control, and which reader
    words: tuple[str, ...] = ()
    help: str = ""


TERMS: dict[str, tuple[Term, ...]] = {
    "Who": (
        Term("from", "Contributors", "sides"),
        Term("to", "Recipients", "sides"),
        Term(
            "recipient_jurisdictions",
            "Recipients only in",
            "codes",
            help="Country codes, such as DE, FR. Empty: wherever they are.",
        ),
        Term(
            "government_recipients",
            "Government organizations among the recipients receive it too",
            "yes",
            help="If not, none receives it, even where one is named.",
        ),
    ),
    "What": (
        Term("types", "Types of indicator", "words", (*v.IndicatorKind,)),
        Term("scam_types", "Types of scam", "words", (*v.ScamType,)),
        Term("roles", "Roles in the scam", "words", (*v.Role,)),
        Term("review_status", "Review status", "words", (*v.ReviewStatus,)),
        Term("min_confidence", "Least confidence", "number", help="0 to 100."),
        Term(
            "tlp_ceiling",
            "Most closed TLP label; it also says how far recipients may share on",
            "one",
            (*v.Tlp,),
        ),
    ),
    "What for": (
        Term("purposes", "Purposes", "list", (*v.Purpose,)),
        Term("legal_basis", "Legal basis", "area"),
        Term("may_train", "Models may be trained on it", "yes"),
    ),
    "How": (
        Term("disclosure", "Handed over as", "one", (*v.Disclosure,)),
        Term("originator", "Contributor of a record", "one", ("shown", "hidden")),
        Term("retention_days", "Days kept from first release", "number"),
        Term(
            "embargo_until",
            "Nothing is released before",
            "line",
            help="A day, or a time with its offset. Empty: no embargo.",
        ),
    ),
    "What comes back": (
        Term(
            "feedback",
            "Feedback about a record is seen by",
            "one",
            ("contributor", "recipients"),
            help="Sightings and verdicts. Whoever gave it always sees its own.",
        ),
        Term("feedback_giver", "Who gave it is", "one", ("named", "unnamed")),
    ),
}
EACH = tuple(term for group in TERMS.values() for term in group)


def text_of(data: Data) -> dict[str, Any]:
    """What the fields say, as the text of an agreement."""
    parties = [_party(data, n) for n in _numbers(data, "p")]
    found: dict[str, Any] = {
        "title": _first(data, "title"),
        "effective_from": _first(data, "effective_from"),
        "effective_until": _first(data, "effective_until"),
        "parties": [party for party in parties if party],
        "clauses": [_clause(data, n) for n in _numbers(data, "c")],
    }
    if _first(data, ACCESSION):
        found[ACCESSION] = True
    return {key: said for key, said in found.items() if said is not None}


def _numbers(data: Data, letter: str) -> list[int]:
    hits = filter(None, map(_NUMBERED.match, data))
    return sorted({int(hit[2]) for hit in hits if hit[1] == letter})[: MAX + 1]


def _first(data: Data, name: str) -> str | None:
    said = (data.get(name) or [""])[0].strip()
    return said or None


def _party(data: Data, n: int) -> str | dict[str, Any] | None:
    slug = _first(data, f"p{n}-slug")
    if slug and _first(data, f"p{n}-hidden"):
        return {"slug": slug, "hidden": True}
    return slug


def _clause(data: Data, n: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": _first(data, f"c{n}-name"),
        "continues": _first(data, f"c{n}-continues") or NEW,
    }
    for term in EACH:
        said[term.key] = _READ[term.ask](data.get(f"c{n}-{term.key}") or [])
    rules = {name: _first(data, f"c{n}-redaction.{name}") for name in RULES}
    said["redaction"] = {name: rule for name, rule in rules.items() if rule} or None
    return {key: found for key, found in said.items() if found is not None}


def _line(said: list[str]) -> str | None:
    return (said[0].replace("\r\n", "\n").strip() if said else "") or None


def _number(said: list[str]) -> int | str | None:
    text = _line(said)
    whole = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if text and whole else text


def _words(said: list[str]) -> Any:
    return ALL if EVERY in said else (said or None)


def _sides(said: list[str]) -> Any:
    if EVERY in said:
        return ALL_PARTIES
    return [
        {"kind": each.removeprefix(KIND)} if each.startswith(KIND) else each
        for each in said
    ] or None


def _codes(said: list[str]) -> Any:
    codes = re.split(r"[\s,;]+", (_line(said) or "").upper())
    return [code for code in codes if code] or ALL


_READ: dict[str, Callable[[list[str]], Any]] = {
    "line": _line,
    "area": _line,
    "one": _line,
    "number": _number,
    "words": _words,
    "list": lambda said: said or None,
    "sides": _sides,
    "codes": _codes,
    "yes": lambda said: YES in said,
}


def data_of(text: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields that say a text."""
    found = {
        key: [str(text[key])]
        for key in ("title", "effective_from", "effective_until")
        if text.get(key) is not None
    }
    if text.get(ACCESSION) is True:
        found[ACCESSION] = [YES]
    for n, party in enumerate(text.get("parties", [])):
        named = isinstance(party, Mapping)
        found[f"p{n}-slug"] = [str(party["slug"] if named else party)]
        if named and party.get("hidden") is True:
            found[f"p{n}-hidden"] = [YES]
    for n, clause in enumerate(text.get("clauses", [])):
        found |= {f"c{n}-{key}": said for key, said in _fields(clause)}
    return found


def _fields(clause: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    yield "name", [str(clause.get("name") or "")]
    yield "continues", [str(clause.get("continues") or NEW)]
    for term in EACH:
        if clause.get(term.key) is not None:
            yield term.key, _said(term.ask, clause[term.key])
    for name, rule in (clause.get("redaction") or {}).items():
        yield f"redaction.{name}", [str(rule)]


def _said(ask: str, raw: Any) -> list[str]:
    if ask == "yes":
        return [YES] if raw is True else []
    if ask == "codes":
        return [", ".join(raw)] if isinstance(raw, list) else []
    if ask in ("words", "list", "sides"):
        if raw in (ALL, ALL_PARTIES):
            return [EVERY]
        each = raw if isinstance(raw, list) else [raw]
        return [
            f"{KIND}{x['kind']}" if isinstance(x, Mapping) else str(x) for x in each
        ]
    return [str(raw)]


def changed(data: Data, act: str) -> dict[str, list[str]]:
    """The fields after a button: add, remove:1, up:1 or down:1 for clauses."""
    text = text_of(data)
    clauses: list[Any] = text["clauses"]
    what, _, place = act.partition(":")
    n = int(place) if place.isascii() and place.isdigit() and len(place) < 5 else -1
    if what == "add":
        clauses.append({"name": "", "disclosure": str(v.Disclosure.TOKEN)})
    elif 0 <= n < len(clauses):
        _arrange(clauses, what, n)
    return data_of(text)


def _arrange(clauses: list[Any], what: str, n: int) -> None:
    to = {"up": n - 1, "down": n + 1}.get(what)
    if what == "remove":
        del clauses[n]
    elif to is not None and 0 <= to < len(clauses):
        clauses[n], clauses[to] = clauses[to], clauses[n]
