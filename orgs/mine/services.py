"""What a person changes about their own signing in, and the views they keep."""

from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Invalid, NotFound
from orgs.access import person_scope
from orgs.accounts import sessions
from orgs.accounts.actor import Actor
from orgs.accounts.models import User
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.mine.models import SavedView

VIEWS_AT_MOST = 30  # of one person in one organization
QUERY_AT_MOST = 500
# Where in a list one is, and what a page is asked for beside it, is no view of it.
NOT_KEPT = frozenset(
    {"after", "before", "lines", "page", "format", "view", "row", "csv", "as"}
)
NO_VIEW = "You have no such view."


@transaction.atomic
def end_session(*, actor: Actor, user: User, handle: UUID) -> None:
    """Sign one of one's own sessions out, this one too if it is meant."""
    sessions.end(user, handle)
    audit.record(actor=actor, verb=Verb.SESSIONS_END, subject=user, count=1)


@transaction.atomic
def end_other_sessions(*, actor: Actor, user: User, key: str | None) -> int:
    """Sign out everywhere but here; returns how many sessions there were."""
    count = sessions.end_others(user, key)
    if count:
        audit.record(actor=actor, verb=Verb.SESSIONS_END, subject=user, count=count)
    return count


def save_view(*, actor: Actor, place: str, name: str, query: str) -> SavedView:
    """Keep the filters of a list under a name; the same name again replaces them."""
    if actor.user_id is None:
        raise Forbidden("Only people save views.")
    name, kept = name.strip(), kept_of(query)
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise Invalid("A view has a name of up to 60 characters.", code="bad-name")
    if len(kept) > QUERY_AT_MOST or "\0" in kept:
        raise Invalid("These filters are too long to keep.", code="too-long")
    with person_scope(actor.user_id, actor.organization_id):
        mine = SavedView.objects.filter(
            user=actor.user_id, organization=actor.organization_id
        )
        known = mine.filter(place=place, name=name).first()
        if known is None and len(mine[:VIEWS_AT_MOST]) == VIEWS_AT_MOST:
            raise Invalid(f"At most {VIEWS_AT_MOST} views are kept.", code="too-many")
        row = known or SavedView(
            user_id=actor.user_id,
            organization_id=actor.organization_id,
            place=place,
            name=name,
        )
        row.query, row.created_at = kept, now()
        row.save()
        return row


def forget_view(*, actor: Actor, view_id: int) -> SavedView:
    """One's own view is no more."""
    if actor.user_id is None:
        raise NotFound(NO_VIEW)
    with person_scope(actor.user_id, actor.organization_id):
        mine = SavedView.objects.filter(
            pk=view_id, user=actor.user_id, organization=actor.organization_id
        )
        row = mine.first()
        if row is None:
            raise NotFound(NO_VIEW)
        mine.delete()
        return row


def kept_of(query: str) -> str:
    """The filters of an address, in a fixed order, without where in the list one is."""
    said = QueryDict(query.lstrip("?"))
    pairs = [
        (key, value)
        for key, values in sorted(said.lists())
        if key not in NOT_KEPT
        for value in values
        if value
    ]
    return urlencode(pairs)
