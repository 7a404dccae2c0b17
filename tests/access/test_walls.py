"""The permission, the Grant and the agreement before every stream; each alone shuts it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.lib.clock import now
from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from sharing.agreements.models import (
    Agreement,
    CollectionGroupObjectPermission,
    Grant,
)
from sharing.distribution import services as receipts
from sharing.feeds import selectors as feeds
from tests.cast import acting
from tests.coalition import collection

Way = Callable[[Actor, UUID], Any]


def acknowledge(actor: Actor, pk: UUID) -> None:
    receipts.acknowledge(actor=actor, collection_id=pk, cursor=Cursor(1, 0))


WAYS: dict[str, Way] = {
    "page": lambda actor, pk: feeds.page(actor, pk, Cursor(), 10),
    "newest": feeds.newest,
    "check": feeds.check_readable,
    "keys": feeds.keys,
    "collection": feeds.collection,
    "acknowledge": acknowledge,
}


def without_permission() -> None:
    CollectionGroupObjectPermission.objects.all().delete()


def without_grant() -> None:
    Grant.objects.update(valid_until=now() - timedelta(seconds=1))


def suspended() -> None:
    Agreement.objects.update(state=Agreement.State.SUSPENDED)


@pytest.fixture
def fraud(coalition: object, bob: User) -> UUID:
    """A collection that bob reads and was served already."""
    pk = collection("Fraud prevention")
    for way in ("page", "newest", "check", "keys", "collection", "acknowledge"):
        WAYS[way](acting(bob), pk)
    return pk


@pytest.mark.parametrize("wall", [without_permission, without_grant, suspended])
def test_stream_stays_shut_by_every_way_when_one_wall_alone_stands(
    fraud: UUID, bob: User, wall: Callable[[], None]
) -> None:
    wall()
    for way in WAYS.values():
        with pytest.raises(NotFound):
            way(acting(bob), fraud)
    assert feeds.collections(acting(bob)) == []
