"""The coalition with a clause that only answers questions, and claims in it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from hub.lib.clock import now
from orgs.accounts.models import User
from sharing import vocabulary as v
from sharing.agreements.models import Version
from tests.sharing.lookup.questions import claims_of, with_questions


@pytest.fixture
def questions(coalition: Version, alice: User, frank: User) -> Version:
    version = with_questions(coalition.agreement_id)
    claims_of(alice, frank)
    return version


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still, unless it is moved."""
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def at_once(monkeypatch) -> None:
    """What goes on in the stream is in the next filter."""
    monkeypatch.setattr(v, "FILTER_YOUNG", timedelta(0))
    monkeypatch.setattr(v, "FILTER_AGE", timedelta(0))
