"""What a recipient was given and what it must do, in plain words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sharing.agreements.policy import Terms
from sharing.vocabulary import PURGE_DEADLINE, Disclosure, FieldRule, Purpose, Tlp

# TLP 2.0 (FIRST, August 2022), in its own sense: who may be told.
ONWARD = {
    Tlp.CLEAR: "TLP:CLEAR: you may share it without limit, in public too.",
    Tlp.GREEN: (
        "TLP:GREEN: you may share it with peers and partners in your community, not in"
        " public."
    ),
    Tlp.AMBER: (
        "TLP:AMBER: you may share it within your organization and with its clients, on a"
        " need-to-know basis, and with nobody else."
    ),
    Tlp.AMBER_STRICT: (
        "TLP:AMBER+STRICT: you may share it within your organization, on a need-to-know"
        " basis, and with nobody else."
    ),
    Tlp.RED: "TLP:RED: for the people who received it, and nobody else.",
}
PURPOSES = {
    Purpose.DETECTION: "detection",
    Purpose.DISRUPTION: "disruption",
    Purpose.INVESTIGATION: "investigation",
    Purpose.RESEARCH: "research",
    Purpose.VICTIM_SUPPORT: "support of victims",
}
MEANING = {
    FieldRule.DROP: "not handed over",
    FieldRule.MASK: "masked but for its ends",
    FieldRule.DAY: "rounded down to the day",
    FieldRule.DOMAIN: "reduced to its domain",
    FieldRule.COUNTRY: "reduced to its country code",
    FieldRule.PSEUDONYM: "replaced by a pseudonym of this collection",
}
HOURS = int(PURGE_DEADLINE.total_seconds()) // 3600


@dataclass(frozen=True, slots=True)
class Redaction:
    """A field that does not leave as it is."""

    field: str
    rule: str
    meaning: str


def redactions(terms: Terms) -> tuple[Redaction, ...]:
    """The rule of every field that does not leave as it is."""
    return tuple(
        Redaction(name, rule, _meaning(name, rule, terms.disclosure))
        for name, rule in terms.fields
        if rule is not FieldRule.KEEP
    )


def _meaning(name: str, rule: FieldRule, disclosure: Disclosure) -> str:
    if name == "value" and disclosure is Disclosure.TOKEN:
        return "not handed over: you get a token"
    if name == "value" and disclosure is Disclosure.QUERY:
        return "not handed over: you asked with a value of your own"
    return MEANING[rule]


def onward(tlp: str | None) -> str:
    """What a label says about sharing further; without one, nothing may be."""
    return ONWARD[Tlp(tlp) if tlp else Tlp.RED]


def to_keep(terms: Terms, tlp: str | None, until: datetime) -> Iterator[str]:
    """What binds whoever keeps a live release."""
    purposes = [PURPOSES[Purpose(each)] for each in sorted(terms.purposes)]
    yield f"Use it for {_listed(purposes)}, and for nothing else."
    yield onward(tlp)
    asked = terms.disclosure is Disclosure.QUERY
    gone = "the filter no longer holds it" if asked else "its tombstone comes"
    yield f"Delete it by {_told(until)}, or sooner when {gone}."
    yield (
        "Models may learn from it." if terms.may_train else "Do not train models on it."
    )
    yield f"When your access ends, delete it within {HOURS} hours and confirm that."


def to_forget(taken_back: datetime, cursor: str | None) -> Iterator[str]:
    """What is left to do when a release was taken back; of what has no stream no cursor."""
    yield f"Delete what you keep under this id by {_told(taken_back + PURGE_DEADLINE)}."
    yield "Stop acting on it: take it off every list and rule that rests on it alone."
    if cursor is not None:
        yield f"Then acknowledge the stream up to the cursor {cursor}."


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _listed(words: list[str]) -> str:
    *most, last = words or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
