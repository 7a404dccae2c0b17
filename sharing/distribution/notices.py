"""Notices: an ended Grant, told to its recipient alone, to be acknowledged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hub.lib.clock import now
from hub.lib.errors import NotFound
from hub.lib.paging import Cursor
from orgs.access import need, scope
from orgs.accounts.actor import Actor, Right
from orgs.accounts.rights import need_staff
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.agreements.models import Grant
from sharing.vocabulary import Disclosure


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a recipient is told; names are those of the text it read under."""

    id: UUID
    collection: UUID
    title: str  # of the clause
    agreement: str
    reason: str
    ended_at: datetime
    until: str | None  # the last cursor that was for it
    purge_by: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A Notice past its purge date that nobody acknowledged, as staff see it."""

    organization: UUID
    collection: UUID
    ended_at: datetime
    purge_by: datetime


def notices(actor: Actor) -> list[NoticeView]:
    """The Notices to the actor's own organization, newest first; auditors see them too."""
    if not actor.may(Right.AUDIT):
        need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - who has a right acts for one
    organization_id = actor.organization_id
    with scope(organization_id):
        found = _sent().filter(recipient=organization_id)
        return [_view(grant) for grant in found.order_by("-valid_until", "-pk")]


def acknowledge(*, actor: Actor, notice_id: UUID) -> NoticeView:
    """The recipient's word that it purged what it held; a second time changes nothing."""
    organization_id = _reader(actor)
    with scope(organization_id):
        own = _sent().filter(recipient=organization_id, notice=notice_id)
        grant = own.select_for_update(of=("self",)).first()
        if grant is None:
            raise NotFound("There is no such notice for you.")
        if grant.acked_at is None:
            grant.acked_at = now()
            grant.save(update_fields=["acked_at"])
            audit.record(actor=actor, verb=Verb.NOTICE_ACK, subject=notice_id)
        return _view(grant)


def overdue(actor: Actor) -> list[Overdue]:
    """What should have been purged by now and was not acknowledged: for hub staff."""
    need_staff(actor)
    late = _sent().filter(acked_at__isnull=True, purge_by__lt=now())
    return [
        Overdue(grant.recipient_id, grant.collection_id, ended_at, purge_by)
        for grant in late.order_by("purge_by", "pk")
        if (ended_at := grant.valid_until) and (purge_by := grant.purge_by)
    ]


def _sent() -> QuerySet[Grant]:
    sent = Grant.objects.filter(
        notice__isnull=False, valid_until__isnull=False, purge_by__isnull=False
    )
    return sent.select_related("clause__version", "collection")


def _view(grant: Grant) -> NoticeView:
    assert grant.notice and grant.valid_until and grant.purge_by  # noqa: S101, PT018 - _sent() saw to it
    return NoticeView(
        id=grant.notice,
        collection=grant.collection_id,
        title=grant.clause.name,
        agreement=grant.clause.version.text["title"],
        reason=grant.reason,
        ended_at=grant.valid_until,
        until=_cursor(grant),
        purge_by=grant.purge_by,
        acknowledged_at=grant.acked_at,
    )


def _cursor(grant: Grant) -> str | None:
    if grant.until_generation is None or grant.until_seq is None:
        return None
    if grant.collection.disclosure == Disclosure.QUERY:
        return None  # there was no stream
    return str(Cursor(grant.until_generation, grant.until_seq))


def _reader(actor: Actor) -> UUID:
    need(actor, Right.READ)
    assert actor.organization_id is not None  # noqa: S101 - need() saw to it
    return actor.organization_id
