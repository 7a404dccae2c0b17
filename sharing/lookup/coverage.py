"""What a member's agreements let it look up: by collection, its types; no claim is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from sharing.agreements import selectors as agreements
from sharing.vocabulary import Disclosure


@dataclass(frozen=True, slots=True)
class Source:
    """A collection that the member reads."""

    title: str
    agreement: str
    types: frozenset[str]
    asked_only: bool  # obliviously, by a system


@dataclass(frozen=True, slots=True)
class Coverage:
    sources: dict[UUID, Source]

    def covers(self, kind: str) -> bool:
        """Whether a claim of the type could be found at all."""
        return any(
            kind in each.types for each in self.sources.values() if not each.asked_only
        )

    def only_asked(self, kinds: Iterable[str]) -> list[str]:
        """What could know more of these types, and answers oblivious questions alone."""
        wanted = frozenset(kinds)
        return [
            each.title
            for each in self.sources.values()
            if each.asked_only and each.types & wanted
        ]


def of(actor: Actor) -> Coverage:
    """By the terms in force: a clause that names no such type hides nothing of it."""
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    with scope(actor.organization_id):
        return Coverage(
            {
                grant.collection_id: Source(
                    grant.collection.title,
                    grant.collection.agreement.title,
                    agreements.terms_under(
                        grant.clause.version_id, grant.collection_id
                    ).types,
                    grant.collection.disclosure == Disclosure.QUERY,
                )
                for grant in agreements.granted(actor)
            }
        )
