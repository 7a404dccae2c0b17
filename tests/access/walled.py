"""The tables behind row-level security, and queries whose author forgot every filter."""

from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from orgs.mine.models import SavedView
from sharing.agreements.models import LegalDocument
from sharing.distribution.models import (
    ControlRecord,
    Departure,
    Fetch,
    Receipt,
    Release,
    ReleaseBatch,
    Retained,
    ShareTime,
)
from sharing.feedback.models import Sighting, Verdict
from sharing.inbox.models import (
    FilterHit,
    Handling,
    Match,
    SavedFilter,
    WatchCount,
    WatchLine,
    Watchlist,
)
from sharing.indicators.models import ClaimBatch, Indicator
from sharing.intake.models import (
    Chunk,
    ChunkResult,
    DayCount,
    LineProblem,
    Reach,
    Submission,
    Undo,
    UndoRecord,
)
from sharing.lookup.models import FilterSnapshot, LookupCount, LookupLimit

FRAUD, POLICE, VENDOR = "Fraud prevention", "Investigation", "Vendor exchange"
OWNED = {
    Indicator: "owner",
    ClaimBatch: "owner",
    Submission: "owner",
    DayCount: "owner",
    Chunk: "submission__owner",
    ChunkResult: "submission__owner",
    LineProblem: "submission__owner",
    Reach: "submission__owner",
    Undo: "submission__owner",
    UndoRecord: "submission__owner",
    LookupCount: "organization",
    LookupLimit: "organization",
    Handling: "organization",
    Watchlist: "organization",
    WatchLine: "organization",
    WatchCount: "organization",
    Match: "organization",
    SavedFilter: "organization",
    FilterHit: "organization",
    Retained: "owner",
    ShareTime: "owner",
}
WALLED = [
    *OWNED,
    *[Departure, Fetch],
    *[Release, ReleaseBatch, ControlRecord, Receipt, LegalDocument, FilterSnapshot],
    *[Verdict, Sighting, SavedView],
]


def whose_rows(rows: type[Model]) -> QuerySet[Any]:
    """A query whose author forgot every filter."""
    return rows._default_manager.all()


def answer(query: str, *given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return cursor.fetchall()
