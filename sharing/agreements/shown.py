"""What a viewer may see of agreements: those of its own, hidden parties left out.

A hidden party is seen by itself and by hub staff. To everybody else it is not there: not
in lists and counts, not in the text, not in the cautions; a clause that names nobody else
on one side is not there either.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from hub.lib.errors import NotFound
from orgs.access import need, visible
from orgs.accounts.actor import Actor, Right
from sharing.agreements.models import Agreement, Party, Version
from sharing.agreements.schema import ALL_PARTIES


def enter(actor: Actor) -> None:
    """Refuse whoever may not read agreements at all."""
    if not actor.is_staff:
        need(actor, Right.AUDIT)


def enter_to_draft(actor: Actor) -> None:
    if not actor.is_staff:
        need(actor, Right.DRAFT)


def versions(actor: Actor) -> QuerySet[Version]:
    """The Versions that the actor's organization is party to; for staff all.

    Of those that were never proposed it sees only its own.
    """
    found = Version.objects.select_related("agreement")
    if not actor.is_staff:
        own = actor.organization_id
        found = found.filter(
            Q(proposed_at__isnull=False) | Q(drafted_by__isnull=False, drafted_by=own),
            agreement__in=visible(actor, Agreement),
            parties__organization=own,
        )
    return found.order_by("-number", "-created_at")


def is_open_to(actor: Actor, version: Version) -> bool:
    """Whether the parties see it: proposed, or a draft of the actor's organization."""
    return version.proposed_at is not None or drafted(actor, version)


def drafted(actor: Actor, version: Version) -> bool:
    """Whether the text is of the actor's organization: nobody else's but staff's to change."""
    own = actor.organization_id
    return own is not None and own == version.drafted_by_id


def version(actor: Actor, version_id: UUID) -> Version:
    """One of them; NotFound when it is none of the actor's."""
    enter(actor)
    found = versions(actor).filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def agreement(actor: Actor, agreement_id: UUID) -> Agreement:
    """An agreement with a Version that the actor may see."""
    enter(actor)
    newest = versions(actor).filter(agreement=agreement_id).first()
    if newest is None:
        raise NotFound
    return newest.agreement


def hidden_from(actor: Actor) -> dict[UUID, frozenset[UUID]]:
    """For every Version that the actor may see: the parties it may not."""
    found = {pk: set[UUID]() for pk in versions(actor).values_list("pk", flat=True)}
    for party in _hidden(actor).filter(version__in=list(found)):
        found[party.version_id].add(party.organization_id)
    return {pk: frozenset(parties) for pk, parties in found.items()}


def parties(actor: Actor, of: Version) -> list[Party]:
    """The parties of a Version that the actor may know of, by name."""
    rows = Party.objects.filter(version=of).select_related("organization")
    unseen = set(_hidden(actor).filter(version=of).values_list("pk", flat=True))
    return [
        each for each in rows.order_by("organization__name") if each.pk not in unseen
    ]


def text(actor: Actor, of: Version) -> dict[str, Any]:
    """The text of a Version, as far as the actor may know it."""
    unseen = _hidden(actor).filter(version=of)
    slugs = frozenset(unseen.values_list("organization__slug", flat=True))
    return without(of.text, slugs)


def _hidden(actor: Actor) -> QuerySet[Party]:
    if actor.is_staff:
        return Party.objects.none()
    others = Party.objects.exclude(organization=actor.organization_id)
    return others.filter(hidden=True)


def without(text: Mapping[str, Any], slugs: frozenset[str]) -> dict[str, Any]:
    """A text from which these parties are left out, and with them their own clauses."""
    if not slugs:
        return dict(text)
    clauses = [_clause_without(clause, slugs) for clause in text["clauses"]]
    return {
        **text,
        "parties": [party for party in text["parties"] if party["slug"] not in slugs],
        "clauses": [clause for clause in clauses if clause is not None],
    }


def _clause_without(
    clause: Mapping[str, Any], slugs: frozenset[str]
) -> dict[str, Any] | None:
    """None when nobody would be left on a side that named somebody."""
    found = dict(clause)
    for side in ("from", "to"):
        named = clause.get(side)
        if named == ALL_PARTIES or not named:
            continue
        sides = named if isinstance(named, list) else [named]
        left = [each for each in sides if not _is_one_of(each, slugs)]
        if not left:
            return None
        if len(left) != len(sides):
            found[side] = left
    return found


def _is_one_of(each: Any, slugs: frozenset[str]) -> bool:
    return isinstance(each, str) and each in slugs
