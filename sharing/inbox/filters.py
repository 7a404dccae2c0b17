"""Saved filters over releases: a person's own, or its whole organization's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Invalid, NotFound
from orgs.access import need, person_scope, scope
from orgs.accounts.actor import Actor, Right
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.inbox import wanting
from sharing.inbox.models import SavedFilter
from sharing.inbox.wanting import Wanted
from sharing.vocabulary import FILTERS_OF_ORGANIZATION, FILTERS_OF_PERSON

NAME = 80  # characters
NO_FILTER = "You have no such filter."


@dataclass(frozen=True, slots=True)
class FilterView:
    id: UUID
    name: str
    personal: bool  # of the person who looks; else of the organization
    wanted: Wanted
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """What a filter is to be."""

    name: str
    personal: bool
    wanted: Wanted


def read(body: object) -> Order:
    """`{"name", "where": {...}, "personal"}`, or Invalid."""
    if not isinstance(body, Mapping) or body.keys() - {"name", "where", "personal"}:
        raise wanting.bad("body", "An object with name, where and personal is needed.")
    name, personal = body.get("name"), body.get("personal", False)
    if not isinstance(name, str) or not 0 < len(name := " ".join(name.split())) <= NAME:
        raise wanting.bad("name", f"A name of 1 to {NAME} characters is needed.")
    if not name.isprintable():
        raise wanting.bad("name", "A name of characters that show is needed.")
    if not isinstance(personal, bool):
        raise wanting.bad("personal", "Either true or false.")
    return Order(name, personal, wanting.read(body.get("where")))


def check(actor: Actor) -> None:
    """Refuse whoever may not read, and so may not be told."""
    need(actor, Right.READ)


@contextmanager
def own_scope(actor: Actor) -> Iterator[UUID]:
    """A transaction that sees the organization's filters and the person's own."""
    need(actor, Right.READ)
    organization = actor.organization_id
    assert organization is not None  # noqa: S101 - need() saw to it
    if actor.user_id is None:
        with scope(organization):
            yield organization
    else:
        with person_scope(actor.user_id, organization):
            yield organization


def listed(actor: Actor) -> list[FilterView]:
    """Those that the actor is told by, the organization's first, by name."""
    with own_scope(actor):
        return [
            view(each)
            for each in _seen(actor).order_by(F("user").asc(nulls_first=True), "name")
        ]


def one(actor: Actor, filter_id: UUID) -> FilterView:
    with own_scope(actor):
        return view(_found(actor, filter_id))


def save(*, actor: Actor, order: Order, filter_id: UUID | None = None) -> FilterView:
    """A new filter, or another shape of one; whose it is stays. Tells of what comes."""
    with own_scope(actor) as organization:
        if filter_id is None:
            row = _new(actor, organization, order)
        else:
            row = _found(actor, filter_id)
        row.name, row.wanted = order.name, order.wanted.stored()
        if _named(actor, row).exists():
            raise _taken()
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # somebody was faster
            raise _taken() from None
        audit.record(actor=actor, verb=Verb.FILTER_SAVE, subject=row)
        return view(row)


def _taken() -> Invalid:
    return Invalid("There is a filter of this name already.", code="name-taken")


def remove(*, actor: Actor, filter_id: UUID) -> None:
    """A filter and all that it told of."""
    with own_scope(actor):
        row = _found(actor, filter_id)
        audit.record(actor=actor, verb=Verb.FILTER_REMOVE, subject=row)
        row.delete()


def _new(actor: Actor, organization: UUID, order: Order) -> SavedFilter:
    if order.personal and actor.user_id is None:
        raise Forbidden("A key has no filters of its own; save the organization's.")
    user = actor.user_id if order.personal else None
    most = FILTERS_OF_PERSON if order.personal else FILTERS_OF_ORGANIZATION
    if _seen(actor).filter(user=user).count() >= most:
        raise Invalid(f"At most {most} filters are kept.", code="too-many-filters")
    return SavedFilter(organization_id=organization, user_id=user, created_at=now())


def _named(actor: Actor, row: SavedFilter) -> QuerySet[SavedFilter]:
    same = _seen(actor).filter(user=row.user_id, name=row.name)
    return same.exclude(pk=row.pk)


def _found(actor: Actor, filter_id: UUID) -> SavedFilter:
    row = _seen(actor).filter(pk=filter_id).select_for_update().first()
    if row is None:
        raise NotFound(NO_FILTER)
    return row


def _seen(actor: Actor) -> QuerySet[SavedFilter]:
    mine = Q(user__isnull=True)
    if actor.user_id is not None:
        mine |= Q(user=actor.user_id)
    return SavedFilter.objects.filter(mine, organization=actor.organization_id)


def view(row: SavedFilter) -> FilterView:
    return FilterView(
        row.pk,
        row.name,
        row.user_id is not None,
        wanting.read(row.wanted),
        row.created_at,
    )
