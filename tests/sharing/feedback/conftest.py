"""A record of Alice's that Frank and Bob read."""

from uuid import UUID

import pytest

from orgs.accounts.models import User
from tests.coalition import send
from tests.sharing.feedback.telling import LINE, release_of


@pytest.fixture
def record(coalition: object, alice: User, frank: User, bob: User) -> UUID:
    send(alice, [LINE])
    return release_of(alice)
