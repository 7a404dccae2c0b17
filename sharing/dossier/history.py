"""What happened around an observable, as one organization may see it, newest first. Pure.

Only moments that it was given are told: of a revision the last, for a stream keeps no
others; what a clause rounded to the day is told as a day.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from hub.lib.clock import iso
from hub.lib.errors import Malformed
from sharing.distribution.explaining import Named
from sharing.distribution.why import Why
from sharing.feedback.showing import Feedback
from sharing.vocabulary import PURGE_DEADLINE, FieldRule

PAGE = 30
HOURS = int(PURGE_DEADLINE.total_seconds()) // 3600


class What(StrEnum):
    """In this order where several happened in one moment."""

    FIRST_SEEN = "first seen"
    LAST_SEEN = "last seen"
    TERMS = "terms"
    ACCESS = "access"
    SENT = "sent by you"
    CHANGED = "changed by you"
    RELEASED = "released"
    REVISED = "revised"
    RECALLED = "recalled"
    SIGHTED = "sighting"
    ACTED = "outcome"
    JUDGED = "verdict"
    COLLECTION = "collection"
    NOTICE = "notice"


_ORDER = {str(what): f"{place:02}" for place, what in enumerate(What)}


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    what: What
    about: str  # the id of a release, claim, collection or notice
    text: str
    where: str = ""  # the collection
    day: bool = False  # the clause tells no more than the day
    redacted: str = ""  # by which clause
    redactions: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it stands in the list, for pages that go on after it."""
        return f"{iso(self.at)}~{_ORDER[self.what]}~{self.about}"


@dataclass(frozen=True, slots=True)
class History:
    happenings: tuple[Happening, ...]
    earlier: str | None  # the page goes on before this place


def page(happenings: Iterable[Happening], before: str | None) -> History:
    """The newest before a place, each once."""
    if before is not None and before.count("~") != 2:
        raise Malformed("An earlier part of this history begins at a place of it.")
    known = {each.place: each for each in happenings}
    places = sorted(known, reverse=True)
    left = [place for place in places if before is None or place < before]
    shown = left[:PAGE]
    more = len(left) > len(shown)
    return History(tuple(known[place] for place in shown), shown[-1] if more else None)


def of_release(why: Why, payload: Mapping[str, Any]) -> Iterator[Happening]:
    """Of a live release: when it was seen, and when it entered the stream."""
    about, where = str(why.release), why.collection.name
    days = {each.field for each in why.redactions if each.rule == FieldRule.DAY}
    hidden = why.terms.originator == "hidden"
    by = _by(payload)
    for field, what in (("first_seen", What.FIRST_SEEN), ("last_seen", What.LAST_SEEN)):
        if moment := payload.get(field):
            said = f"{what.capitalize()}, says {by}."
            day = hidden or field in days
            at = datetime.fromisoformat(moment)
            yield Happening(at, what, about, said, where, day)
    revision = payload["revision"]
    what, deed = What.RELEASED, f"Released to you: the claim of {by}."
    if revision > 1:
        what, deed = What.REVISED, f"Revision {revision} of the claim of {by}."
    yield Happening(
        why.date_added,
        what,
        about,
        deed,
        where,
        redacted=_clause(why, why.decided_under),
        redactions=tuple(
            f"{each.field.replace('_', ' ')}: {each.meaning}" for each in why.redactions
        ),
    )


def of_feedback(said: Feedback, where: str) -> Iterator[Happening]:
    """Sightings, outcomes and verdicts, by whom the viewer may know."""
    about = str(said.release)
    for place, opinion in enumerate(said.verdicts):
        by = _giver(opinion.giver, yours=opinion.yours)
        mended = "" if opinion.stands else " The record does not say that any more."
        yield Happening(
            opinion.given_at,
            What.JUDGED,
            f"{about}.{place:03}",
            f"{by}: {_word(opinion.kind)}.{mended}",
            where,
            day=_is_day(opinion.given_at),
        )
    for place, met in enumerate(said.sightings):
        by, times = _giver(met.giver, yours=met.yours), f"{met.count} times"
        often = "once" if met.count == 1 else times
        yield Happening(
            met.last_seen,
            What.ACTED if met.outcome else What.SIGHTED,
            f"{about}.{place:03}",
            f"{by}: {_word(met.kind)}, {often} since {met.first_seen:%Y-%m-%d}.",
            where,
            day=_is_day(met.last_seen),
        )


def _giver(giver: Named | None, *, yours: bool) -> str:
    if yours:
        return "Your organization"
    return giver.name if giver else "Somebody who is not named"


def _word(kind: str) -> str:
    return kind.replace("_", " ")


def _is_day(moment: datetime) -> bool:
    return moment.time() == time()


def of_recall(release: str, at: datetime, where: str) -> Happening:
    until = iso(at + PURGE_DEADLINE)
    told = f"Taken back by its contributor or its clause: delete it by {until}."
    return Happening(at, What.RECALLED, release, told, where)


def of_access(why: Why) -> Iterator[Happening]:
    """Of a collection: since when its terms hold, and one reads it."""
    about, where = str(why.collection.id), why.collection.name
    since = f"{_clause(why, why.version)} came into force."
    yield Happening(why.in_force_since, What.TERMS, about, since, where)
    reads = "Your organization may read the collection since then."
    yield Happening(why.readable_since, What.ACCESS, about, reads, where)


EVENTS = {
    "suspended": "The agreement was suspended: nothing could be read.",
    "resumed": "The agreement was resumed.",
    "closed": "The collection was closed.",
    "generation_begins": "A new generation began: every record came again, with new tokens.",
}


def of_stream(
    kind: str, at: datetime, collection: str, where: str
) -> Iterator[Happening]:
    if kind in EVENTS:
        yield Happening(at, What.COLLECTION, collection, EVENTS[kind], where)


def of_notice(
    notice: str, reason: str, at: datetime, purge_by: datetime, where: str
) -> Happening:
    told = (
        f"Your access ended ({reason}); what you held was to be deleted by"
        f" {iso(purge_by)}."
    )
    return Happening(at, What.NOTICE, notice, told, where)


def of_claim(
    claim: str,
    *,
    created_at: datetime,
    updated_at: datetime,
    revision: int,
    state: str,
) -> Iterator[Happening]:
    """Of the viewer's own claim."""
    yield Happening(created_at, What.SENT, claim, "Your organization claimed it.")
    if state != "active":
        ended = f"Your organization's claim is {state}."
        yield Happening(updated_at, What.CHANGED, claim, ended)
    elif revision > 1:
        changed = f"Your organization changed its claim: revision {revision}."
        yield Happening(updated_at, What.CHANGED, claim, changed)


def _by(payload: Mapping[str, Any]) -> str:
    """The originator, as far as the clause lets be seen."""
    originator: Mapping[str, str] = payload.get("originator") or {}
    if name := originator.get("name"):
        return name
    if pseudonym := originator.get("id"):
        return f"the contributor {pseudonym[:12]}"
    return "a contributor who is not named"


def _clause(why: Why, version: int) -> str:
    return f"Clause “{why.clause.name}” of “{why.agreement.name}”, version {version},"
