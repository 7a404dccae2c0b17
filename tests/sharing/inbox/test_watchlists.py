"""Watchlists: told of what one may read, and of nothing else; kept so that a thief gains nothing."""

from typing import Any

import orjson
import pytest

from hub.lib.errors import Forbidden, Invalid, NotFound, TooMany
from orgs.accounts.models import User
from sharing.agreements import lifecycle
from sharing.agreements.models import Collection, Version
from sharing.distribution.models import Release, ReleaseBatch
from sharing.inbox import housekeeping, matching, selectors, services, watchlists
from sharing.inbox.kinds import Entry, Kind, Outcome
from sharing.inbox.models import Match, WatchLine, Watchlist
from sharing.inbox.watchlists import Changed
from tests.cast import acting, home_of
from tests.coalition import collection, send
from tests.walls import by_worker, stored

FRAUD = "Fraud prevention"
NUMBERS = ["+447700900123", "+447700900124", "+447700900125"]
LINE: dict[str, Any] = {"tlp": "green", "confidence": "80", "scam_type": "investment"}


def watch(person: User, values: list[str], **more: object) -> Changed:
    order = watchlists.read({"name": "Customers", "values": values, **more})
    return watchlists.change(actor=acting(person), order=order)


def matches(person: User) -> list[Entry]:
    rows = selectors.page(acting(person), Kind.MATCH, limit=100).rows
    return [row.entry for row in rows]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"op": "replace"}, "op"),
        ({"labels": ["one", "two"]}, "labels"),
        ({"labels": ["x" * 121]}, "labels"),
        ({"labels": [7]}, "labels"),
        ({"show": "all"}, "show"),
        ({"show": "values", "labels": ["one"]}, "show"),
        ({"tokens": ["1:aa"]}, "tokens"),
        ({"values": []}, "values"),
    ],
)
def test_order_that_is_none_names_its_fault(
    more: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        watchlists.read({"name": "Customers", "values": ["x.example"], **more})
    assert refused.value.errors[0]["field"] == field


@pytest.mark.django_db(transaction=True)
def test_watcher_is_told_of_what_it_may_read_and_nobody_else(
    coalition: Version, alice: User, bob: User, bob_signs: User, carol: User
) -> None:
    for person in (alice, bob, carol):
        found = watch(
            person, [*NUMBERS, "nothing at all"], labels=["A", None, "C", "D"]
        )
        assert (found.changed, found.unchanged) == (3, 0)
        assert [line for line, *_ in found.unreadable] == [4]
    send(alice, [NUMBERS[0], "other.scam.example"], **LINE)

    [told] = matches(bob)
    assert told.title == f"“A” of your watchlist “Customers” is in “{FRAUD}”"
    assert told.why == "Meadow Social shares it as investment, confidence 80."
    assert told.about is not None
    [release] = stored(Release).filter(
        generation__collection__title=FRAUD, public_id=told.about
    )
    assert orjson.loads(bytes(release.payload or b""))["type"] == "phone"
    assert matches(carol) == []  # party to nothing
    assert matches(alice) == []  # of what one said oneself one is not told
    assert {each.organization_id for each in stored(Match)} == {home_of(bob).pk}
    with pytest.raises(NotFound):
        selectors.entry(acting(carol), Kind.MATCH, told.subject)

    # Done, it is back when what it is about is revised, and gone when it is taken back.
    done = services.decide(actor=acting(bob), places=[told.place], outcome=Outcome.DONE)
    assert done.done == [told.place]
    assert matches(bob) == []
    send(alice, [{"op": "correct", "value": NUMBERS[0], "confidence": 90}])
    [again] = matches(bob)
    assert again.subject == told.subject
    assert again.why.endswith("confidence 90.")
    send(alice, [{"op": "withdraw", "value": NUMBERS[0]}])
    assert matches(bob) == []
    assert not stored(Match).exists()

    # What may be read no longer is in no inbox, in the same second.
    send(alice, [NUMBERS[1]], **LINE)
    assert len(matches(bob)) == 1
    assert "A phone of your watchlist" in matches(bob)[0].title
    lifecycle.leave(
        actor=acting(bob_signs), agreement_id=coalition.agreement_id, reason="Sold."
    )
    assert stored(Match).exists()
    assert matches(bob) == []


@pytest.mark.django_db(transaction=True)
def test_stored_lists_tell_a_thief_nothing(
    coalition: Version, alice: User, frank: User, bob: User
) -> None:
    watch(bob, NUMBERS[:1], show="values")
    watch(frank, NUMBERS[:1], labels=["Mrs Smith"])
    send(alice, NUMBERS[:1], **LINE)
    [told] = matches(bob)
    assert NUMBERS[0] in told.title  # its owner asked to be shown it
    marks = {bytes(line.mark) for line in stored(WatchLine)}
    assert len(marks) == 2  # two members who watch for the same do not look alike
    joined = {bytes(row.index) for row in stored(Release)}
    joined |= {bytes(row.token) for row in stored(Release) if row.token}
    assert not marks & joined
    public = {row.public_id.bytes for row in stored(Release)}
    kept = [bytes(line.label_sealed or b"") for line in stored(WatchLine)]
    for row in stored(Match):
        kept += [bytes(row.sealed), bytes(row.release_mark)]
    whole = b"|".join([*marks, *kept])
    for secret in (NUMBERS[0].encode(), b"7700900123", b"Smith", *public):
        assert secret not in whole


@pytest.mark.django_db(transaction=True)
def test_what_nobody_may_be_told_by_itself_is_not_matched(
    coalition: Version, alice: User, bob: User
) -> None:
    """Collections that only answer questions; and what stood in an earlier generation."""
    watch(bob, NUMBERS[:1])
    send(alice, NUMBERS[:1], work=True, **LINE)
    stored(Match).delete()
    fraud = collection(FRAUD)
    batch = stored(ReleaseBatch).get(generation__collection=fraud).pk
    Collection.objects.filter(pk=fraud).update(disclosure="query")
    by_worker(matching.match, str(fraud), batch)
    assert not stored(Match).exists()
    Collection.objects.filter(pk=fraud).update(disclosure="token")
    by_worker(matching.match, str(fraud), batch)
    by_worker(matching.match, str(fraud), batch)  # twice is once
    assert stored(Match).count() == 1


@pytest.mark.django_db
def test_lists_are_changed_within_a_quota_and_removed(
    alice: User, bob: User, erin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = watch(bob, NUMBERS)
    again = watch(bob, NUMBERS[:2])
    assert (again.id, again.changed, again.unchanged) == (found.id, 0, 2)
    [shown] = watchlists.lists(acting(bob))
    assert (shown.name, shown.lines) == ("Customers", 3)
    gone = watch(bob, NUMBERS[:1], op="remove")
    assert (gone.changed, gone.unchanged) == (1, 0)
    monkeypatch.setattr(watchlists, "WATCH_LINES", 2)
    with pytest.raises(TooMany):
        watch(bob, ["x.example"])
    monkeypatch.setattr(watchlists, "WATCH_LINES", 100)
    monkeypatch.setattr(watchlists, "WATCH_LINES_A_DAY", 3)  # removed ones count
    with pytest.raises(TooMany):
        watch(bob, ["x.example"])
    assert watchlists.lists(acting(alice)) == []
    with pytest.raises(NotFound):
        watchlists.remove(actor=acting(alice), watchlist_id=found.id)
    with pytest.raises(NotFound):
        watch(alice, NUMBERS, op="remove")
    with pytest.raises(Forbidden):
        watch(erin, NUMBERS)
    watchlists.remove(actor=acting(bob), watchlist_id=found.id)
    assert not stored(WatchLine).exists()
    assert not stored(Watchlist).exists()
    by_worker(housekeeping.sweep)
