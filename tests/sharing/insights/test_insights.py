"""Insights: one's own exactly, others' only as far as one may read them, small counts not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Malformed, NotFound
from orgs.access import scope
from orgs.accounts.actor import Role
from orgs.accounts.models import User
from sharing.agreements.models import Agreement, Version
from sharing.distribution.models import Departure
from sharing.insights import selectors, showing
from sharing.insights.selectors import read_weeks
from sharing.insights.suppressing import HIDDEN
from tests.cast import acting, browser_of, home_of, person_in
from tests.coalition import pulled, send
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)
FRAUD, PERIOD = "Fraud prevention", None


def of(person: User, name: str) -> dict[object, object]:
    """The rows of one of the figures."""
    rows = showing.figure(acting(person), read_weeks(PERIOD), name).rows
    return {row[0]: row[1] for row in rows}


@pytest.fixture
def begun(coalition: object, alice: User, frank: User) -> None:
    """Alice gave seven domains and two phones, Frank three domains of another scam."""
    lines = [f"a{n}.scam.example" for n in range(7)]
    send(alice, lines, confidence="80", scam_type="investment")
    send(alice, ["+14155550101", "+14155550102"], confidence="80", scam_type="romance")
    lines = [f"f{n}.scam.example" for n in range(3)]
    send(frank, lines, confidence="80", scam_type="phishing", tlp="amber")


def test_giver_sees_its_own_exactly(begun: None, alice: User) -> None:
    assert of(alice, "contributed-types") == {"domain": 14, "phone": 4}
    assert of(alice, "contributed-scams") == {"investment": 14, "romance": 4}
    assert of(alice, "contributed-partners") == {
        "Harbour Bank": 9,
        "Liaison Office": 9,
        "Sentry Security": 9,
    }
    assert list(of(alice, "contributed-weeks").values())[-1] == 18


def test_reader_is_told_no_small_count(begun: None, bob: User) -> None:
    """Two phones; ten domains would give them away."""
    assert of(bob, "received-types") == {"domain": HIDDEN, "phone": HIDDEN}
    assert of(bob, "received-partners") == {
        "Meadow Social": HIDDEN,
        "Sentry Security": HIDDEN,
    }
    assert list(of(bob, "received-weeks").values())[-1] == 12
    own = {
        each.name: each for each in showing.page(acting(bob), read_weeks(None)).parts
    }
    assert own["received"].total == 12


def test_reader_counts_nothing_that_it_may_read_no_longer(
    begun: None, bob: User
) -> None:
    Agreement.objects.update(state="suspended")
    assert of(bob, "received-types") == {}
    with scope(home_of(bob).pk):
        assert not Departure.objects.exists()


def test_reader_counts_nothing_of_who_left(
    begun: None, coalition: Version, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.insights.suppressing.SMALL_COUNT", 1)
    assert of(bob, "received-partners") == {"Meadow Social": 9, "Sentry Security": 3}
    enacted(amended(coalition.agreement_id, {FRAUD: {"from": ["meadow"]}}))
    assert of(bob, "received-partners") == {"Meadow Social": 9}


def test_redacted_words_are_not_told_by_counts(
    begun: None, coalition: Version, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.insights.suppressing.SMALL_COUNT", 1)
    terms = {"redaction": {"scam_type": "drop", "originator": "pseudonym"}}
    enacted(amended(coalition.agreement_id, {FRAUD: terms, "Vendor exchange": None}))
    assert of(bob, "received-scams") == {selectors.NOT_TOLD: 12}
    assert of(bob, "received-partners") == {selectors.NOT_NAMED: 12}
    assert of(bob, "received-types") == {"domain": 10, "phone": 2}


def test_who_does_not_read_sees_what_was_given_alone(begun: None, alice: User) -> None:
    auditor = acting(person_in(home_of(alice), "aud", Role.AUDITOR))
    parts = showing.page(auditor, read_weeks(None)).parts
    assert [each.name for each in parts] == ["contributed", "times"]
    with pytest.raises(NotFound):
        showing.figure(auditor, read_weeks(None), "received-types")


def test_effects_tell_how_many_fetched_and_owe_an_answer(
    begun: None, alice: User, bob: User
) -> None:
    pulled(bob, FRAUD)
    send(alice, [{"op": "withdraw", "value": "a0.scam.example"}])
    found = selectors.effects(acting(alice), read_weeks(None))
    assert (found.released, found.recalled) == (18, 2)
    assert (found.recipients, found.fetched_by, found.unanswered) == (3, 1, 1)
    analyst = acting(person_in(home_of(alice), "ana", Role.ANALYST))
    assert selectors.effects(analyst, read_weeks(None)).recipients == 0


def test_time_to_share_is_told(begun: None, alice: User) -> None:
    took, _ = selectors.share_times(acting(alice), read_weeks(None))["released"]
    assert took.count == 18
    assert took.median is not None
    assert took.median <= took.p90 <= 60  # type: ignore[operator]


def test_staff_see_the_hub_in_rough(begun: None, erin: User, alice: User) -> None:
    assert of(erin, "hub-types") == {"domain": HIDDEN, "phone": HIDDEN}
    assert list(of(erin, "hub-weeks").values())[-1] == 24
    with pytest.raises(NotFound):
        showing.figure(acting(erin), read_weeks(None), "received-types")
    with pytest.raises(Forbidden):
        selectors.hub_wide(acting(alice), read_weeks(None))


def test_old_weeks_are_shown_when_they_are_asked_for(begun: None, alice: User) -> None:
    old = now().date() - timedelta(weeks=20)
    stored(Departure).filter(type="phone").update(day=old)
    assert of(alice, "contributed-types") == {"domain": 14}
    page = browser_of(alice).get(reverse("insights"), {"weeks": "26"})
    assert "phone" in page.content.decode()
    with pytest.raises(Malformed):
        read_weeks("1000")


def test_table_is_the_one_behind_the_picture(begun: None, alice: User) -> None:
    where = reverse("insights-table", args=["contributed-types"])
    told = b"".join(browser_of(alice).get(where)).decode()
    assert told.split() == ["Type,Claims", "domain,14", "phone,4"]
