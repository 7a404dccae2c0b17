"""Saved filters: told of what fits and may be read, and of nothing else."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from hub.lib.errors import Forbidden, Invalid, NotFound
from orgs.accounts.actor import Role
from orgs.accounts.models import User
from orgs.members.models import Membership
from orgs.members.services import remove_member
from sharing.agreements import lifecycle
from sharing.agreements.models import Version
from sharing.distribution.models import Release
from sharing.inbox import filters, selectors, services, sifted, sifting, watchlists
from sharing.inbox.filters import FilterView
from sharing.inbox.kinds import Entry, Kind, Outcome
from sharing.inbox.models import FilterHit, SavedFilter
from tests.cast import acting, browser_of, home_of, person_in
from tests.coalition import collection, send
from tests.hub.api.caller import Caller
from tests.walls import stored

pytestmark = pytest.mark.django_db(transaction=True)
JSON: dict[str, Any] = {"content_type": "application/json"}
FRAUD = "Fraud prevention"
LINE: dict[str, Any] = {"tlp": "green", "confidence": "80", "scam_type": "investment"}
SURE = {"types": ["domain"], "confidence": 80}


def save(
    person: User, name: str = "Sure ones", personal: bool = False, **where: object
) -> FilterView:
    body = {"name": name, "where": where or SURE, "personal": personal}
    return filters.save(actor=acting(person), order=filters.read(body))


def entries(person: User) -> list[Entry]:
    rows = selectors.page(acting(person), Kind.FILTER, limit=100).rows
    return [row.entry for row in rows]


def told(person: User, pk: UUID) -> list[dict[str, Any]]:
    page = sifted.page(acting(person), pk, before=None, limit=100)
    return [each.payload for each in page.rows]


def test_new_releases_that_fit_are_one_entry_of_the_inbox(
    coalition: Version, alice: User, bob: User
) -> None:
    mine = save(bob)
    send(alice, ["a.scam.example", "b.scam.example", "+447700900123"], **LINE)
    send(alice, ["c.scam.example"], **{**LINE, "confidence": "79"})
    [entry] = entries(bob)
    assert entry.title == "2 new releases fit “Sure ones”"
    assert FRAUD in entry.why
    assert (entry.leads, entry.about) == ("release-filter", mine.id)
    assert [each["type"] for each in told(bob, mine.id)] == ["domain"] * 2


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ({"scam_types": ["investment"]}, 1),
        ({"scam_types": ["romance"]}, 0),
        ({"tlp": ["green"]}, 1),
        ({"tlp": ["red"]}, 0),
        ({"confidence": 80}, 1),
        ({"confidence": 81}, 0),
    ],
)
def test_each_condition_is_asked_of_the_release(
    coalition: Version, alice: User, bob: User, where: dict[str, Any], count: int
) -> None:
    save(bob, **where)
    send(alice, ["a.scam.example"], **LINE)
    assert len(entries(bob)) == count


def test_contributor_and_collection_can_be_asked_for(
    coalition: Version, alice: User, frank: User, bob: User
) -> None:
    save(bob, "Of Meadow", contributor=str(home_of(alice).pk))
    save(bob, "Here", collection=str(collection(FRAUD)))
    save(bob, "Elsewhere", collection=str(home_of(bob).pk))
    send(frank, ["f.scam.example"], **LINE)
    titles = [each.title for each in entries(bob)]
    assert titles == ["1 new release fits “Here”"]
    send(alice, ["a.scam.example"], **LINE)
    assert "1 new release fits “Of Meadow”" in [each.title for each in entries(bob)]


def test_own_claims_are_no_news_and_strangers_are_told_nothing(
    coalition: Version, alice: User, frank: User, carol: User
) -> None:
    for person in (alice, frank, carol):
        save(person)
    send(alice, ["a.scam.example"], **LINE)
    assert [len(entries(each)) for each in (alice, frank, carol)] == [0, 1, 0]


def test_what_was_there_before_is_no_news_and_a_revision_is_none_either(
    coalition: Version, alice: User, bob: User
) -> None:
    send(alice, ["a.scam.example"], **LINE)
    save(bob)
    assert entries(bob) == []
    send(alice, ["b.scam.example"], **LINE)
    [entry] = entries(bob)
    services.decide(actor=acting(bob), places=[entry.place], outcome=Outcome.DONE)
    send(alice, ["b.scam.example"], **{**LINE, "confidence": "90"})
    assert entries(bob) == []
    send(alice, ["c.scam.example"], **LINE)
    assert [each.title for each in entries(bob)] == ["1 new release fits “Sure ones”"]


def test_release_that_fits_since_its_revision_is_news(
    coalition: Version, alice: User, bob: User
) -> None:
    save(bob)
    send(alice, ["a.scam.example"], **{**LINE, "confidence": "79"})
    assert entries(bob) == []
    send(alice, ["a.scam.example"], **LINE)
    assert len(entries(bob)) == 1


GONE = {
    "taken back": lambda alice, bob: send(
        alice, [{"op": "withdraw", "value": "a.scam.example"}]
    ),
    "revised": lambda alice, bob: send(
        alice, ["a.scam.example"], **{**LINE, "confidence": "79"}
    ),
    "left": lambda alice, bob: lifecycle.leave(
        actor=acting(bob), agreement_id=Version.objects.get().agreement_id, reason="x"
    ),
    "past its time": lambda alice, bob: stored(Release).update(
        expires_at="2020-01-01T00:00:00Z"
    ),
}


@pytest.mark.parametrize("how", GONE)
def test_entry_is_gone_in_the_second_in_which_the_release_may_not_be_read(
    coalition: Version, alice: User, bob: User, bob_signs: User, how: str
) -> None:
    mine = save(bob)
    send(alice, ["a.scam.example"], **LINE)
    [entry] = entries(bob)
    GONE[how](alice, bob_signs if how == "left" else bob)
    assert entries(bob) == []
    assert told(bob, mine.id) == []
    with pytest.raises(NotFound):
        selectors.entry(acting(bob), Kind.FILTER, entry.subject)


def test_personal_filter_is_seen_by_its_person_alone(
    coalition: Version, alice: User, bob: User
) -> None:
    ben = person_in(home_of(bob), "ben", Role.ANALYST)
    own, shared = save(ben, "Ben's", personal=True), save(ben, "Ours")
    send(alice, ["a.scam.example"], **LINE)
    assert {each.name for each in filters.listed(acting(ben))} == {"Ben's", "Ours"}
    assert [each.subject for each in entries(bob)] == [shared.id]
    assert {each.subject for each in entries(ben)} == {own.id, shared.id}
    for refused in (
        lambda: filters.one(acting(bob), own.id),
        lambda: told(bob, own.id),
        lambda: filters.remove(actor=acting(bob), filter_id=own.id),
        lambda: selectors.entry(acting(bob), Kind.FILTER, own.id),
    ):
        with pytest.raises(NotFound):
            refused()


def test_filter_of_somebody_who_left_sifts_no_more(
    coalition: Version, alice: User, bob: User
) -> None:
    ben = person_in(home_of(bob), "ben", Role.ANALYST)
    own = save(ben, personal=True)
    post = Membership.objects.get(user=ben)
    remove_member(actor=acting(bob), membership_id=post.pk)
    send(alice, ["a.scam.example"], **LINE)
    assert not stored(FilterHit).filter(filter=own.id).exists()


def test_other_organization_finds_no_filter(bob: User, alice: User) -> None:
    mine = save(bob)
    with pytest.raises(NotFound):
        filters.one(acting(alice), mine.id)
    with pytest.raises(NotFound):
        filters.remove(actor=acting(alice), filter_id=mine.id)
    assert filters.listed(acting(alice)) == []


def test_changed_filter_asks_anew_and_removed_one_leaves_nothing(
    coalition: Version, alice: User, bob: User
) -> None:
    mine = save(bob)
    send(alice, ["a.scam.example"], **LINE)
    order = filters.read({"name": "Mules", "where": {"confidence": 81}})
    filters.save(actor=acting(bob), order=order, filter_id=mine.id)
    assert filters.one(acting(bob), mine.id).name == "Mules"
    assert entries(bob) == []
    filters.remove(actor=acting(bob), filter_id=mine.id)
    assert not stored(SavedFilter).exists()
    assert not stored(FilterHit).exists()


def test_names_are_taken_once_and_there_is_an_end_to_filters(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(bob)
    with pytest.raises(Invalid):
        save(bob)
    save(bob, personal=True)
    monkeypatch.setattr(filters, "FILTERS_OF_ORGANIZATION", 1)
    with pytest.raises(Invalid):
        save(bob, "Another")


@pytest.mark.parametrize("name", ["a\0b", "a\u202eb"])
def test_name_has_characters_that_show(bob: User, name: str) -> None:
    with pytest.raises(Invalid):
        save(bob, name)
    with pytest.raises(Invalid):
        watchlists.read({"name": name, "values": ["a.example"]})


def test_what_was_taken_back_makes_room_and_is_told_again_when_it_comes_again(
    coalition: Version, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifted, "FILTER_HITS_COUNTED", 2)
    mine = save(bob)
    send(alice, ["true.scam.example"], **LINE)
    noise = [f"n{n}.scam.example" for n in range(4)]
    send(alice, noise, **LINE)
    send(alice, [{"op": "withdraw", "value": each} for each in noise])
    assert len(told(bob, mine.id)) == 1
    assert len(entries(bob)) == 1
    send(alice, noise[:1], **LINE)
    assert len(told(bob, mine.id)) == 2
    assert stored(FilterHit).filter(filter=mine.id).count() == 2


def test_name_is_taken_when_somebody_was_faster(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(bob)
    monkeypatch.setattr(filters, "_named", lambda *_: SavedFilter.objects.none())
    with pytest.raises(Invalid, match="of this name already"):
        save(bob)
    assert stored(SavedFilter).count() == 1


def test_auditor_has_no_filters(bob: User) -> None:
    auditor = person_in(home_of(bob), "aud", Role.AUDITOR)
    with pytest.raises(Forbidden):
        save(auditor)
    with pytest.raises(Forbidden):
        filters.listed(acting(auditor))


def test_no_more_is_kept_than_the_newest(
    coalition: Version, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifting, "FILTER_HITS", 3)
    monkeypatch.setattr(sifted, "FILTER_HITS_COUNTED", 2)
    mine = save(bob)
    send(alice, [f"a{n}.scam.example" for n in range(5)], **LINE)
    send(alice, ["last.scam.example"], **LINE)
    kept = stored(FilterHit).filter(filter=mine.id)
    assert kept.count() == 3
    newest = kept.order_by("-at").first()
    [entry] = entries(bob)
    assert newest
    assert entry.at == newest.at
    assert entry.title == "2+ new releases fit “Sure ones”"


def test_pages_go_on_where_the_last_one_ended(
    coalition: Version, alice: User, bob: User
) -> None:
    mine = save(bob)
    send(alice, [f"a{n}.scam.example" for n in range(5)], **LINE)
    seen, before = [], None
    while True:
        page = sifted.page(acting(bob), mine.id, before=before, limit=2)
        seen += [each.release for each in page.rows]
        before = page.next
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_statements_do_not_grow_with_releases(
    coalition: Version,
    alice: User,
    bob: User,
    django_assert_max_num_queries: Any,
) -> None:
    save(bob)
    send(alice, [f"a{n}.scam.example" for n in range(40)], **LINE)
    with django_assert_max_num_queries(60):
        assert len(entries(bob)) == 1


def test_api_saves_tells_changes_and_removes(
    coalition: Version, alice: User, bob: User
) -> None:
    api = Caller(bob)
    body = {"name": "Sure ones", "where": SURE}
    made = api.post("release-filters", body).json()
    assert made["where"]["types"] == ["domain"]
    at = f"release-filters/{made['id']}"
    send(alice, ["a.scam.example"], **LINE)
    page = api.get(at).json()
    [release] = page["releases"]
    assert release["release"]["scam_type"] == "investment"
    body["where"] = {"confidence": 90}
    changed = api.call("PUT", at, data=json.dumps(body), **JSON).json()
    assert changed["where"]["confidence"] == 90
    assert api.get(at).json()["releases"] == []
    assert api.get(at, before="x").status_code == 400
    far = "2024-01-01T00:00:00+23:00~1"
    assert api.get(at, before=far).status_code == 200
    assert api.get(at, before="0001-01-01T00:00:00+23:00~1").status_code == 400
    assert api.get(at, limit="0").status_code == 400
    personal = api.post("release-filters", {**body, "name": "x", "personal": True})
    assert personal.status_code == 403
    assert api.get("release-filters").json()["filters"] == [changed]
    assert api.call("DELETE", at).status_code == 204
    assert api.get("release-filters").json() == {"filters": []}


def test_page_offers_what_may_be_read_and_names_what_is_wrong(
    coalition: Version, alice: User, bob: User
) -> None:
    page = browser_of(bob).get(reverse("release-filters"))
    form = page.context["form"]
    assert FRAUD in dict(form.fields["collection"].choices).values()
    names = dict(form.fields["contributor"].choices).values()
    assert "Meadow Social" in names
    assert "Harbour Bank" not in names
    nothing = browser_of(bob).post(reverse("release-filters"), {"name": "All"})
    assert nothing.status_code == 422
    assert "Name at least one condition." in nothing.content.decode()
    other = {"name": "x", "collection": str(home_of(alice).pk)}
    assert browser_of(bob).post(reverse("release-filters"), other).status_code == 422


def test_place_that_is_none_is_refused(bob: User) -> None:
    mine = save(bob)
    address = reverse("release-filter", args=[mine.id])
    for before in ("x", "2026-01-01~1", "~", "2026-01-01T00:00:00+00:00~x"):
        page = browser_of(bob).get(address, {"before": before})
        assert page.status_code == 400
