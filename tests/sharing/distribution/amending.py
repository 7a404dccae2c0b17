"""Amendments of the demo's agreement, and how they come into force."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import UUID

import yaml

from orgs.accounts.actor import SYSTEM, Role
from orgs.members.models import Membership
from sharing.agreements import services as agreements
from sharing.agreements.models import Version
from tests.cast import acting
from tests.coalition import FILE, work_off

TEXT: dict[str, Any] = yaml.safe_load(FILE.read_text())


def amended(
    agreement_id: UUID,
    clauses: Mapping[str, Mapping[str, Any] | None],
    *,
    hidden: tuple[str, ...] = (),
    propose: bool = True,
    parties: tuple[str, ...] = tuple(TEXT["parties"]),
    effective_from: str = str(TEXT["effective_from"]),
) -> Version:
    """A new Version of the demo's agreement: terms by clause; None leaves it out."""
    text = deepcopy(TEXT)
    text["effective_from"] = effective_from
    text["parties"] = [{"slug": slug, "hidden": slug in hidden} for slug in parties]
    text["clauses"] = [
        {**clause, "continues": clause["name"], **(clauses.get(clause["name"]) or {})}
        for clause in text["clauses"]
        if clauses.get(clause["name"], {}) is not None
    ]
    version = agreements.draft(actor=SYSTEM, text=text, agreement_id=agreement_id)
    if propose:
        agreements.propose(actor=SYSTEM, version_id=version.pk)
    return version


def enacted(version: Version, *, work: bool = True) -> Version:
    """Signed by every party, and in force."""
    for party in version.parties.all():
        signatory = Membership.objects.get(
            organization=party.organization, role=Role.SIGNATORY
        )
        agreements.sign(actor=acting(signatory.user), version_id=version.pk)
    if work:
        work_off()
    version.refresh_from_db()
    return version
