"""The selector for many collections at once: what `readable` says of each, in few statements."""

from collections.abc import Iterable
from uuid import UUID

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from sharing.agreements import selectors as agreements
from sharing.agreements.models import StreamHead
from sharing.distribution.models import Release
from sharing.distribution.selectors import Reading


def of(actor: Actor) -> list[Reading]:
    """`readable` for all that the actor's organization and role may read, by title.

    Cost: a handful of statements, however many collections there are.
    """
    moment = now()
    found = agreements.admitted(actor, moment)
    live = agreements.live_generations(
        [each.grant.collection_id for each in found], moment
    )
    heads = {
        head.generation_id: head
        for head in StreamHead.objects.filter(generation__in=live.values())
    }
    return [
        Reading(
            each.grant,
            generation,
            heads[generation.pk],
            moment,
            each.terms,
        )
        for each in found
        if (generation := live.get(each.grant.collection_id))
    ]


def collections_of(release_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """By collection: which of the releases stand there; whether they may be read is not said."""
    found: dict[UUID, set[UUID]] = {}
    rows = Release.objects.filter(public_id__in=list(release_ids))
    for pk, collection in rows.values_list("public_id", "generation__collection"):
        found.setdefault(collection, set()).add(pk)
    return found
