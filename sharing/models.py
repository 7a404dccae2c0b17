"""Django looks for models only here: every room's models, named."""

from sharing.agreements.models import (
    Agreement,
    AgreementGroupObjectPermission,
    Clause,
    Collection,
    CollectionGroupObjectPermission,
    Generation,
    Grant,
    LegalDocument,
    Party,
    Signature,
    StreamHead,
    Version,
)
from sharing.distribution.models import (
    Backfill,
    ControlRecord,
    Departure,
    Fetch,
    Receipt,
    Release,
    ReleaseBatch,
    Retained,
    ShareTime,
)
from sharing.events.models import OutboxRow
from sharing.feedback.models import Sighting, Verdict
from sharing.inbox.models import (
    Handling,
    Match,
    WatchCount,
    WatchLine,
    Watchlist,
)
from sharing.indicators.models import ClaimBatch, Indicator
from sharing.intake.models import (
    Chunk,
    ChunkResult,
    DayCount,
    HeldBatch,
    LineProblem,
    Submission,
)
from sharing.lookup.models import FilterSnapshot, LookupCount, LookupLimit
from sharing.tokens.models import GenerationRoot, PinnedSigningKey

__all__ = [
    "Agreement",
    "AgreementGroupObjectPermission",
    "Backfill",
    "Chunk",
    "ChunkResult",
    "ClaimBatch",
    "Clause",
    "Collection",
    "CollectionGroupObjectPermission",
    "ControlRecord",
    "DayCount",
    "Departure",
    "Fetch",
    "FilterSnapshot",
    "Generation",
    "GenerationRoot",
    "Grant",
    "Handling",
    "HeldBatch",
    "Indicator",
    "LegalDocument",
    "LineProblem",
    "LookupCount",
    "LookupLimit",
    "Match",
    "OutboxRow",
    "Party",
    "PinnedSigningKey",
    "Receipt",
    "Release",
    "ReleaseBatch",
    "Retained",
    "ShareTime",
    "Sighting",
    "Signature",
    "StreamHead",
    "Submission",
    "Verdict",
    "Version",
    "WatchCount",
    "WatchLine",
    "Watchlist",
]
