"""Who may draft a text, and who may change it."""

from collections.abc import Mapping
from typing import Any

from hub.lib.errors import Forbidden
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.models import Organization
from sharing.agreements import locking, shown
from sharing.agreements.models import Version


def may_draft(actor: Actor, text: Mapping[str, Any]) -> None:
    """Hub staff, or a manager of one of the parties."""
    if locking.by_hub(actor):
        return
    need(actor, Right.DRAFT)
    slugs = [party["slug"] for party in text["parties"]]
    own = Organization.objects.filter(slug__in=slugs)
    if actor.organization_id not in {each.pk for each in own}:
        raise Forbidden("You draft agreements that your organization is party to.")


def may_change(actor: Actor, version: Version) -> None:
    """Hub staff, or a manager of the party that drafted it."""
    may_draft(actor, version.text)
    if not (locking.by_hub(actor) or shown.drafted(actor, version)):
        raise Forbidden("Whoever drafted a text changes it; draft a version of yours.")
