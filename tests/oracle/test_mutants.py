"""Each fault in policy or reading is seen by the machine, within a bounded number of steps."""

import pytest

from tests.oracle.machine import SeenError, run
from tests.oracle.mutants import MUTANTS, Mutated
from tests.oracle.reading import Tally
from tests.oracle.stage import staged

WORLDS = 20  # at most


@pytest.mark.django_db
@pytest.mark.parametrize("name", MUTANTS)
def test_machine_sees_a_fault_when_there_is_one(name: str) -> None:
    tally = Tally()
    with staged() as stage, Mutated(name), pytest.raises(SeenError):
        run(stage, tally, worlds=WORLDS, number=1, strict=False, first=True)
    assert tally.leaked + tally.hidden
