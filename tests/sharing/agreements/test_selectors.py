"""What is in force now: to the second, and by more than one wall."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hub.lib.errors import NotFound
from orgs.access import revoke_all
from orgs.accounts.models import Organization, User
from sharing.agreements import selectors
from sharing.agreements.models import (
    Agreement,
    Collection,
    Generation,
    Grant,
)
from tests.cast import acting, organization, person_in
from tests.sharing.agreements.conftest import Enact, clause

NOW = datetime.now(UTC)


def collection() -> Collection:
    return Collection.objects.get()


def reads(slug: str = "harbour") -> bool:
    found = selectors.grant_now(organization(slug).pk, collection().pk)
    return found is not None


def test_active_clauses_are_those_that_name_the_contributor(enact: Enact) -> None:
    version = enact(clause(), clause("Second", **{"from": ["sentry"]}))
    meadow, sentry = organization("meadow").pk, organization("sentry").pk
    (found,) = selectors.active_clauses(meadow)
    assert found.version_id == version.pk
    assert found.title == "Fraud"
    assert found.terms.clause == "Fraud"
    assert found.names[meadow] == "Meadow Social"
    assert [(each.number, each.state) for each in found.generations] == [(1, "live")]
    assert len(selectors.active_clauses(sentry)) == 2
    assert len(selectors.active_clauses()) == 2
    assert not selectors.active_clauses(organization("harbour").pk)


@pytest.mark.parametrize("state", ["suspended", "expired", "terminated"])
def test_nothing_is_in_force_when_the_agreement_is_not_active(
    enact: Enact, state: str
) -> None:
    enact()
    assert reads()
    Agreement.objects.update(state=state)
    assert not reads()
    assert not selectors.active_clauses()


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_nothing_is_read_when_the_collection_is_not_open(
    enact: Enact, state: str
) -> None:
    enact()
    Collection.objects.update(state=state)
    assert not reads()
    assert not selectors.active_clauses()


def test_effective_until_acts_to_the_second(enact: Enact) -> None:
    end = NOW.replace(microsecond=0) + timedelta(hours=1)
    enact(effective_until=end.isoformat())
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert reads()
        assert selectors.active_clauses()
    with time_machine.travel(end, tick=False):
        assert not reads()
        assert not selectors.active_clauses()


def test_effective_from_acts_to_the_second(enact: Enact) -> None:
    enact(effective_from="2025-01-01")
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    Grant.objects.update(valid_from=begin - timedelta(days=1))
    with time_machine.travel(begin - timedelta(seconds=1), tick=False):
        assert not reads()
    with time_machine.travel(begin, tick=False):
        assert reads()


def test_grant_acts_from_and_until_to_the_second(enact: Enact) -> None:
    enact()
    begin = NOW.replace(microsecond=0) + timedelta(hours=1)
    end = begin + timedelta(hours=1)
    Grant.objects.update(valid_from=begin, valid_until=end)
    for moment, expected in (
        (begin - timedelta(seconds=1), False),
        (begin, True),
        (end - timedelta(seconds=1), True),
        (end, False),
    ):
        with time_machine.travel(moment, tick=False):
            assert reads() == expected


def test_grant_of_an_older_version_reads_nothing(enact: Enact) -> None:
    old = enact()
    enact(clause(continues="Fraud", min_confidence=90))
    Grant.objects.update(clause=old.clauses.get())
    assert not reads()


def test_inactive_organization_reads_nothing(enact: Enact) -> None:
    enact()
    Organization.objects.filter(slug="harbour").update(is_active=False)
    assert not reads()


@pytest.mark.parametrize("change", [{"is_government": True}, {"kind": "telecom"}])
def test_recipient_that_the_clause_no_longer_admits_reads_nothing(
    enact: Enact, change: dict[str, object]
) -> None:
    enact()
    Organization.objects.filter(slug="harbour").update(**change)
    assert not reads()


def test_stranger_reads_nothing(enact: Enact) -> None:
    enact()
    assert not reads("northline")
    assert not reads("meadow")


def test_granted_needs_the_grant_and_the_permission(enact: Enact) -> None:
    enact()
    bob = acting(person_in(organization("harbour"), "bob"))
    assert [grant.collection_id for grant in selectors.granted(bob)] == [
        collection().pk
    ]
    revoke_all(collection(), organization("harbour").pk)
    assert reads()
    assert not selectors.granted(bob)


def test_agreements_are_those_of_ones_own(enact: Enact, erin: User) -> None:
    enact()
    bob = person_in(organization("harbour"), "bob")
    carol = person_in(organization("northline"), "carol")
    found = {
        person.name: selectors.agreements(acting(person)).count()
        for person in (bob, carol, erin)
    }
    assert found == {"Bob": 1, "Carol": 0, "Erin": 1}


def test_clause_under_embargo_releases_nothing_yet(enact: Enact) -> None:
    end = NOW.replace(microsecond=0) + timedelta(hours=1)
    enact(clause(embargo_until=end.isoformat()))
    assert len(selectors.active_clauses()) == 1
    assert selectors.active_clause(collection().pk) is None
    with time_machine.travel(end, tick=False):
        assert selectors.active_clause(collection().pk) is not None


def test_still_active_is_false_when_anything_changed(enact: Enact) -> None:
    enact()
    found = selectors.active_clause(collection().pk)
    assert found is not None
    assert found.still_active()
    Generation.objects.update(state=Generation.State.CLOSED)
    assert not found.still_active()
    Generation.objects.update(state=Generation.State.LIVE)
    enact(clause(continues="Fraud", min_confidence=0))
    assert not found.still_active()


def test_live_generation_is_the_newest_in_effect(enact: Enact) -> None:
    enact()
    first = Generation.objects.get()
    begin = datetime.now(UTC) + timedelta(hours=1)
    Generation.objects.create(
        collection=collection(),
        number=2,
        state=Generation.State.BUILDING,
        effective_from=begin,
        version=first.version,
        created_at=begin,
    )
    at = begin - timedelta(seconds=1)
    assert selectors.live_generation(collection().pk, at).number == 1
    assert selectors.live_generation(collection().pk, begin).number == 2
    Generation.objects.update(state=Generation.State.CLOSED)
    with pytest.raises(NotFound):
        selectors.live_generation(collection().pk, begin)


def test_lock_heads_locks_in_the_order_of_ids(enact: Enact) -> None:
    enact(clause(), clause("Second"))
    ids = list(Generation.objects.values_list("pk", flat=True))
    heads = selectors.lock_heads(sorted(ids, reverse=True))
    assert [head.pk for head in heads] == sorted(ids)
