"""The door of the staff's pages: whoever is not hub staff finds nothing behind it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from hub.lib.errors import NotFound
from orgs.accounts import second_factor
from orgs.accounts.actor import Actor
from orgs.accounts.requests import actor_of

View = Callable[..., HttpResponse]


def staff_page(*, post: bool | None = False) -> Callable[[View], View]:
    """Read by GET; with `post` changed by POST too, with None by POST alone."""
    methods = ["POST"] if post is None else ["GET", "HEAD", *["POST"] * post]

    def dressed(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if not actor_of(request).is_staff:
                raise NotFound
            return view(request, *args, **named)

        return login_required(require_http_methods(methods)(entered))

    return dressed


def proven(request: HttpRequest) -> Actor:
    """The actor with the code of the form used up, or Forbidden."""
    return second_factor.proven(actor_of(request), request.POST.get("code", ""))
