"""Refusals by right, for services; object permissions are asked of `orgs.access`."""

from uuid import UUID

from hub.lib.errors import Forbidden
from orgs.accounts.actor import SYSTEM, Actor, Right

NO_CODE = "This takes a code of your second factor."


def need(actor: Actor, right: Right) -> None:
    """Refuse unless the actor has `right` in the organization it acts for."""
    if not actor.may(right):
        raise Forbidden(f"This needs the right “{right}”.")


def is_hub(actor: Actor) -> bool:
    """Whether the hub itself acts. By identity: nobody signed in equals SYSTEM too."""
    return actor is SYSTEM


def need_staff(actor: Actor) -> None:
    """Refuse everybody but hub staff and the hub itself."""
    if not (actor.is_staff or is_hub(actor)):
        raise Forbidden("Only hub staff can do this.")


def need_code(actor: Actor) -> None:
    """Refuse people who gave no code of their second factor; the hub itself has none."""
    if not (actor.second_factor or is_hub(actor)):
        raise Forbidden(NO_CODE, code="second-factor")


def need_at(actor: Actor, right: Right, organization_id: UUID) -> None:
    """Refuse unless the actor has `right` and acts for just this organization."""
    need(actor, right)
    if actor.organization_id != organization_id:
        raise Forbidden("You act for another organization.")
