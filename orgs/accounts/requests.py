"""Who acts in a request: what hub.middleware wrote on it, typed."""

from django.http import HttpRequest

from orgs.accounts.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The acting person, or the empty Actor where nobody signed in."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else Actor()
