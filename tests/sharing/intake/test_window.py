"""When a submission can be undone, and what is said when it cannot."""

from datetime import UTC, datetime, timedelta

import pytest

from sharing.intake import window
from sharing.intake.window import Standing

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
SOON = NOON + timedelta(minutes=1)


def standing(state="done", until=SOON, *, undone=False, touched=True):
    return Standing(state, until, undone=undone, touched=touched)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (standing(), None),
        (standing("accepting", None), window.UNFINISHED),
        (standing("accepting"), window.UNFINISHED),  # an overruled line is worked
        (standing("held", None), window.HELD),
        (standing("refused", None), window.REFUSED),
        (standing(until=NOON), window.OVER),
        (standing(until=None), window.OVER),  # of before it could be undone at all
        (standing(touched=False), window.NOTHING),
        (standing(undone=True), window.UNDONE),
        (standing(until=NOON, undone=True, touched=False), window.UNDONE),
    ],
)
def test_refusal_says_the_first_thing_that_stands_against_it(found, why):
    assert window.refusal(found, NOON) == why
