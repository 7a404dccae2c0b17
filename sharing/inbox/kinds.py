"""Kinds of entries, who sees and who decides them, and where an entry stands in the list. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from hub.lib.errors import Malformed
from orgs.accounts.actor import Right

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Kind(StrEnum):
    """What an entry is about; the word stands in addresses and in the API."""

    MATCH = "match"
    FILTER = "filter"
    RECALL = "recall"
    NOTICE = "notice"
    SIGNATURE = "signature"
    ENDING = "ending"
    HELD = "held"
    JOB = "job"


class Outcome(StrEnum):
    """What became of an entry."""

    DONE = "done"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    ACKNOWLEDGED = "acknowledged"  # told to whoever asked for it: recalls and notices


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever has one of the rights sees, or decides for the organization."""

    label: str  # of the tab
    sees: frozenset[Right]
    decides: frozenset[Right]
    needs: frozenset[Right] = frozenset()  # all of them, to see it


_READ, _AUDIT = frozenset({Right.READ}), frozenset({Right.AUDIT})
_SIGN, _WITHDRAW = frozenset({Right.SIGN}), frozenset({Right.WITHDRAW})
# As on the pages that the entries lead to: an inbox shows nothing that they would not.
RULES: dict[Kind, Rule] = {
    Kind.MATCH: Rule("Matches", _READ, _READ),
    Kind.FILTER: Rule("Filters", _READ, _READ),
    Kind.RECALL: Rule("Recalls", _READ, _READ),
    Kind.NOTICE: Rule("Notices", _READ | _AUDIT, _READ),
    Kind.SIGNATURE: Rule("To sign", _SIGN, _SIGN),
    Kind.ENDING: Rule("Ending", _AUDIT, _SIGN | {Right.DRAFT}),
    Kind.HELD: Rule("Held", _WITHDRAW, _WITHDRAW, needs=_READ),
    Kind.JOB: Rule("Jobs", _READ, _READ),
}
ACKNOWLEDGED = frozenset({Kind.RECALL, Kind.NOTICE})


def seen_with(rights: Iterable[Right]) -> tuple[Kind, ...]:
    """The kinds that somebody with these rights sees, in the order of the tabs."""
    held = frozenset(rights)
    return tuple(
        kind for kind, rule in RULES.items() if rule.sees & held and rule.needs <= held
    )


class Place(NamedTuple):
    """Where an entry stands: lists go from the newest down, ties by kind and subject.

    Written `kind.subject.microseconds`, it also says up to when somebody saw the entry:
    what happens to its subject later is news.
    """

    at: datetime
    kind: Kind
    subject: UUID

    def __str__(self) -> str:
        return f"{self.kind}.{self.subject}.{(self.at - EPOCH) // MICROSECOND}"

    @classmethod
    def parse(cls, text: str) -> Self:
        kind, _, rest = text.partition(".")
        subject, _, micros = rest.partition(".")
        if not (micros.isascii() and micros.isdigit() and len(micros) <= 17):
            raise _unreadable()
        try:
            at = EPOCH + int(micros) * MICROSECOND
            return cls(at, Kind(kind), UUID(subject))
        except (ValueError, OverflowError):
            raise _unreadable() from None


def _unreadable() -> Malformed:
    return Malformed("An entry is named as the inbox named it.", code="bad-parameter")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that waits: what, why it is here, and the page it leads to."""

    kind: Kind
    subject: UUID
    at: datetime
    title: str
    why: str
    leads: str  # the name of the page
    about: UUID | None = None  # what the page is about, if it takes an id
    urgent: bool = False

    @property
    def place(self) -> Place:
        return Place(self.at, self.kind, self.subject)


@dataclass(frozen=True, slots=True)
class Handled:
    """What people of the organization did with an entry so far."""

    holder: int | None = None  # who opened it
    holder_name: str = ""
    held_until: datetime | None = None
    outcome: str = ""
    upto: datetime | None = None  # the entry as it was then
    snoozed_until: datetime | None = None

    def held_at(self, moment: datetime) -> bool:
        """Whether somebody is on it: opening is a lease, for nobody stays for ever."""
        return self.held_until is not None and self.held_until > moment

    def held_by_other(self, person: int | None, moment: datetime) -> bool:
        return self.held_at(moment) and self.holder != person

    def closed(self, entry: Entry, moment: datetime) -> bool:
        """Whether it waits no more: decided, and nothing happened to its subject since."""
        if self.upto is None or self.upto < entry.at:
            return False
        if self.outcome == Outcome.SNOOZED:
            return self.snoozed_until is not None and self.snoozed_until > moment
        return bool(self.outcome)


NOBODY = Handled()


@dataclass(frozen=True, slots=True)
class Row:
    """An entry, and who is on it."""

    entry: Entry
    handled: Handled
    held: bool  # by anybody
    by_other: bool


def rows(
    entries: Iterable[Entry],
    handled: Mapping[tuple[str, UUID], Handled],
    person: int | None,
    moment: datetime,
) -> list[Row]:
    """What is open, from the newest down."""
    found = []
    for entry in sorted(entries, key=lambda each: each.place, reverse=True):
        known = handled.get((entry.kind, entry.subject), NOBODY)
        if not known.closed(entry, moment):
            found.append(row(entry, known, person, moment))
    return found


def row(entry: Entry, known: Handled, person: int | None, moment: datetime) -> Row:
    return Row(entry, known, known.held_at(moment), known.held_by_other(person, moment))
