"""What the measurement of a rotation shows over a million tokens, over a few hundred."""

import pytest

from orgs.accounts.models import User
from sharing.agreements.models import Version
from tests.flows.rotation import right, run

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 300


def test_nobody_misses_or_gets_twice_what_is_there_when_keys_change(
    coalition: Version, alice: User, bob: User, frank: User
) -> None:
    found = run(alice, bob, frank, COUNT)
    assert right(found, COUNT, within=60), found
