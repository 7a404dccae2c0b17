"""The words of decisions, and the terms of a clause compiled for deciding. All frozen."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sharing.agreements.fields import Profile
from sharing.vocabulary import Disclosure, Tlp


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """What an organization is, as far as an agreement asks."""

    organization_id: UUID
    slug: str
    name: str
    kind: str
    is_government: bool
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """What a claim is, as far as an agreement asks; many claims share the same facts."""

    owner: UUID
    type: str
    scam_type: str
    role: str
    review_status: str
    confidence: int
    tlp: str
    state: str
    audience: frozenset[UUID] | None  # None: every agreement that names its owner


@dataclass(frozen=True, slots=True)
class Obligations:
    """What must be done to a claim before it may leave."""

    disclosure: Disclosure
    fields: Profile
    originator_hidden: bool
    retention_days: int
    embargo_until: datetime | None
    may_train: bool
    clause_id: UUID


@dataclass(frozen=True, slots=True)
class Decision:
    """May this claim enter the stream, under which obligations, and why (not)."""

    permitted: bool
    obligations: Obligations | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """May this organization read the collection, for which purposes, and why (not)."""

    permitted: bool
    purposes: frozenset[str]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """One clause, compiled among the parties that signed its Version.

    `void` holds why it permits nothing; nothing that is void permits anything.
    """

    agreement: str
    agreement_id: UUID
    version: int
    clause: str
    clause_id: UUID
    collection_id: UUID
    signatories: frozenset[UUID]
    contributors: frozenset[UUID]
    to_everyone: bool
    to_kinds: frozenset[str]
    to_named: frozenset[UUID]
    recipients: frozenset[UUID]  # who would be admitted, as they were when compiled
    jurisdictions: frozenset[str] | None
    government_recipients: bool
    types: frozenset[str]
    scam_types: frozenset[str]
    roles: frozenset[str]
    review_statuses: frozenset[str]
    tlp_ceiling: Tlp | None
    tlps: frozenset[str]
    min_confidence: int
    purposes: frozenset[str]
    legal_basis: str
    disclosure: Disclosure
    fields: Profile
    originator_hidden: bool
    retention_days: int
    may_train: bool
    feedback_shared: bool  # the other recipients see it too, not its owner alone
    feedback_unnamed: bool  # without the name of whoever gave it
    embargo_until: datetime | None
    void: tuple[str, ...]
    permit: Decision = field(repr=False)  # the one answer to all that is permitted
    place: str = field(
        repr=False
    )  # how every reason begins: clause, agreement, version


def place(agreement: str, version: int, clause: str) -> str:
    return f"Clause “{clause}” of “{agreement}”, version {version},"
