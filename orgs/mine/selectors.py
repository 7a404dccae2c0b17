"""What there is about a person: account, memberships, sessions, keys made, audit events."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from orgs.access import person_scope
from orgs.accounts import second_factor, sessions
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import ABOUT_PEOPLE
from orgs.credentials.models import Credential
from orgs.members.models import Membership
from orgs.mine.models import SavedView

EVENTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """Something that a person did, or that was done about them; ids and counts only."""

    id: int
    at: datetime
    what: str  # the verb
    organization: str
    by: str  # "you", or "somebody else"
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OwnData:
    """All but the events, which may be many."""

    account: dict[str, Any]
    memberships: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    keys_made: list[dict[str, Any]]
    saved_views: list[dict[str, Any]]


def data(actor: Actor, user: User, key: str | None) -> OwnData:
    """What the hub holds of the person who asks, in the session `key`."""
    return OwnData(
        account={
            "email": user.email,
            "name": user.name,
            "hub_staff": user.is_staff,
            "since": user.date_joined,
            "last_sign_in": user.last_login,
            "second_factor": second_factor.is_on(user),
        },
        memberships=_memberships(user),
        sessions=[_without_handle(each) for each in sessions.own(user, key)],
        keys_made=_keys_made(user),
        saved_views=[
            {"list": each.place, "name": each.name, "query": each.query}
            for each in views(actor)
        ],
    )


def views(actor: Actor, place: str | None = None) -> list[SavedView]:
    """The views that a person saved in the organization it acts for, by name."""
    if actor.user_id is None:
        return []
    with person_scope(actor.user_id, actor.organization_id):
        found = SavedView.objects.filter(
            user=actor.user_id, organization=actor.organization_id
        )
        if place is not None:
            found = found.filter(place=place)
        return list(found.order_by("place", "name"))


def events(user: User, before: int | None = None, limit: int = 50) -> list[OwnEvent]:
    """What the audit log tells about a person, the newest first, below an id.

    Cost: two range scans of partial indexes, of `limit` rows each.
    """
    own = AuditEvent.objects.filter(user=user)
    about = AuditEvent.objects.filter(
        subject=str(user.pk), verb__in=[str(verb) for verb in ABOUT_PEOPLE]
    )
    below = Q() if before is None else Q(id__lt=before)
    rows: dict[int, AuditEvent] = {}
    for each in (own, about):
        found = each.filter(below).select_related("organization").order_by("-id")
        rows |= {row.pk: row for row in found[:limit]}
    newest = sorted(rows.values(), key=lambda row: row.pk, reverse=True)
    return [_event(row, user) for row in newest[:limit]]


def all_events(user: User) -> Iterator[OwnEvent]:
    """Every one of them, read piece by piece."""
    before: int | None = None
    while found := events(user, before, EVENTS_AT_ONCE):
        yield from found
        before = found[-1].id


def _event(row: AuditEvent, user: User) -> OwnEvent:
    return OwnEvent(
        row.pk,
        row.at,
        row.verb,
        row.organization.name if row.organization else "",
        "you" if row.user_id == user.pk else "somebody else",
        row.subject,
        row.detail,
    )


def _memberships(user: User) -> list[dict[str, Any]]:
    rows = Membership.objects.filter(user=user).select_related("organization")
    return [
        {
            "organization": each.organization.name,
            "role": each.role,
            "since": each.created_at,
        }
        for each in rows.order_by("organization__name")
    ]


def _keys_made(user: User) -> list[dict[str, Any]]:
    rows = Credential.objects.filter(created_by=user).select_related("organization")
    return [
        {
            "organization": each.organization.name,
            "name": each.name,
            "begins_with": f"accord_{each.prefix}",
            "made": each.created_at,
            "revoked": each.revoked_at,
        }
        for each in rows.defer("digest").order_by("-created_at")
    ]


def _without_handle(session: sessions.OwnSession) -> dict[str, Any]:
    found = asdict(session)
    del found["handle"]
    return found
