"""A line of health: a sentence, how it stands, and what to do. Pure: facts in, lines out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class State(StrEnum):
    """How something stands; the exit code of `manage health` is the place in this row."""

    OK = "ok"
    LOOK = "look"
    ACT = "act"


_RANK = {state: rank for rank, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Line:
    name: str  # for programs: it never changes
    title: str
    state: State
    sentence: str
    todo: str = ""


def worst(lines: Iterable[Line]) -> State:
    return max((line.state for line in lines), key=_RANK.__getitem__, default=State.OK)


def rank(state: State) -> int:
    return _RANK[state]


def by_age(age: timedelta, look: timedelta, act: timedelta | None = None) -> State:
    if act is not None and age >= act:
        return State.ACT
    return State.LOOK if age >= look else State.OK


def told(age: timedelta) -> str:
    """A span as people say it: 3 minutes, 1 day."""
    seconds = max(0, int(age.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            return some(seconds // size, unit)
    return some(seconds, "second")


def some(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
