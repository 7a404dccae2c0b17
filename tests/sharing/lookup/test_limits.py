"""A limit of one organization's own: it bites at once, in one collection, for one type."""

from datetime import timedelta

import pytest

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Invalid, NotFound, TooMany
from orgs.audit.models import AuditEvent
from sharing.lookup import limits, quota
from sharing.lookup import services as lookup
from tests.access.walled import FRAUD
from tests.cast import acting, home_of
from tests.coalition import collection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("coalition")]


def set_limit(staff, person, most, **changed) -> None:
    known = {
        "actor": acting(staff),
        "organization_id": home_of(person).pk,
        "collection_id": collection(FRAUD),
        "kind": "domain",
        "most": most,
        "reason": "They asked.",
    }
    limits.change(**{**known, **changed})


def ask(person, count: int, start: int = 0) -> None:
    values = [f"h{n}.scam.example" for n in range(start, start + count)]
    lookup.look_up(actor=acting(person), body={"values": values})


def uses(staff, person) -> dict[str, limits.Use]:
    found = limits.uses(acting(staff), home_of(person).pk)
    return {use.kind: use for use in found if use.collection == FRAUD}


def test_limit_refuses_what_is_beyond_it_and_nobody_else(erin, bob, frank) -> None:
    set_limit(erin, bob, 6)
    ask(bob, 6)
    with pytest.raises(TooMany, match="quota of 6 look-ups of domain"):
        ask(bob, 1)
    ask(frank, 10)
    assert quota.used(acting(bob))["domain"] == (6, 6)


def test_limit_of_more_than_usual_lets_more_through(erin, bob, monkeypatch) -> None:
    monkeypatch.setattr(quota, "quota", lambda kind: 2)
    with pytest.raises(TooMany):
        ask(bob, 3)
    for pk, _ in limits.readable(acting(erin), home_of(bob).pk):
        set_limit(erin, bob, 5, collection_id=pk)
    ask(bob, 3)
    ask(bob, 2)
    with pytest.raises(TooMany, match="quota of 5"):
        ask(bob, 1)


def test_limit_of_nothing_refuses_everything_until_it_is_taken_back(erin, bob) -> None:
    set_limit(erin, bob, 0)
    with pytest.raises(TooMany):
        ask(bob, 1)
    set_limit(erin, bob, None)
    ask(bob, 1)
    events = AuditEvent.objects.filter(verb="lookup:limit:change").order_by("pk")
    assert [each.detail["most"] for each in events] == [0, None]
    assert {each.organization_id for each in events} == {home_of(bob).pk}
    assert {each.user_id for each in events} == {erin.pk}


def test_staff_see_counts_and_nothing_below_five(erin, bob) -> None:
    ask(bob, 4)
    assert uses(erin, bob)["domain"].asked is None
    ask(bob, 3)
    set_limit(erin, bob, 14)
    found = uses(erin, bob)["domain"]
    assert (found.asked, found.most, found.share) == (7, 14, 0.5)
    assert found.reason == "They asked."
    assert now() - (found.set_at or now()) < timedelta(minutes=1)


def test_only_staff_with_a_code_change_limits(erin, bob, alice) -> None:
    for actor in (acting(alice), acting(bob), acting(erin, second_factor=False)):
        with pytest.raises(Forbidden):
            set_limit(erin, bob, 1, actor=actor)
    with pytest.raises(Forbidden):
        limits.uses(acting(bob), home_of(bob).pk)


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("kind", {"kind": "horoscope"}),
        ("most", {"most": -1}),
        ("most", {"most": limits.MOST + 1}),
        ("reason", {"reason": " "}),
        ("reason", {"reason": "x" * 201}),
    ],
)
def test_what_is_no_limit_is_refused(erin, bob, field, changed) -> None:
    with pytest.raises(Invalid) as refused:
        set_limit(erin, bob, **{"most": 1, **changed})
    assert refused.value.errors[0]["field"] == field


def test_collection_that_it_was_never_let_into_has_no_limit(erin, carol) -> None:
    with pytest.raises(NotFound):
        set_limit(erin, carol, 1)
