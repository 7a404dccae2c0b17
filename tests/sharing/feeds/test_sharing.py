"""How far everybody is: receipts for those who may see them, and of one's own claims alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hub.lib.clock import now
from hub.lib.paging import Cursor
from orgs.access import scope
from orgs.accounts.actor import Role
from orgs.accounts.models import User
from sharing.agreements.models import Grant, Version
from sharing.distribution import services as receipts
from sharing.distribution import standing
from sharing.distribution.models import Receipt, Release
from sharing.feeds import selectors as feeds
from sharing.feeds import sharing
from sharing.feeds.sharing import Given, Read, Recipient
from tests.cast import acting, browser_of, home_of, key_of, person_in
from tests.coalition import collection, pulled, send
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)
FRAUD = "Fraud prevention"
WITHDRAW = {"op": "withdraw", "value": "one.scam.example"}


def given(person: User, title: str = FRAUD) -> Given:
    found = sharing.sharing(acting(person)).gives
    return next(each for each in found if each.title == title)


def recipient(person: User, name: str, title: str = FRAUD) -> Recipient:
    return next(who for who in given(person, title).recipients if who.name == name)


def read(person: User, title: str = FRAUD) -> Read:
    found = sharing.sharing(acting(person)).reads
    return next(each for each in found if each.title == title)


@pytest.fixture
def begun(coalition: object, alice: User, frank: User, bob: User) -> None:
    """Two of Alice's and one of Frank's; Bob was served two of the three."""
    send(alice, ["one.scam.example"], confidence="80", scam_type="investment")
    send(frank, ["two.scam.example"], confidence="80", scam_type="investment")
    pulled(bob, FRAUD)
    send(alice, ["three.scam.example"], confidence="80", scam_type="investment")


def test_reader_sees_how_far_it_is_and_what_waits(begun: None, bob: User) -> None:
    found = read(bob)
    assert (found.head, found.delivered, found.acked) == ("1.3", "1.2", "")
    assert found.standing is not None
    assert str(found.standing.unfetched) == "1"
    assert str(found.standing.unacknowledged) == "3"
    assert found.standing.recalls.n == 0
    assert found.answer == "1.2"


def test_reader_sees_which_key_fetched(begun: None, bob: User) -> None:
    key = key_of(bob, scopes=["read"])
    address = f"/api/v1/collections/{collection(FRAUD)}/releases?limit=10"
    browser_of(bob).get(address, headers={"Authorization": f"Bearer {key}"})
    assert read(bob).fetched_by == "test"
    stored(Receipt).update(fetched_at=now() - timedelta(hours=2))
    pulled(bob, FRAUD)
    found = read(bob)
    assert found.fetched_by == ""
    assert found.standing is not None
    assert now() - (found.standing.told.fetched_at or now()) < timedelta(hours=1)


def test_contributor_sees_its_own_claims_alone_in_the_lag(
    begun: None, alice: User, frank: User
) -> None:
    assert str(recipient(alice, "Harbour Bank").unfetched) == "1"
    assert str(recipient(frank, "Harbour Bank").unfetched) == "0"
    assert str(recipient(alice, "Sentry Security").unfetched) == "2"
    assert recipient(alice, "Sentry Security").fetched_at is None
    assert recipient(alice, "Harbour Bank").fetched_at is not None


def test_numbers_end_where_counting_ends(
    begun: None, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "COUNTED", 1)
    assert str(recipient(alice, "Sentry Security").unfetched) == "1+"
    assert str(recipient(alice, "Harbour Bank").unfetched) == "1"


def test_recall_waits_until_it_is_acknowledged(
    begun: None, alice: User, bob: User
) -> None:
    send(alice, [WITHDRAW])
    for waits in (recipient(alice, "Harbour Bank").recalls, read(bob).standing.recalls):  # type: ignore[union-attr]
        assert waits.n == 1
        assert waits.deadline == waits.since + timedelta(hours=72)  # type: ignore[operator]
    pulled(bob, FRAUD)
    cursor = Cursor.parse(read(bob).answer)
    receipts.acknowledge(
        actor=acting(bob), collection_id=collection(FRAUD), cursor=cursor
    )
    assert recipient(alice, "Harbour Bank").recalls.n == 0
    assert read(bob).answer == ""


def test_recall_waits_for_nobody_who_never_had_it(begun: None, alice: User) -> None:
    send(alice, [WITHDRAW])
    assert recipient(alice, "Sentry Security").recalls.n == 0


def test_page_tells_of_an_overdue_recall_and_takes_the_answer(
    begun: None, alice: User, bob: User
) -> None:
    send(alice, [WITHDRAW])
    pulled(bob, FRAUD)
    late = now() - timedelta(hours=73)
    stored(Release).filter(state="tombstone").update(date_added=late)
    browser = browser_of(bob)
    page = browser.get(reverse("sharing")).content.decode()
    assert "overdue" in page
    assert "We dealt with all up to" in page
    sent = {"cursor": read(bob).answer, "acting": str(home_of(bob).pk)}
    browser.post(reverse("sharing-acknowledge", args=[collection(FRAUD)]), sent)
    assert "overdue" not in browser.get(reverse("sharing")).content.decode()


def test_cursor_beyond_what_was_served_is_refused(begun: None, bob: User) -> None:
    sent = {"cursor": "1.3"}
    where = reverse("sharing-acknowledge", args=[collection(FRAUD)])
    told = browser_of(bob).post(where, sent, follow=True).content.decode()
    assert "not served that far" in told
    assert read(bob).acked == ""


def test_receipts_are_for_those_who_audit(begun: None, alice: User) -> None:
    home = home_of(alice)
    for role, sees in ((Role.ANALYST, False), (Role.AUDITOR, True)):
        person = person_in(home, f"x-{role}", role)
        assert bool(given(person).recipients) is sees
        assert "Harbour Bank" in given(person).names
        page = browser_of(person).get(reverse("sharing")).content.decode()
        assert ("Of yours not fetched" in page) is sees
        table = browser_of(person).get(reverse("sharing-receipts"))
        assert table.status_code == (200 if sees else 403)


def test_hidden_recipient_is_not_there(
    begun: None, coalition: Version, alice: User, bob: User
) -> None:
    """Neither on the page nor behind it: the database keeps its receipts back as well."""
    assert recipient(alice, "Harbour Bank").name == "Harbour Bank"
    enacted(amended(coalition.agreement_id, {}, hidden=("harbour",)))
    names = {who.name for who in given(alice).recipients}
    assert names == {"Sentry Security"}
    assert "Harbour Bank" not in given(alice).names
    with scope(home_of(alice).pk):
        assert not Receipt.objects.filter(recipient=home_of(bob)).exists()


def test_receipts_are_shut_to_who_contributes_nothing(
    begun: None, bob: User, frank: User
) -> None:
    feeds.page(acting(frank), collection(FRAUD), Cursor(), 1)
    for person, whose in ((frank, {bob, frank}), (bob, {bob})):
        with scope(home_of(person).pk):
            seen = set(Receipt.objects.values_list("recipient", flat=True))
        assert seen == {home_of(each).pk for each in whose}


def test_ended_access_is_told_until_it_is_purged(
    begun: None, alice: User, bob: User
) -> None:
    soon = now() + timedelta(hours=1)
    ended = Grant.objects.filter(recipient=home_of(bob), collection=collection(FRAUD))
    ended.update(valid_until=now(), purge_by=soon, notice=home_of(bob).pk)
    [told] = sharing.sharing(acting(alice)).ended
    assert (told.name, told.purge_by) == ("Harbour Bank", soon)
    ended.update(acked_at=now())
    assert sharing.sharing(acting(alice)).ended == ()
