"""What every page shares: header, navigation, landing, problems."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse

from hub import pages
from hub.lib.errors import Forbidden, NotFound, TooMany, Unauthenticated
from orgs.accounts.actor import SYSTEM, Role
from orgs.members.services import add_member
from tests.cast import browser_of, organization, person_in

pytestmark = pytest.mark.django_db
PLACES = [
    "look-up",
    "submissions",
    "claims",
    "received",
    "notices",
    "agreements",
    "sharing",
    "insights",
    "members",
    "credentials",
]


def text_of(response):
    return response.content.decode()


def test_landing_says_what_accord_is_when_nobody_is_signed_in():
    page = Client().get("/")
    assert page.status_code == 200
    assert "hashed" in text_of(page)
    assert reverse("sign-in") in text_of(page)
    assert reverse("api-docs") in text_of(page)


def test_landing_forbids_inline_code_when_it_is_served():
    policy = Client().get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", PLACES)
def test_page_is_stored_nowhere_when_somebody_is_signed_in(alice, name):
    page = browser_of(alice).get(reverse(name))
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "private" in page.headers["Cache-Control"]


def test_header_names_the_acting_organization_when_somebody_is_signed_in(alice):
    page = text_of(browser_of(alice).get(reverse("submissions")))
    assert "Acting for" in page
    assert "Meadow Social" in page
    assert 'name="organization"' not in page  # nothing to choose


def test_header_offers_a_switch_when_a_person_belongs_to_two(alice):
    add_member(
        actor=SYSTEM, organization=organization("sentry"), user=alice, role=Role.AUDITOR
    )
    page = text_of(browser_of(alice).get("/"))
    assert "No organization chosen" in page
    assert 'name="organization"' in page
    assert "Sentry Security" in page


@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        (
            Role.ANALYST,
            ["submissions", "claims", "received", "notices", "sharing"],
            ["agreements", "members", "credentials"],
        ),
        (Role.MANAGER, PLACES, []),
        (
            Role.AUDITOR,
            ["agreements", "sharing", "insights"],
            ["submissions", "claims", "received", "members"],
        ),
    ],
)
def test_navigation_opens_what_the_role_may_enter(meadow, role, seen, hidden):
    page = text_of(browser_of(person_in(meadow, "someone", role)).get("/"))
    for name in seen:
        assert f'href="{reverse(name)}"' in page
    for name in hidden:
        assert f'href="{reverse(name)}"' not in page


def test_parts_of_sharing_stand_in_it_and_show_where_one_is(alice):
    page = browser_of(alice).get(reverse("notices"))
    nav = {each.name: each for each in page.context["nav"]}
    assert {"received", "notices"}.isdisjoint(nav)
    sharing = nav["sharing"]
    assert [(each.name, each.here) for each in sharing.parts] == [
        ("received", False),
        ("notices", True),
    ]
    assert sharing.inside
    assert not sharing.here
    assert '<ul class="side__parts">' in text_of(page)
    elsewhere = text_of(browser_of(alice).get(reverse("claims")))
    assert '<ul class="side__parts" hidden>' in elsewhere


def test_notices_stand_alone_for_staff_who_have_no_sharing(erin):
    page = browser_of(erin).get(reverse("notices"))
    assert "notices" in [each.name for each in page.context["nav"]]


def test_every_place_has_an_icon_of_the_sprite_and_insights_its_own():
    sprite = (settings.BASE_DIR / "hub/static/vendor/icons.svg").read_text()
    icons = {each.name: each.icon for each in pages.PLACES}
    assert all(f'<symbol id="{icon}"' in sprite for icon in icons.values())
    shared = [name for name, icon in icons.items() if icon == icons["insights"]]
    assert shared == ["insights"]


def test_home_leads_to_look_ups_when_the_role_reads(alice):
    assert browser_of(alice).get(reverse("home"))["Location"] == reverse("look-up")


def test_part_of_a_page_leads_the_whole_to_sign_in_when_nobody_is_signed_in():
    answer = Client().get(reverse("look-up"), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SIGNATORY])
def test_home_leads_to_agreements_when_the_role_reads_nothing_else(meadow, role):
    person = person_in(meadow, "aud", role)
    assert browser_of(person).get(reverse("home"))["Location"] == reverse("agreements")


def test_home_leads_to_health_when_staff_signs_in(erin):
    assert browser_of(erin).get(reverse("home"))["Location"] == reverse("staff")


def test_home_leads_to_the_landing_page_when_nobody_is_signed_in():
    assert Client().get(reverse("home"))["Location"] == reverse("landing")


def test_page_is_refused_when_the_role_does_not_open_it(meadow):
    auditor = person_in(meadow, "aud", Role.AUDITOR)
    page = browser_of(auditor).get(reverse("submissions"))
    assert page.status_code == 403
    assert "<main" in text_of(page)


@pytest.mark.parametrize("problem", [NotFound, Forbidden, TooMany])
def test_problem_becomes_a_page_with_its_status(alice, problem):
    request: Any = RequestFactory().get("/x")
    request.user, request.actor = alice, SYSTEM
    page = pages.problem_page(request, problem("Said plainly <b>."))
    assert page.status_code == problem.status
    assert "Said plainly &lt;b&gt;." in text_of(page)


def test_problem_leads_to_sign_in_when_nobody_is_signed_in():
    page = pages.problem_page(RequestFactory().get("/x"), Unauthenticated())
    assert page.status_code == 302


def test_unknown_address_is_a_page_when_it_is_asked_for():
    page = Client().get("/nothing-here")
    assert page.status_code == 404
    assert "no such page" in text_of(page)


def test_form_without_its_token_gets_a_page_of_its_own(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    page = client.post(reverse("submissions"), {"lines": "x.example"})
    assert page.status_code == 403
    assert "too old" in text_of(page)


def test_server_error_page_is_whole_when_nothing_else_works():
    page = pages.server_error(RequestFactory().get("/x"))
    assert page.status_code == 500
    assert "The hub made a mistake" in text_of(page)


def test_staff_see_the_administration_when_they_are_signed_in(erin):
    assert reverse("admin:index") in text_of(browser_of(erin).get("/"))


def test_address_with_a_text_that_no_database_stores_is_refused(erin):
    page = browser_of(erin).get(reverse("staff-organizations"), {"search": "a\0"})
    assert page.status_code == 400
