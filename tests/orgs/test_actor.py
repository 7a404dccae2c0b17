"""Who acts in a request of a browser."""

from http import HTTPStatus
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from hub.middleware import ActorMiddleware
from orgs.accounts.actor import SYSTEM, Actor, Role
from orgs.accounts.models import Organization, User
from orgs.accounts.requests import actor_of
from orgs.accounts.rights import is_hub, need_staff
from orgs.accounts.sessions import SessionStore
from orgs.members.selectors import ACTING
from orgs.members.services import add_member
from tests.cast import acting


def seen(user: User | AnonymousUser, chosen: object = None) -> Actor:
    """The actor that a view meets."""
    actors: list[Actor] = []

    def view(request: HttpRequest) -> HttpResponse:
        actors.append(actor_of(request))
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    request = RequestFactory().get("/")
    request.user = user
    request.session = SessionStore()
    if chosen is not None:
        request.session[ACTING] = str(chosen)
    ActorMiddleware(view)(request)
    return actors[0]


def test_nobody_signed_in_is_nobody(db: None) -> None:
    actor = seen(AnonymousUser())
    assert actor == Actor()
    assert not is_hub(actor)


def test_person_acts_for_their_organization(alice: User) -> None:
    assert seen(alice) == acting(alice)


@pytest.mark.parametrize("chosen", ["junk", "", uuid4()])
def test_nonsense_in_the_session_chooses_nothing(alice: User, chosen: object) -> None:
    assert seen(alice, chosen) == acting(alice)


def test_person_acts_for_the_chosen_organization(
    alice: User, harbour: Organization
) -> None:
    add_member(actor=SYSTEM, organization=harbour, user=alice, role=Role.AUDITOR)
    assert seen(alice).organization_id is None
    assert seen(alice, harbour.pk).organization_id == harbour.pk


def test_hub_itself_is_known_by_identity_only() -> None:
    need_staff(SYSTEM)
    assert is_hub(SYSTEM)
    assert not is_hub(Actor())
