"""Reads what was written down; who may see it, the caller has asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, Max
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb


@dataclass(frozen=True, slots=True)
class Repeated:
    """What one organization did again and again to one subject, in one way."""

    verb: str
    organization: str
    subject: str
    kind: str
    asked: int | None  # the most that any of the events tells
    times: int
    at: datetime  # of the last


def details(verb: Verb, subject: str) -> list[dict[str, Any]]:
    """What every event of one verb about one subject tells, oldest first."""
    found = AuditEvent.objects.filter(verb=str(verb), subject=subject).order_by("pk")
    return list(found.values_list("detail", flat=True))


def repeated(verbs: Iterable[Verb], since: datetime, limit: int) -> list[Repeated]:
    """The newest first; however often somebody does the same, it is one of them.

    Groups by the `kind` in the events' details, and reads no others than those verbs.
    """
    rows = (
        AuditEvent.objects.filter(verb__in=list(map(str, verbs)), at__gte=since)
        .values(
            "verb",
            "organization",
            "organization__name",
            "subject",
            kind=KT("detail__kind"),
        )
        .annotate(
            asked=Max(Cast(KT("detail__asked"), BigIntegerField())),
            times=Count("pk"),
            last=Max("at"),
        )
        .order_by("-last", "subject", "verb", "kind", "organization__name")
    )
    return [
        Repeated(
            each["verb"],
            each["organization__name"] or "",
            each["subject"],
            each["kind"] or "",
            each["asked"],
            each["times"],
            each["last"],
        )
        for each in rows[:limit]
    ]


def last(verb: Verb) -> datetime | None:
    """When that was done last; only of what an index holds."""
    found = AuditEvent.objects.filter(verb=str(verb)).order_by("-at")
    return found.values_list("at", flat=True).first()
