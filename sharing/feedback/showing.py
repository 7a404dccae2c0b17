"""Rows of feedback as one viewer may see them: names, times and what they come to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sharing.distribution.explaining import Named
from sharing.feedback.judging import Mark, Said, Viewer, roll_up, stands
from sharing.feedback.models import Sighting, Verdict
from sharing.feedback.notes import note_of
from sharing.vocabulary import OutcomeKind, RollUp, VerdictKind

Verdicts = Mapping[UUID, Sequence[Verdict]]  # by release
Sightings = Mapping[UUID, Sequence[Sighting]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One verdict. Its time is exact for its giver and for the owner of the claim."""

    kind: str
    giver: Named | None  # None: the clause does not name it
    yours: bool
    stands: bool  # not: what it criticised was mended, or the record taken back
    given_at: datetime
    note: str | None  # for the same two alone


@dataclass(frozen=True, slots=True)
class Met:
    """What one organization met so far; times as above."""

    kind: str
    giver: Named | None
    yours: bool
    count: int
    first_seen: datetime
    last_seen: datetime

    @property
    def outcome(self) -> bool:
        """Whether it tells what was done, not what was met."""
        return self.kind in [*OutcomeKind]


@dataclass(frozen=True, slots=True)
class Feedback:
    """All that may be seen of what was said about one release."""

    release: UUID
    roll_up: RollUp | None = None  # None: no verdict stands
    counts: Mapping[str, int] | None = None  # of the verdicts that stand
    verdicts: tuple[Opinion, ...] = ()
    sightings: tuple[Met, ...] = ()

    @property
    def yours(self) -> Opinion | None:
        return next((each for each in self.verdicts if each.yours), None)

    @property
    def said_by_you(self) -> bool:
        return any(x.yours for x in self.verdicts) or any(
            x.yours for x in self.sightings
        )

    @property
    def met(self) -> int:
        return sum(each.count for each in self.sightings if not each.outcome)

    @property
    def outcomes(self) -> int:
        return sum(each.count for each in self.sightings if each.outcome)


def shown(
    viewer: Viewer,
    said: Mapping[UUID, Said | None],
    verdicts: Verdicts,
    sightings: Sightings,
) -> dict[UUID, Feedback]:
    """By release; without those about which nothing may be seen."""
    found = {}
    for pk, record in said.items():
        opinions = [row for row in verdicts.get(pk, ()) if viewer.sees(mark_of(row))]
        met = [row for row in sightings.get(pk, ()) if viewer.sees(mark_of(row))]
        if opinions or met:
            kinds = votes(viewer, opinions, record)
            found[pk] = Feedback(
                release=pk,
                roll_up=roll_up(kinds),
                counts=dict(sorted(Counter(map(str, kinds)).items())),
                verdicts=tuple(_opinion(viewer, row, record) for row in opinions),
                sightings=tuple(_met(viewer, row) for row in met),
            )
    return found


def votes(
    viewer: Viewer, rows: Sequence[Verdict], record: Said | None
) -> list[VerdictKind]:
    """What counts of verdicts: of those who read the release still, what stands."""
    return [VerdictKind(row.kind) for row in rows if counted(viewer, row, record)]


def counted(viewer: Viewer, row: Verdict, record: Said | None) -> bool:
    mark = mark_of(row)
    return viewer.sees(mark) and viewer.counts(mark) and holds(row, record)


def holds(row: Verdict, record: Said | None) -> bool:
    """Whether a verdict stands, by what the record says now; None: it is taken back."""
    then = Said(row.revision, row.scam_type, row.role, row.status, row.last_seen)
    return stands(VerdictKind(row.kind), then, record)


def _opinion(viewer: Viewer, row: Verdict, record: Said | None) -> Opinion:
    mark = mark_of(row)
    return Opinion(
        kind=row.kind,
        giver=_giver(viewer, mark),
        yours=mark.giver == viewer.me,
        stands=holds(row, record),
        given_at=_time(viewer, mark, row.given_at),
        note=(note_of(row) or None) if viewer.close(mark) else None,
    )


def _met(viewer: Viewer, row: Sighting) -> Met:
    mark = mark_of(row)
    return Met(
        kind=row.kind,
        giver=_giver(viewer, mark),
        yours=mark.giver == viewer.me,
        count=row.count,
        first_seen=_time(viewer, mark, row.first_seen),
        last_seen=_time(viewer, mark, row.last_seen),
    )


def _giver(viewer: Viewer, mark: Mark) -> Named | None:
    if not viewer.named(mark):
        return None
    return Named(mark.giver, viewer.known.get(mark.giver, ""))


def _time(viewer: Viewer, mark: Mark, moment: datetime) -> datetime:
    if viewer.close(mark):
        return moment
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def mark_of(row: Verdict | Sighting) -> Mark:
    return Mark(row.giver_id, row.owner_id, row.shared, row.unnamed)
