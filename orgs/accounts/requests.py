"""What the pages of orgs ask of a request."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from hub.lib.errors import Conflict, Invalid
from orgs.accounts import second_factor
from orgs.accounts.actor import Actor
from orgs.accounts.models import User


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; nobody when the middleware has not run."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else Actor()


def user_of(request: HttpRequest) -> User | None:
    """The person signed in."""
    user = request.user
    return user if isinstance(user, User) and user.is_authenticated else None


def has_factor(request: HttpRequest) -> bool:
    """Whether the person signed in has a second factor to give a code of."""
    user = user_of(request)
    return user is not None and second_factor.is_on(user)


@contextmanager
def told(request: HttpRequest, done: str) -> Iterator[None]:
    """Say `done` on the next page, or why it could not be done."""
    try:
        yield
    except (Conflict, Invalid) as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, done)
