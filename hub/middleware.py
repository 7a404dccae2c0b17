"""Who acts in a request of a browser."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.members import selectors as members


class ActorMiddleware:
    """Sets `request.actor` from the session; nobody signed in is an empty Actor.

    What a person was shown is stored nowhere: after signing out, or on a machine that
    others use too, the browser's own copy would still tell it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = actor = _actor(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if actor.user_id is not None:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return Actor()
    return members.actor_for(user, _chosen(request))


def _chosen(request: HttpRequest) -> UUID | None:
    try:
        return UUID(str(request.session.get(members.ACTING)))
    except ValueError:
        return None
