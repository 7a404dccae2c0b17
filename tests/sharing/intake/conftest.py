"""Members whose lines wait for a second person, or soon will."""

import pytest

from orgs.accounts.models import Organization, User
from tests.cast import person_in
from tests.sharing.intake.held import make_new, make_settled, make_small


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch)


@pytest.fixture
def settled(small: None, coalition: object, meadow: Organization) -> None:
    make_settled(meadow)


@pytest.fixture
def new(small: None, coalition: object, meadow: Organization) -> None:
    make_new(meadow)


@pytest.fixture
def amy(meadow: Organization) -> User:
    """The second manager of alice's organization."""
    return person_in(meadow, "amy")
