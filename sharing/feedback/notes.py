"""The note of a verdict: sealed at rest, for its giver and the owner of the claim alone."""

from sharing.feedback.models import Verdict
from sharing.tokens import services as tokens

PURPOSE = "feedback-note"


def seal(row: Verdict, note: str) -> bytes:
    return tokens.vault().seal_blob(PURPOSE, _bound(row), note.encode())


def note_of(row: Verdict) -> str:
    """In clear; empty where there is none."""
    if row.note_sealed is None:
        return ""
    sealed = bytes(row.note_sealed)
    return tokens.vault().open_blob(PURPOSE, _bound(row), sealed).decode()


def _bound(row: Verdict) -> bytes:
    return row.release.bytes + row.giver_id.bytes
