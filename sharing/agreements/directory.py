"""Whom and what a drafter may name: what it knows of, and nothing that it could only guess.

What exists and is not known to the drafter is refused in the words for what is not there.
"""

from collections.abc import Collection as Several
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from hub.lib.errors import FieldError
from orgs.accounts.actor import Actor
from orgs.models import Organization
from sharing.agreements import locking, shown
from sharing.agreements.models import Agreement, Collection, Party


def known_to(actor: Actor) -> QuerySet[Organization]:
    """The active organizations that are listed, and those it shares an agreement with."""
    found = Organization.objects.filter(is_active=True)
    if locking.by_hub(actor):
        return found
    own = actor.organization_id
    met = Party.objects.filter(version__in=shown.versions(actor).values("pk"))
    open_ = met.filter(hidden=False).values("organization")
    return found.filter(Q(listed=True) | Q(pk=own) | Q(pk__in=open_))


def named(actor: Actor, slugs: Iterable[str]) -> QuerySet[Organization]:
    """Those of them that have these slugs."""
    return known_to(actor).filter(slug__in=list(slugs)).order_by("pk")


def findable(hidden: Iterable[Organization]) -> list[str]:
    """What whoever hides a party should know: a listed one is found by inviting it."""
    return [
        f"{each.name} is hidden, and listed: whoever invites it and does not see it appear"
        " can tell that it is a party. Hub staff can take it off the list."
        for each in hidden
        if each.listed
    ]


def unknown(slugs: Several[str], field: str) -> list[FieldError]:
    """The fault of naming them, whether or not they exist."""
    if not slugs:
        return []
    detail = f"You know of no organization with the slug {', '.join(sorted(slugs))}."
    return [{"field": field, "code": "unknown", "detail": detail}]


def collections(actor: Actor, agreement: Agreement) -> QuerySet[Collection]:
    """The open collections of an agreement that a clause of the actor's may continue."""
    found = Collection.objects.filter(agreement=agreement, state=Collection.State.OPEN)
    if locking.by_hub(actor):
        return found
    seen = Q()
    for version in shown.versions(actor).filter(agreement=agreement):
        names = [clause["name"] for clause in shown.text(actor, version)["clauses"]]
        seen |= Q(clauses__version=version, clauses__name__in=names)
    return found.filter(seen).distinct() if seen else found.none()
