"""Who signed which Version, and its clauses compiled among them: once, then from memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from orgs.models import Organization
from sharing.agreements.models import Agreement, Clause, Party, Signature, Version
from sharing.agreements.policy import RecipientFacts, Terms, compile_terms

Signatories = tuple[RecipientFacts, ...]
_FACTS = (  # in the order of `RecipientFacts`
    "organization",
    "organization__slug",
    "organization__name",
    "organization__kind",
    "organization__is_government",
    "organization__jurisdiction",
)


def facts_of(organization: Organization) -> RecipientFacts:
    return RecipientFacts(
        organization_id=organization.pk,
        slug=organization.slug,
        name=organization.name,
        kind=organization.kind,
        is_government=organization.is_government,
        jurisdiction=organization.jurisdiction,
    )


def signatories(versions: Iterable[UUID]) -> dict[UUID, Signatories]:
    """The parties that signed and have not left, as they are now, for each Version."""
    signed = Signature.objects.filter(
        version=OuterRef("version"), organization=OuterRef("organization")
    )
    return _by_version(_staying().filter(Exists(signed)), versions)


def named(version: Version) -> Signatories:
    """All parties of a Version, as if each had signed: for drafting."""
    return _by_version(_staying(), [version.pk])[version.pk]


def _staying() -> QuerySet[Party]:
    return Party.objects.filter(left_at__isnull=True)


def _by_version(
    parties: QuerySet[Party], versions: Iterable[UUID]
) -> dict[UUID, Signatories]:
    found: dict[UUID, list[RecipientFacts]] = {pk: [] for pk in versions}
    rows = parties.filter(version__in=list(found)).order_by("organization_id")
    for version, *facts in rows.values_list("version", *_FACTS):
        found[version].append(RecipientFacts(*facts))
    return {pk: tuple(facts) for pk, facts in found.items()}


def terms_of(
    clause: Clause, agreement: Agreement, version: int, signed: Signatories
) -> Terms:
    """The compiled terms of a clause; its own id stands in for a missing collection."""
    return _compiled(
        _Source(
            agreement.title,
            agreement.pk,
            version,
            clause.name,
            clause.pk,
            clause.collection_id or clause.pk,
            signed,
            repr(clause.known),
            clause.meant,
        )
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """All that a compilation depends on; a clause's written terms follow from its id."""

    agreement: str
    agreement_id: UUID
    version: int
    clause: str
    clause_id: UUID
    collection_id: UUID
    signed: Signatories
    known: str
    raw: Mapping[str, Any] = field(compare=False)


@lru_cache(maxsize=1024)
def _compiled(source: _Source) -> Terms:
    return compile_terms(
        source.raw,
        agreement=source.agreement,
        agreement_id=source.agreement_id,
        version=source.version,
        clause=source.clause,
        clause_id=source.clause_id,
        collection_id=source.collection_id,
        signatories=source.signed,
    )
