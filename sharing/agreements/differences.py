"""What one Version says differently from another: clause by clause, field by field. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sharing.agreements.prose import listed, words
from sharing.agreements.schema import ALL, KEYS, VOCABULARIES
from sharing.agreements.texts import DOCUMENT, terms_in

PARTS = {
    "title": "Title",
    "effective_from": "In effect from",
    "effective_until": "In effect until",
    "open_to_accession": "Open to others who sign it",
    "parties": "Parties",
    "legal_document": "Legal document",
}
TERMS = {
    "from": "Contributors",
    "to": "Recipients",
    "types": "Types of indicator",
    "scam_types": "Types of scam",
    "roles": "Roles in the scam",
    "review_status": "Review status",
    "purposes": "Purposes",
    "legal_basis": "Legal basis",
    "tlp_ceiling": "TLP ceiling",
    "min_confidence": "Least confidence",
    "retention_days": "Days kept",
    "recipient_jurisdictions": "Jurisdictions of recipients",
    "government_recipients": "Government recipients",
    "disclosure": "Disclosure",
    "redaction": "Redaction",
    "originator": "Originator",
    "may_train": "Training of models",
    "feedback": "Feedback is seen by",
    "feedback_giver": "Who gave feedback is",
    "embargo_until": "Embargo until",
}
SETS = frozenset({*VOCABULARIES, "from", "to", "recipient_jurisdictions", "parties"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its label, what it said and says, and the change in words."""

    label: str
    before: str
    after: str
    sentence: str


class Fate(StrEnum):
    """What became of a clause."""

    SAME = "unchanged"
    CHANGED = "changed"
    ADDED = "added"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    fate: Fate
    name: str
    changes: tuple[Change, ...]
    before: int | None  # its place in the old text
    after: int | None  # and in the new one


@dataclass(frozen=True, slots=True)
class Difference:
    parts: tuple[Change, ...]
    clauses: tuple[ClauseChange, ...]

    @property
    def same(self) -> bool:
        fates = {clause.fate for clause in self.clauses}
        return not self.parts and fates <= {Fate.SAME}


def between(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    old_feeds: Sequence[object] = (),
    new_feeds: Sequence[object] = (),
) -> Difference:
    """From the old text to the new one.

    `feeds` are the collections behind the clauses of each: clauses that feed the same
    one belong together, whatever they are called; otherwise the name decides.
    """
    parts = tuple(_changes(_parts(old), _parts(new), PARTS))
    pairs = _pairs(old["clauses"], new["clauses"], old_feeds, new_feeds)
    kept = {place for place in pairs if place is not None}
    clauses = [
        _clause(old["clauses"], new["clauses"], before, after)
        for after, before in enumerate(pairs)
    ]
    clauses += [
        _clause(old["clauses"], new["clauses"], before, None)
        for before in range(len(old["clauses"]))
        if before not in kept
    ]
    return Difference(parts, tuple(clauses))


def _parts(text: Mapping[str, Any]) -> dict[str, Any]:
    found = {**text, "parties": [party["slug"] for party in text["parties"]]}
    if document := text.get(DOCUMENT):
        found[DOCUMENT] = f"{document['name']}, SHA-256 {document['sha256']}"
    return found


def _pairs(
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    old_feeds: Sequence[object],
    new_feeds: Sequence[object],
) -> list[int | None]:
    """For each new clause the place of the old one it goes on with."""
    by_feed = {feed: place for place, feed in enumerate(old_feeds) if feed}
    found = (
        [by_feed.get(feed) for feed in new_feeds] if new_feeds else [None] * len(new)
    )
    taken = {place for place in found if place is not None}
    by_name = {
        clause["name"]: place for place, clause in enumerate(old) if place not in taken
    }
    return [
        place if place is not None else by_name.get(clause["name"])
        for place, clause in zip(found, new, strict=True)
    ]


def _clause(
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    before: int | None,
    after: int | None,
) -> ClauseChange:
    if after is None or before is None:
        fate = Fate.ADDED if before is None else Fate.DROPPED
        name = new[after]["name"] if after is not None else old[before or 0]["name"]
        return ClauseChange(fate, name, (), before, after)
    was, now = old[before], new[after]
    changes = [
        *_changes({"name": was["name"]}, {"name": now["name"]}, {"name": "Name"})
    ]
    changes += _changes(terms_in(was), terms_in(now), TERMS)
    fate = Fate.CHANGED if changes else Fate.SAME
    return ClauseChange(fate, now["name"], tuple(changes), before, after)


def _changes(
    old: Mapping[str, Any], new: Mapping[str, Any], labels: Mapping[str, str]
) -> Iterator[Change]:
    for term, label in labels.items():
        before, after = old.get(term), new.get(term)
        if _comparable(term, before) != _comparable(term, after):
            sentence = _sentence(term, before, after)
            yield Change(label, exact(before), exact(after), sentence)


def _comparable(term: str, raw: Any) -> Any:
    return _items(term, raw) if term in SETS and raw is not None else raw


def _sentence(term: str, before: Any, after: Any) -> str:
    if before is None or after is None:
        said, told = (
            ("was not said", "is") if before is None else ("is not said", "was")
        )
        return f"It {said}; it {told} {exact(after if before is None else before)}."
    if term in SETS:
        return _exchanged(_items(term, before), _items(term, after))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _rules(before, after)
    if type(before) is int and type(after) is int:
        verb = "Raised" if after > before else "Lowered"
        return f"{verb} from {before:,} to {after:,}."
    return f"It was {exact(before)}; it is {exact(after)}."


def _exchanged(before: frozenset[str], after: frozenset[str]) -> str:
    added, gone = sorted(after - before), sorted(before - after)
    found = []
    if added:
        found.append(f"Adds {listed(map(words, added))}.")
    if gone:
        found.append(f"Drops {listed(map(words, gone))}.")
    return " ".join(found)


def _rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    changed = sorted(
        name for name in {*before, *after} if before.get(name) != after.get(name)
    )
    told = [
        f"{words(name)} from {before.get(name, 'the default')}"
        f" to {after.get(name, 'the default')}"
        for name in changed
    ]
    return f"Changes {listed(told)}."


def _items(term: str, raw: Any) -> frozenset[str]:
    if raw == ALL and term in VOCABULARIES:
        return frozenset(str(word) for word in VOCABULARIES[term])
    each = raw if isinstance(raw, list) else [raw]
    return frozenset(
        f"every {item['kind']}"
        if isinstance(item, Mapping) and "kind" in item
        else str(item)
        for item in each
    )


def exact(raw: Any) -> str:
    """A term as the text has it, short enough for one line."""
    if raw is None:
        return "not said"
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, Mapping):
        return ", ".join(f"{key}: {exact(said)}" for key, said in raw.items())
    if isinstance(raw, list):
        return ", ".join(map(exact, raw)) or "nobody and nothing"
    return str(raw)


def labelled(terms: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Every term of a clause as (key, label, exact text), in the order of the schema."""
    return [
        (key, TERMS.get(key, key), exact(terms[key])) for key in KEYS if key in terms
    ]
