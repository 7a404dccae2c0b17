"""2,000 steps in every run of the tests; `./run bench oracle` takes more of them."""

import pytest

from tests.oracle.machine import STEPS, run
from tests.oracle.reading import Tally
from tests.oracle.stage import staged

WORLDS = 5


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(8))
def test_everybody_sees_what_the_oracle_says_whatever_is_done(number: int) -> None:
    tally = Tally()
    with staged() as stage:
        run(stage, tally, worlds=WORLDS, number=number)
    assert tally.steps >= WORLDS * STEPS
    assert (tally.leaked, tally.hidden) == (0, 0)
