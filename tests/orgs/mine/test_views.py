"""Saved views: names for the filters of a list, of one person in one organization."""

import pytest
from django.urls import reverse

from hub.lib.errors import Invalid, NotFound
from orgs.accounts.actor import SYSTEM, Role
from orgs.members.services import add_member
from orgs.mine import selectors, services
from orgs.mine.models import SavedView
from tests.cast import acting, browser_of, home_of, organization, person_in
from tests.walls import stored

pytestmark = pytest.mark.django_db
LIST = "agreements"


def save(person, name="Active ones", query="state=active", place=LIST) -> SavedView:
    return services.save_view(actor=acting(person), place=place, name=name, query=query)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("?state=active&after=0193", "state=active"),
        ("b=2&a=1", "a=1&b=2"),
        ("state=", ""),
        ("q=a%20b&q=c", "q=a+b&q=c"),
        ("before=7&lines=3", ""),
        ("kind=job&row=1&csv=all", "kind=job"),
    ],
)
def test_view_keeps_filters_and_not_where_in_the_list_one_is(said, kept):
    assert services.kept_of(said) == kept


def test_view_is_saved_from_the_list_and_leads_back_to_it(coalition, alice):
    browser = browser_of(alice)
    form = {"place": LIST, "name": "Active ones", "query": "state=active"}
    answer = browser.post(reverse("view-save"), form)
    assert answer["Location"] == reverse(LIST) + "?state=active"
    page = browser.get(answer["Location"]).content.decode()
    assert (
        f'aria-current="page" href="{reverse(LIST)}?state=active">Active ones' in page
    )
    assert "Forget" in page


LISTS = [
    ("submissions", "state=held", "alice"),
    ("notices", "state=not_acknowledged", "alice"),
    ("inbox", "kind=job", "alice"),
    ("insights", "weeks=4", "alice"),
    ("members", "role=analyst", "alice"),
    ("staff-organizations", "search=ridge", "erin"),
    ("staff-quotas", "search=ridge", "erin"),
]


@pytest.mark.parametrize(("place", "query", "who"), LISTS)
def test_view_of_each_list_with_filters_is_kept_and_shown(request, place, query, who):
    browser = browser_of(request.getfixturevalue(who))
    page = browser.get(f"{reverse(place)}?{query}&after=").content.decode()
    assert f'name="place" value="{place}"><input type="hidden" name="query"' in page
    form = {"place": place, "name": "Mine", "query": query}
    address = browser.post(reverse("view-save"), form)["Location"]
    assert address == f"{reverse(place)}?{query}"
    shown = browser.get(address).content.decode()
    assert f'aria-current="page" href="{address}">Mine</a>' in shown
    assert "Mine</a>" in browser.get(reverse(place)).content.decode()


def test_same_name_again_replaces_the_view(alice):
    save(alice)
    save(alice, query="state=ended")
    [view] = selectors.views(acting(alice), LIST)
    assert view.query == "state=ended"


def test_nobody_else_sees_or_forgets_a_view(alice, frank):
    view = save(alice)
    amy = person_in(home_of(alice), "amy")
    for other in (amy, frank):
        assert selectors.views(acting(other)) == []
        with pytest.raises(NotFound):
            services.forget_view(actor=acting(other), view_id=view.pk)
        answer = browser_of(other).post(reverse("view-forget", args=[view.pk]))
        assert answer.status_code == 404
    assert (
        browser_of(alice).post(reverse("view-forget", args=[view.pk])).status_code
        == 302
    )
    assert selectors.views(acting(alice)) == []


def test_view_stays_with_the_organization_it_was_saved_in(alice, meadow):
    save(alice)
    add_member(
        actor=SYSTEM, organization=organization("sentry"), user=alice, role=Role.MANAGER
    )
    browser = browser_of(alice)
    browser.post(
        reverse("switch-organization"), {"organization": organization("sentry").pk}
    )
    assert "Active ones" not in browser.get(reverse(LIST)).content.decode()
    browser.post(reverse("switch-organization"), {"organization": meadow.pk})
    assert "Active ones" in browser.get(reverse(LIST)).content.decode()


def test_database_shows_no_view_out_of_its_scope(alice):
    save(alice)
    assert not SavedView.objects.exists()
    assert stored(SavedView).count() == 1


def test_staff_keep_views_too(erin):
    save(erin)
    assert [each.name for each in selectors.views(acting(erin))] == ["Active ones"]


@pytest.mark.parametrize(
    ("name", "query"),
    [(" ", "a=1"), ("a\0b", "a=1"), ("n" * 61, "a=1"), ("n", "a=" + "x" * 600)],
)
def test_view_is_refused_when_it_is_no_name_or_too_long(alice, name, query):
    with pytest.raises(Invalid):
        save(alice, name, query)


def test_no_more_views_are_kept_than_one_can_look_at(alice):
    for number in range(services.VIEWS_AT_MOST):
        save(alice, f"View {number}")
    with pytest.raises(Invalid):
        save(alice, "One more")


def test_place_that_is_no_list_is_refused_and_nothing_is_kept(alice):
    for place in ("https://elsewhere.example", "claim", ""):
        answer = browser_of(alice).post(
            reverse("view-save"), {"place": place, "name": "x", "query": "a=1"}
        )
        assert answer.status_code == 422
    assert not stored(SavedView).exists()
