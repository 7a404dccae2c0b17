"""What can happen. `sharing.pipeline` says who acts on each."""

from enum import StrEnum


class Kind(StrEnum):
    CHUNK_RECEIVED = "chunk_received"  # submission (ordinal), number
    CHUNK_GIVEN_UP = "chunk_given_up"  # submission (ordinal), number
    UNDO_DUE = "undo_due"  # owner, submission (ordinal)
    CLAIMS_CHANGED = "claims_changed"  # owner, batch
    RELEASE_DUE = "release_due"  # owner, batch, collection
    VERSION_ACTIVATED = "version_activated"  # version
    VERSION_ANNOUNCED = "version_announced"  # version
    VERSION_TOOK_OVER = "version_took_over"  # version
    ROTATION_ANNOUNCED = "rotation_announced"  # generation
    ROTATION_TOOK_OVER = "rotation_took_over"  # generation
    RELEASED = "released"  # collection, batch (of releases)
    BACKFILL_DUE = "backfill_due"  # backfill
    GENERATION_BUILT = "generation_built"  # generation, earlier, after
    AGREEMENT_SUSPENDED = "agreement_suspended"  # agreement, at
    AGREEMENT_RESUMED = "agreement_resumed"  # agreement, at
    AGREEMENT_ENDED = "agreement_ended"  # agreement
    COLLECTION_CLOSED = "collection_closed"  # collection
    FEEDBACK_GIVEN = "feedback_given"  # owner, giver, collection, and how many of each
    PARTY_LEFT = "party_left"  # agreement, organization
