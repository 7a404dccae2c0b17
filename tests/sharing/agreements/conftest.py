"""An agreement of the cast: its text, and how it comes into force."""

from collections.abc import Callable
from typing import Any

import pytest

from orgs.accounts.actor import SYSTEM, Actor, Role
from orgs.accounts.models import User
from sharing.agreements import services
from sharing.agreements.models import Agreement, Version
from tests.cast import acting, organization, person_in

TERMS: dict[str, Any] = {
    "from": ["meadow", "sentry"],
    "to": [{"kind": "bank"}],
    "types": "all",
    "scam_types": "all",
    "roles": ["perpetrator"],
    "review_status": "all",
    "tlp_ceiling": "amber",
    "min_confidence": 30,
    "purposes": ["detection"],
    "legal_basis": "Legitimate interest.",
    "retention_days": 90,
}
SIGNING = ("meadow", "sentry", "harbour", "liaison")


def clause(name: str = "Fraud", /, **terms: Any) -> dict[str, Any]:
    return {"name": name, "continues": "new", **TERMS, **terms}


def text(*clauses: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "title": "Coalition",
        "effective_from": "2025-01-01",
        "parties": list(SIGNING),
        "clauses": list(clauses) or [clause()],
        **parts,
    }


Enact = Callable[..., Version]


@pytest.fixture
def signers(db: None) -> dict[str, User]:
    """A signatory and a manager for each of the four organizations that sign."""
    found = {}
    for slug in SIGNING:
        member = organization(slug)
        found[slug] = person_in(member, f"{slug}-signs", Role.SIGNATORY)
        person_in(member, f"{slug}-manages")
    return found


@pytest.fixture
def propose(signers: dict[str, User]) -> Enact:
    """Draft and propose a text; of the agreement there is, when there is one."""

    def do(*clauses: dict[str, Any], by: Actor = SYSTEM, **parts: Any) -> Version:
        known = Agreement.objects.first()
        version = services.draft(
            actor=by,
            text=text(*clauses, **parts),
            agreement_id=known.pk if known else None,
        )
        return services.propose(actor=by, version_id=version.pk)

    return do


@pytest.fixture
def enact(propose: Enact, signers: dict[str, User]) -> Enact:
    """Draft, propose and have it signed by every party."""

    def do(*clauses: dict[str, Any], **parts: Any) -> Version:
        version = propose(*clauses, **parts)
        for party in version.parties.select_related("organization"):
            actor = acting(signers[party.organization.slug])
            services.sign(actor=actor, version_id=version.pk)
        version.refresh_from_db()
        return version

    return do
