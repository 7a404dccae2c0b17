"""Streams whose otags do not bind the type yet get a next generation that does.

Their rows are right by the scheme that they were made by, and recipients ask by it until
the next generation, which is announced as ahead of time as any (docs/otags.md).
"""

from uuid import UUID

from hub.lib.errors import Conflict
from orgs.accounts.actor import SYSTEM
from sharing.agreements import rotation
from sharing.agreements.models import Collection, Generation
from sharing.tokens import scheme
from sharing.tokens import selectors as roots
from sharing.vocabulary import Disclosure


def announce_due() -> int:
    """Announce what `keys rotate` would, for each that is served; returns how many.

    Where nothing can be announced now (suspended, or new keys come anyway), it is tried
    again the next time.
    """
    found = roots.with_otags_before(scheme.OTAG_SCHEME)
    return sum(_announce(*each) for each in found if _is_served(*each))


def _is_served(collection_id: UUID, number: int) -> bool:
    return Generation.objects.filter(
        collection=collection_id,
        number=number,
        state=Generation.State.LIVE,
        collection__state=Collection.State.OPEN,
        collection__disclosure=Disclosure.QUERY,
    ).exists()


def _announce(collection_id: UUID, _: int) -> bool:
    try:
        rotation.announce(actor=SYSTEM, collection_id=collection_id)
    except Conflict:
        return False
    return True
