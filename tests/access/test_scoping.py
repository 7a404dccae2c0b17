"""The scope of a transaction: set inside, given back outside."""

from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from orgs.access import scope


def current() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.current_org', true)")
        [value] = cursor.fetchone()
    return value or ""


ONE, OTHER = uuid4(), uuid4()


def test_scope_is_set_inside_and_gone_outside(db: None) -> None:
    with scope(ONE):
        assert current() == str(ONE)
    assert current() == ""


def test_inner_scope_gives_the_outer_one_back(db: None) -> None:
    with scope(ONE):
        with scope(OTHER):
            assert current() == str(OTHER)
        assert current() == str(ONE)
        with scope(None):
            assert current() == ""
        assert current() == str(ONE)


@pytest.mark.parametrize("outer", [ONE, None])
def test_error_in_the_inner_scope_gives_the_outer_one_back(
    db: None, outer: UUID | None
) -> None:
    with scope(outer):
        with pytest.raises(RuntimeError), scope(OTHER):
            raise RuntimeError
        assert current() == str(outer or "")


@pytest.mark.django_db(transaction=True)
def test_scope_opens_the_transaction_and_ends_with_it() -> None:
    with scope(ONE):
        assert connection.in_atomic_block
        assert current() == str(ONE)
    assert current() == ""
    with pytest.raises(RuntimeError), scope(ONE):
        raise RuntimeError
    assert current() == ""


@pytest.mark.django_db(transaction=True)
def test_scope_does_not_outlive_the_transaction_around_it() -> None:
    with transaction.atomic():
        with scope(ONE):
            pass
        assert current() == ""
    assert current() == ""
