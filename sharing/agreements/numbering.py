"""Numbers of Versions: for good when one is proposed, and no sign of drafts that one cannot see.

The callers hold the lock on the agreement. A draft has the number that it would get if
its drafter proposed its drafts one by one; it moves up when another is proposed first.
"""

from uuid import UUID

from django.db.models import F, Max, Q, QuerySet

from sharing.agreements.models import Agreement, Version

_PROPOSED = Q(proposed_at__isnull=False)


def of_draft(agreement: Agreement, drafted_by: UUID | None) -> int:
    """The number of a new draft, from what its drafter may see."""
    seen = _PROPOSED | Q(drafted_by=drafted_by)
    return _after(agreement.versions.filter(seen))


def settle(version: Version) -> None:
    """Give a draft that is proposed now the next number; the other drafts make room.

    Not saved yet: that is the caller's.
    """
    others = version.agreement.versions.exclude(pk=version.pk)
    version.number = _after(others.filter(_PROPOSED))
    drafts = others.exclude(_PROPOSED).filter(number__gte=version.number)
    drafts.update(number=F("number") + 1)


def before(version: Version) -> QuerySet[Version]:
    """What was proposed before a Version, and the drafts that were begun before it."""
    drafts = ~_PROPOSED & Q(created_at__lt=version.created_at)
    others = version.agreement.versions.exclude(pk=version.pk)
    return others.filter(_PROPOSED & Q(number__lt=version.number) | drafts)


def _after(versions: QuerySet[Version]) -> int:
    return (versions.aggregate(last=Max("number"))["last"] or 0) + 1
