"""Reads what was written down; who may see it, the caller has asked."""

from collections.abc import Iterable
from datetime import datetime

from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb


def recent(verbs: Iterable[Verb], since: datetime, limit: int) -> list[AuditEvent]:
    """The newest first, with the organization of each."""
    found = AuditEvent.objects.filter(verb__in=list(map(str, verbs)), at__gte=since)
    return list(found.select_related("organization").order_by("-at", "-pk")[:limit])
