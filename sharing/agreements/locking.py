"""Agreements and Versions under the lock of the agreement, for those who may see them."""

from uuid import UUID

from hub.lib.errors import NotFound
from orgs.access import Permission, require
from orgs.accounts.actor import Actor
from orgs.accounts.rights import is_hub
from sharing.agreements import activation, shown
from sharing.agreements.models import Agreement, Version


def lock_agreement(actor: Actor, agreement_id: UUID) -> Agreement:
    """The agreement, locked, for staff and for those who may see it.

    As the clock has it: an announced Version whose time has come took over.
    """
    if not by_hub(actor):
        require(actor, Permission.VIEW_AGREEMENT, Agreement, agreement_id)
    locked = Agreement.objects.select_for_update(no_key=True)
    found = locked.filter(pk=agreement_id).first()
    if found is None:
        raise NotFound
    activation.catch_up(found)
    return found


def lock_version(actor: Actor, version_id: UUID) -> Version:
    """A Version that the actor may see, under the lock of its agreement."""
    known = Version.objects.filter(pk=version_id).first()
    if known is None:
        raise NotFound
    agreement = lock_agreement(actor, known.agreement_id)
    version = Version.objects.get(pk=version_id)
    version.agreement = agreement
    if not by_hub(actor) and not _sees(actor, version):
        raise NotFound
    return version


def _sees(actor: Actor, version: Version) -> bool:
    return is_party(actor, version) and shown.is_open_to(actor, version)


def is_party(actor: Actor, version: Version) -> bool:
    """Whether the actor's organization is named, signed or not, and has not left."""
    parties = version.parties.filter(left_at__isnull=True)
    return parties.filter(organization=actor.organization_id).exists()


def by_hub(actor: Actor) -> bool:
    return actor.is_staff or is_hub(actor)
