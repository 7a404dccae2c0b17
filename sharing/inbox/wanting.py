"""Which releases a saved filter asks for, by what they say themselves. Pure.

What a clause leaves out of a release cannot be asked for: it fits no filter that names it.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.lib.errors import FieldError, Invalid
from sharing.vocabulary import IndicatorKind, ScamType, Tlp

WORDS: dict[str, tuple[str, ...]] = {
    "types": tuple(map(str, IndicatorKind)),
    "scam_types": tuple(map(str, ScamType)),
    "tlp": tuple(map(str, Tlp)),
}
FIELDS = frozenset({*WORDS, "collection", "confidence", "contributor"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a release says of that which can be asked for; None: it does not say it."""

    type: str | None
    scam_type: str | None
    tlp: str | None
    confidence: int | None
    contributor: str | None  # an id as the release gives it

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Facts":
        originator = payload.get("originator") or {}
        return cls(
            payload.get("type"),
            payload.get("scam_type"),
            payload.get("tlp"),
            payload.get("confidence"),
            originator.get("id"),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """The conditions of a filter; what is empty or None asks for nothing."""

    collection: UUID | None = None
    types: AbstractSet[str] = frozenset()
    scam_types: AbstractSet[str] = frozenset()
    tlp: AbstractSet[str] = frozenset()
    confidence: int | None = None  # at least
    contributor: UUID | None = None

    def fits(self, collection: UUID, facts: Facts) -> bool:
        """Whether a release of this collection is asked for; all conditions hold."""
        return (
            (self.collection is None or self.collection == collection)
            and (not self.types or facts.type in self.types)
            and (not self.scam_types or facts.scam_type in self.scam_types)
            and (not self.tlp or facts.tlp in self.tlp)
            and (self.confidence is None or _reaches(facts.confidence, self.confidence))
            and (self.contributor is None or facts.contributor == str(self.contributor))
        )

    @property
    def words(self) -> str:
        """As people read it; what goes by an id is not named."""
        lists = [", ".join(sorted(each)) for each in (self.types, self.scam_types)]
        parts = [
            *(each.replace("_", " ") for each in lists),
            f"TLP {', '.join(sorted(self.tlp))}" if self.tlp else "",
            "" if self.confidence is None else f"confidence {self.confidence} or more",
            "in one collection" if self.collection else "",
            "of one contributor" if self.contributor else "",
        ]
        return "; ".join(filter(None, parts))

    def stored(self) -> dict[str, Any]:
        """As JSON; `read` makes the same of it again."""
        return {
            "collection": str(self.collection) if self.collection else None,
            "types": sorted(self.types),
            "scam_types": sorted(self.scam_types),
            "tlp": sorted(self.tlp),
            "confidence": self.confidence,
            "contributor": str(self.contributor) if self.contributor else None,
        }


def _reaches(said: int | None, least: int) -> bool:
    return said is not None and said >= least


def read(said: object) -> Wanted:
    """The conditions in a JSON object, or Invalid; at least one is needed."""
    if not isinstance(said, Mapping):
        raise bad("where", "An object with conditions is needed.")
    if unknown := sorted(map(str, said.keys() - FIELDS)):
        raise bad(unknown[0][:40], f"Only {', '.join(sorted(FIELDS))} are read here.")
    found = Wanted(
        collection=_id(said, "collection"),
        types=_words(said, "types"),
        scam_types=_words(said, "scam_types"),
        tlp=_words(said, "tlp"),
        confidence=_confidence(said.get("confidence")),
        contributor=_id(said, "contributor"),
    )
    if found == Wanted():
        raise bad("where", "Name at least one condition.")
    return found


def _words(said: Mapping[str, Any], name: str) -> frozenset[str]:
    words, known = said.get(name), WORDS[name]
    if words is None:
        return frozenset()
    if not isinstance(words, list) or not all(each in known for each in words):
        raise bad(name, f"A list of some of {', '.join(known)}.")
    return frozenset(words)


def _id(said: Mapping[str, Any], name: str) -> UUID | None:
    text = said.get(name)
    if text is None:
        return None
    try:
        if isinstance(text, str):
            return UUID(text)
    except ValueError:
        pass
    raise bad(name, "An id is needed.")


def _confidence(said: object) -> int | None:
    if said is None or (type(said) is int and 0 <= said <= 100):
        return said
    raise bad("confidence", "A whole number from 0 to 100.")


def bad(name: str, detail: str) -> Invalid:
    error: FieldError = {"field": name, "code": "invalid", "detail": detail}
    return Invalid(f"{name}: {detail}", errors=[error])
