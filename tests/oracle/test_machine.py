"""2,000 steps in every run of the tests; `./run bench oracle` takes more of them."""

import pytest

from tests.oracle.machine import run
from tests.oracle.reading import Tally
from tests.oracle.stage import staged

RUNS, STEPS = 8, 250


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(RUNS))
def test_everybody_sees_what_the_oracle_says_whatever_is_done(number: int) -> None:
    tally = Tally()
    with staged() as stage:
        run(stage, tally, steps=STEPS, number=number)
    assert tally.http >= STEPS // 20 - 1
    assert (tally.leaked, tally.hidden) == (0, 0)
