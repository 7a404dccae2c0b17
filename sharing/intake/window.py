"""Whether a submission can be undone at a moment, and if not, why not. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a submission cannot be undone: a code for programs, a sentence for people."""

    code: str
    sentence: str


UNFINISHED = Objection(
    "undo-too-early",
    "It is still being worked off: it can be undone when that is done.",
)
HELD = Objection(
    "undo-too-early",
    "It waits for a second person, and none of its claims is shared:"
    " refuse it to take it back.",
)
REFUSED = Objection(
    "nothing-to-undo",
    "It was refused, and none of its claims was shared. What it withdrew stays withdrawn.",
)
OVER = Objection(
    "undo-over",
    "The time in which it could be undone is over: withdraw what is wrong in it.",
)
UNDONE = Objection("nothing-to-undo", "It was undone already.")
NOTHING = Objection("nothing-to-undo", "It changed no claim: there is nothing to undo.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about it: the submission as it is at the moment."""

    state: str
    undo_until: datetime | None
    undone: bool  # asked for before, finished or not
    touched: bool  # what claims were before is kept


def refusal(standing: Standing, moment: datetime) -> Objection | None:
    """None: it can be undone. In the order in which it helps to be told."""
    if standing.undone:
        return UNDONE
    if standing.state != "done":
        return {"held": HELD, "refused": REFUSED}.get(standing.state, UNFINISHED)
    if standing.undo_until is None or standing.undo_until <= moment:
        return OVER
    return None if standing.touched else NOTHING
