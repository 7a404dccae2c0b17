"""What a first release promised to retain holds when its rows are long gone."""

from datetime import datetime, timedelta

import pytest

from hub.lib.clock import now
from orgs.accounts.models import User
from sharing.agreements.models import Version
from sharing.distribution import explaining, housekeeping
from sharing.distribution.models import Release, Retained
from sharing.indicators.models import Indicator
from tests.cast import acting
from tests.coalition import collection, send
from tests.sharing.distribution.ahead import its_end
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import by_worker, stored

pytestmark = pytest.mark.django_db(transaction=True)

FRAUD, HOST = "Fraud prevention", "login.scam.example"
SWEPT = timedelta(days=91)


def sweep(moment: datetime) -> None:
    assert by_worker(housekeeping.sweep_tombstones, moment) > 0
    assert not stored(Release).exists()


def released() -> list[datetime]:
    found = stored(Release).filter(generation__collection=collection(FRAUD))
    live = found.filter(state="live")
    return [row.retain_until for row in live]


def promised(until: datetime) -> None:
    stored(Release).update(retain_until=until)


def test_claim_is_not_released_again_when_its_retention_is_over_and_swept(
    coalition: Version, alice: User
) -> None:
    send(alice, [HOST])
    promised(now())
    assert by_worker(housekeeping.end_retention) > 0
    sweep(now() + SWEPT)
    send(alice, [{"value": HOST, "confidence": 90}])
    assert stored(Indicator).get().state == "active"
    assert released() == []
    claim = stored(Indicator).get()
    seen = explaining.visibility(actor=acting(alice), claim_id=claim.pk)
    assert {each.standing for each in seen.clauses} == {"withheld"}
    assert all("its retention ended" in each.reasons[0] for each in seen.clauses)


def test_claim_that_comes_back_is_retained_as_long_as_was_promised_first(
    coalition: Version, alice: User
) -> None:
    send(alice, [HOST])
    until = now() + timedelta(days=3)
    promised(until)
    send(alice, [{"op": "withdraw", "value": HOST}])
    sweep(now() + SWEPT)
    send(alice, [HOST])
    assert released() == [until]
    send(alice, [{"op": "withdraw", "value": HOST}])
    promised(until + timedelta(days=1))
    sweep(now() + SWEPT)
    send(alice, [HOST])
    assert released() == [until], "the first promise stands"


def test_claim_is_not_released_again_when_an_expired_agreement_is_taken_up(
    coalition: Version, alice: User
) -> None:
    send(alice, [HOST, "other.scam.example"])
    first = stored(Release).filter(generation__collection=collection(FRAUD))
    over, kept = first.order_by("seq")
    stored(Release).filter(pk=over.pk).update(retain_until=now())
    its_end(coalition)
    while by_worker(housekeeping.empty_closed):
        pass
    assert not stored(Release).filter(pk=over.pk).exists()
    enacted(amended(coalition.agreement_id, {}))
    again = stored(Release).get(
        generation__number=2, generation__collection=collection(FRAUD), state="live"
    )
    assert (again.indicator, again.retain_until) == (kept.indicator, kept.retain_until)


def test_promise_is_forgotten_when_the_claim_is_not_valid_any_more(
    coalition: Version, alice: User
) -> None:
    send(alice, [HOST, "other.scam.example"])
    send(alice, [{"op": "withdraw", "value": HOST}])
    send(alice, [{"op": "withdraw", "value": "other.scam.example"}])
    later = now() + SWEPT
    sweep(later)
    assert stored(Retained).count() == 4, "two claims in two streams"
    stays, goes = stored(Indicator).order_by("index")
    stored(Indicator).filter(pk=stays.pk).update(valid_until=later + 2 * SWEPT)
    stored(Indicator).filter(pk=goes.pk).update(valid_until=later)
    stored(Retained).update(keep_until=later)
    assert by_worker(housekeeping.forget_promises, later) == 2
    left = stored(Retained).values_list("indicator", "keep_until")
    assert set(left) == {(stays.pk, later + 2 * SWEPT)}
    assert by_worker(housekeeping.forget_promises, later + SWEPT) == 0
