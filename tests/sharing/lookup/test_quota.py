"""Quotas are reserved before anything is done, so that asking all at once gains nothing."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import connection
from django.test import Client

from hub.lib.clock import now
from hub.lib.errors import TooMany
from orgs.access import scope
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from sharing import vocabulary as v
from sharing.agreements.models import Version
from sharing.distribution import finding
from sharing.lookup import quota
from sharing.lookup.models import LookupCount
from sharing.lookup.quota import Use
from sharing.tokens import voprf
from sharing.tokens.scheme import TYPED
from tests.cast import acting, key_of
from tests.coalition import collection
from tests.hub.api.caller import ROOT, Caller
from tests.sharing.lookup.questions import ASKED, HOST, PHONE, asked, wire
from tests.walls import APP, stored, working_as

pytestmark = pytest.mark.django_db(transaction=True)

ELEMENT = "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"
FRAUD = "Fraud prevention"
AT_ONCE, EACH, LEFT = 8, 2, 5  # two of the eight are within the quota of five


class Way(NamedTuple):
    """One of the ways to ask: where, with what, and what does the work."""

    kind: str
    limit: str  # of a day
    path: str
    body: dict[str, Any]
    work: tuple[Any, str]
    size: Callable[..., int]  # of one piece of work


def ways() -> dict[str, Way]:
    where = f"collections/{asked()}"
    blinded = {"generation": 1, "scheme": TYPED, "blinded": [ELEMENT] * EACH}
    fraud = [str(collection(FRAUD))]
    phones = {"values": [PHONE, "+442079460951"], "collections": fraud}
    hits = {"tokens": [wire(PHONE, "phone"), wire(HOST, "domain")]}
    found = (finding, "with_tokens")
    return {
        "oblivious": Way(
            "oblivious",
            "OBLIVIOUS_A_DAY",
            f"{where}/oprf/evaluate",
            blinded,
            (voprf, "evaluate"),
            lambda key, elements: len(elements),
        ),
        "details": Way(
            "details",
            "DETAILS_A_DAY",
            f"{where}/details",
            hits,
            found,
            lambda reading, tokens: len(tokens),
        ),
        "exact": Way(
            "phone",
            "LOOKUPS_OF_FEW",
            "lookups",
            phones,
            found,
            lambda reading, tokens: len(tokens),
        ),
    }


def all_at_once(person: User, way: Way) -> Counter[int]:
    """The status of each of the requests, which begin in one moment."""
    start, told = threading.Barrier(AT_ONCE), list[int]()
    signed = {"Authorization": f"Bearer {key_of(person)}"}

    def run() -> None:
        try:
            with working_as(APP):
                start.wait(60)
                answer = Client().post(
                    ROOT + way.path, way.body, "application/json", headers=signed
                )
                told.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    return Counter(told)


@pytest.mark.parametrize("name", ["oblivious", "details", "exact"])
def test_no_work_is_done_beyond_the_quota_by_those_who_ask_at_once(
    questions: Version, bob: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    way, done = ways()[name], list[int]()
    monkeypatch.setattr(v, way.limit, LEFT)
    module, word = way.work
    work = getattr(module, word)

    def slowly(*given: Any) -> Any:
        done.append(way.size(*given))
        time.sleep(0.2)  # so that all are at it at once, if they may
        return work(*given)

    monkeypatch.setattr(module, word, slowly)
    told = all_at_once(bob, way)
    within = LEFT // EACH
    assert told == {200: within, 429: AT_ONCE - within}
    assert sum(done) == within * EACH
    [row] = stored(LookupCount).filter(kind=way.kind)
    assert row.asked == within * EACH
    refusals = AuditEvent.objects.filter(verb="lookup:releases:refuse")
    assert refusals.count() == AT_ONCE - within


@pytest.mark.parametrize("name", ["details", "exact"])
def test_work_that_fails_does_not_count(
    questions: Version, bob: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    way, caller = ways()[name], Caller(bob)
    monkeypatch.setattr(v, way.limit, EACH)
    with monkeypatch.context() as broken:
        broken.setattr(*way.work, None)
        assert caller.post(way.path, way.body).status_code == 500
    [row] = stored(LookupCount).filter(kind=way.kind)
    assert (row.asked, row.hits, row.dry) == (0, 0, 0)
    assert caller.post(way.path, way.body).status_code == 200
    assert caller.post(way.path, way.body).status_code == 429


def test_oblivious_question_is_counted_and_on_record_before_the_arithmetic(
    questions: Version, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, seen = ways()["oblivious"], list[tuple[bool, int, int]]()
    work = voprf.evaluate

    def looking(*given: Any) -> Any:
        events = AuditEvent.objects.filter(verb="lookup:elements:evaluate")
        asked = [row.asked for row in stored(LookupCount).filter(kind="oblivious")]
        seen.append((connection.in_atomic_block, sum(asked), events.count()))
        return work(*given)

    monkeypatch.setattr(voprf, "evaluate", looking)
    assert Caller(bob).post(way.path, way.body).status_code == 200
    assert seen == [(False, EACH, 1)], "and it holds no transaction"


@pytest.fixture
def bank(questions: Version, bob: User) -> Actor:
    return acting(bob)


def counts() -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = stored(LookupCount).select_related("collection")
    return {
        (row.collection.title, row.kind): (row.asked, row.hits, row.dry) for row in rows
    }


def reserve(actor: Actor, wanted: quota.Accounts) -> None:
    with scope(actor.organization_id):
        quota.reserve(actor, wanted, now())


def test_all_accounts_are_reserved_or_none(
    bank: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(v, "LOOKUPS_OF_FEW", 3)
    fraud, other = collection(FRAUD), collection(ASKED)
    both = {(fraud, "domain"): 2, (fraud, "phone"): 2, (other, "phone"): 2}
    reserve(bank, both)
    before = counts()
    assert {asked for asked, _, _ in before.values()} == {2}
    for more in ({(other, "phone"): 2}, both, {(other, "ipv4"): 4}):
        with pytest.raises(TooMany):
            reserve(bank, more)
        assert counts() == before
    reserve(bank, {(other, "phone"): 1, (fraud, "phone"): 1, (fraud, "domain"): 9})


def test_what_came_of_nothing_is_given_back(bank: Actor) -> None:
    fraud, other = (collection(FRAUD), "phone"), (collection(ASKED), "phone")
    wanted, moment = {fraud: 3, other: 3}, now()
    reserve(bank, wanted)
    with time_machine.travel(moment + timedelta(days=1)), scope(bank.organization_id):
        quota.settle(bank, wanted, {fraud: Use(3, 1)}, moment)  # on its own day
    assert counts() == {(FRAUD, "phone"): (3, 1, 0), (ASKED, "phone"): (0, 0, 0)}
