"""A fault in policy or reading is seen by the machine; `./run bench mutants` has all."""

import pytest

from tests.oracle.machine import run
from tests.oracle.mutants import SOON, Mutated
from tests.oracle.reading import FirstTally, SeenError
from tests.oracle.stage import staged

STEPS = 2_000  # at most


@pytest.mark.django_db
@pytest.mark.parametrize("name", SOON)
def test_machine_sees_a_fault_when_there_is_one(name: str) -> None:
    tally = FirstTally()
    with staged() as stage, Mutated(name), pytest.raises(SeenError):
        run(stage, tally, steps=STEPS, number=1, strict=False)
    assert tally.leaked + tally.hidden == 1
