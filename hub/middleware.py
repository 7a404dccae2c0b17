"""Who acts in a request of a browser."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect

from hub.api.middleware import ROOT
from hub.lib.errors import Conflict, Malformed
from hub.pages import problem_page
from orgs.accounts import sessions
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.accounts.requests import actor_of
from orgs.members import selectors as members

CHANGED = "You act for another organization than when you opened this form."
NUL = "No text in an address has the character U+0000."


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
        return _led_as_a_whole(request, response)

    def process_view(
        self, request: HttpRequest, *_: object, **__: object
    ) -> HttpResponse | None:
        """Refuse a form that was opened while acting for another organization.

        In a second tab the person may have switched since: what was meant for one would
        be sent in the name of the other.
        """
        if request.path.startswith(ROOT):
            return None
        if any("\0" in text for _, texts in request.GET.lists() for text in texts):
            return problem_page(request, Malformed(NUL))  # no database stores it
        if request.method != "POST":
            return None
        meant, actor = request.POST.get("acting", ""), actor_of(request)
        if actor.user_id is None or meant in ("", str(actor.organization_id)):
            return None
        return problem_page(request, Conflict(CHANGED))


def _led_as_a_whole(
    request: HttpRequest, response: HttpResponseBase
) -> HttpResponseBase:
    """Where a part of a page was asked for, another page takes the place of the whole."""
    if response.status_code == HTTPStatus.FOUND and request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(response["Location"])
    return response


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return Actor()
    sessions.note(request)
    return members.actor_for(user, _chosen(request))


def _chosen(request: HttpRequest) -> UUID | None:
    try:
        return UUID(str(request.session.get(members.ACTING)))
    except ValueError:
        return None
