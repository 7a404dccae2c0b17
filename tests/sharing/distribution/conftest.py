"""An amendment that is signed ahead of its time."""

from datetime import timedelta
from typing import Any

import pytest

from hub.lib.clock import iso, now
from orgs.accounts.models import User
from sharing.agreements.models import Version
from tests.coalition import send
from tests.sharing.distribution.ahead import AHEAD, FRAUD, STRONG, Ahead, claims
from tests.sharing.distribution.amending import TEXT, amended, enacted


@pytest.fixture
def ahead(coalition: Version) -> Ahead:
    """An amendment that all have signed and whose time comes later."""

    def do(
        terms: dict[str, Any] | None = None,
        *,
        title: str = FRAUD,
        wait: timedelta = AHEAD,
        parties: tuple[str, ...] = tuple(TEXT["parties"]),
    ) -> Version:
        version = amended(
            coalition.agreement_id,
            {title: terms},
            parties=parties,
            effective_from=iso(now() + wait),
        )
        return enacted(version)

    return do


@pytest.fixture
def begun(coalition: object, alice: User) -> None:
    send(alice, claims(STRONG, "other.example"))
