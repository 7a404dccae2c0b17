"""Write down what was done, in the transaction that does it."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from hub.lib.clock import now
from orgs.accounts.actor import Actor
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb


def record(
    *,
    actor: Actor,
    verb: Verb | str,
    subject: object = "",
    organization_id: UUID | None = None,
    **detail: Any,
) -> int:
    """Add one event; `subject` is a thing or its id, `detail` holds ids and counts only.

    Returns its id. The event belongs to the actor's organization unless another is named.
    """
    if not connection.in_atomic_block:
        message = "An audit event is written in the transaction of what it tells about."
        raise TransactionManagementError(message)
    event = AuditEvent.objects.create(
        at=now(),
        verb=str(verb),
        organization_id=organization_id or actor.organization_id,
        user_id=actor.user_id,
        credential=actor.credential_id,
        subject=str(subject.pk if isinstance(subject, Model) else subject),
        detail={name: _plain(value) for name, value in detail.items()},
    )
    return event.pk


def _plain(value: Any) -> Any:
    """What JSON can hold; ids of every other kind by their text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(_plain(each) for each in value)
    return str(value)
