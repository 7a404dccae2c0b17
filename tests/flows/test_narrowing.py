"""What the measurement of a narrowing shows over 100,000 releases, over a few hundred."""

import pytest

from orgs.accounts.models import User
from sharing.agreements.models import Version
from tests.flows.narrowing import Narrowing, right, run

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 300


def test_no_path_shows_a_value_and_all_end_alike_when_narrowed_at_once(
    coalition: Version, alice: User, dana: User
) -> None:
    found = run(Narrowing(alice, dana), COUNT, ahead=0)
    assert right(found, COUNT), found


def test_no_path_shows_a_value_and_all_end_alike_when_built_ahead(
    coalition: Version, alice: User, dana: User
) -> None:
    found = run(Narrowing(alice, dana), COUNT, ahead=8)
    assert right(found, COUNT), found
    assert found["built_in_time"]
