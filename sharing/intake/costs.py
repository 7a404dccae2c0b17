"""What a way of sending costs, in plain words: said in the result of a line, no error."""

from typing import NamedTuple

from sharing.indicators.claims import ACCEPTED, How, Outcome
from sharing.indicators.types import TYPES
from sharing.intake.legend import Seen


class Notice(NamedTuple):
    code: str
    detail: str


_BY_HASH = Notice(
    "by-hash",
    "The hub has not seen the value and holds none, unless your note spells it: who may"
    " have values gets the token alone. Warninglists were asked only for entries that equal it. It cannot be brought"
    " into a later normal form: send it again then.",
)
_MOVED = Notice(
    "moved",
    "Your claim about this value was known by an earlier normal form. It goes on in this"
    " one: recipients get a revision with a new token.",
)


def notices(outcome: Outcome, seen: Seen | None) -> list[Notice]:
    if seen is None or outcome not in ACCEPTED:
        return []
    found = []
    if seen.how is How.HASHED and outcome is not Outcome.WITHDRAWN:
        found.append(_BY_HASH)
    if seen.how is How.HASHED and seen.kind in TYPES:
        used = TYPES[seen.kind].nv
        if seen.nv != used:
            found.append(_older(seen, used))
    if seen.moved:
        found.append(_MOVED)
    return found


def _older(seen: Seen, used: int) -> Notice:
    return Notice(
        "older-form",
        f"This is a hash of version {seen.nv} of the normal form of {seen.kind}; {used} is"
        " in use. The two match only where you sent the value too: to be found by both,"
        " send both.",
    )
