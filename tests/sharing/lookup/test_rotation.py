"""New keys where only questions are answered: filter and keys change in one second."""

from typing import Any

import pytest

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import rotation
from sharing.agreements.models import Version
from tests.coalition import work_off
from tests.hub.api.caller import Caller
from tests.sharing.distribution.ahead import AHEAD
from tests.sharing.distribution.turning import its_second
from tests.sharing.lookup.questions import asked, otag
from tests.sharing.lookup.test_filters import BOTH, numbers, prefixes
from tests.walls import by_worker

pytestmark = pytest.mark.django_db(transaction=True)


def get(person: User, what: str) -> dict[str, Any]:
    answer = Caller(person).get(f"collections/{asked()}/{what}")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_filter_and_keys_are_those_of_the_new_generation_from_its_second_on(
    questions: Version, bob: User
) -> None:
    old = prefixes(*(otag(*each) for each in BOTH))
    assert numbers(get(bob, "filter")) == old
    generation = rotation.announce(
        actor=SYSTEM, collection_id=asked(), effective_from=now() + AHEAD
    )
    work_off()
    assert numbers(get(bob, "filter")) == old
    new = prefixes(*(otag(*each, generation.number) for each in BOTH))
    assert set(new).isdisjoint(old)
    its_second(generation)
    assert numbers(get(bob, "filter")) == new
    by_worker(rotation.take_over_due)
    work_off()
    assert numbers(get(bob, "filter")) == new
