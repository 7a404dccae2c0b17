"""The agreements of the matrix's world: one in every state, one with a hidden party."""

from typing import Any
from uuid import UUID

import yaml

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM, Role
from orgs.accounts.models import Organization, User
from orgs.members.services import create_organization
from sharing import pipeline
from sharing.agreements import accession, catalogue, documents, lifecycle, services
from sharing.agreements.models import Version
from sharing.events.kinds import Kind
from sharing.events.models import OutboxRow
from tests.access.bodies import INVITED
from tests.cast import acting, organization, person_in
from tests.coalition import FILE
from tests.walls import WORKER, working_as

# The hidden party: slug, name and person; and the clause by which it alone receives.
QUIET = ("vela", "Vela Exchange", "Ottilie")
QUIET_CLAUSE, POOL, ASKED = "Night watch", "Common pool", "Questions"


def quiet_party() -> tuple[Organization, User]:
    slug, name, person = QUIET
    made = create_organization(
        actor=SYSTEM,
        slug=slug,
        name=name,
        kind="crypto_exchange",
        jurisdiction="US",
        listed=False,
        vouched=True,
    )
    return made, person_in(made, person)


def versions(people: dict[str, User], quiet: Organization) -> dict[str, Version]:
    """The coalition and the draft of its next Version, and one agreement per state."""
    signers = {
        slug: person_in(organization(slug), f"{slug}-signs", Role.SIGNATORY)
        for slug in ("sentry", "harbour", "liaison")
    }
    signers["meadow"] = people["signatory"]
    signers[quiet.slug] = person_in(quiet, f"{QUIET[2]}-signs", Role.SIGNATORY)
    active = _enacted(_coalition(), signers)
    amended = _proposed(active.text, active.agreement_id)
    _invite(active)
    bank = text("bilateral_platform_bank", PLATFORM="meadow", BANK="harbour")
    police = text("platform_to_law_enforcement", PLATFORM="meadow", AGENCY="liaison")
    feed = text("vendor_feed", VENDOR="sentry", CUSTOMER="meadow")
    found = {
        "active": active,
        "amended": amended,
        "draft": _draft_with_document(people["alice"], bank),
        "proposed": _proposed(bank),
        "suspended": _enacted(police, signers),
        "over": _enacted(feed, signers),
    }
    lifecycle.suspend(
        actor=acting(people["signatory"]),
        agreement_id=found["suspended"].agreement_id,
        reason="Under review.",
    )
    lifecycle.terminate(
        actor=acting(people["erin"]),
        agreement_id=found["over"].agreement_id,
        reason="The contract ended.",
    )
    work_off()
    return found


def _coalition() -> dict[str, Any]:
    """That of the demo; the hidden party gives and takes with the others, and alone."""
    said: dict[str, Any] = yaml.safe_load(FILE.read_text())
    first = said["clauses"][0]
    first["to"].append({"kind": "crypto_exchange"})
    pool: dict[str, Any] = {
        "from": "all parties",
        "to": "all parties",
        "originator": "hidden",
        "redaction": {"note": "drop", "labels": "drop"},
    }
    said["clauses"] += [
        {**first, **pool, "name": POOL},
        {**first, "name": ASKED, "disclosure": "query"},
        {**first, "name": QUIET_CLAUSE, "from": ["sentry", "meadow"], "to": [QUIET[0]]},
    ]
    said["parties"].append({"slug": QUIET[0], "hidden": True})
    return {**said, "open_to_accession": True}


def text(template: str, **parties: str) -> Any:
    source = catalogue.template(template).source
    for capitals, slug in parties.items():
        source = source.replace(capitals, slug)
    return yaml.safe_load(source)


def _invite(active: Version) -> None:
    create_organization(
        actor=SYSTEM, slug=INVITED, name="Ridge", kind="platform", jurisdiction="US"
    )
    accession.invite_to_accede(
        actor=SYSTEM, agreement_id=active.agreement_id, slug=INVITED
    )


def _draft_with_document(person: User, text: Any) -> Version:
    version = services.draft(actor=acting(person), text=text)
    documents.attach(
        actor=acting(person), version_id=version.pk, name="a.txt", content=b"Whole."
    )
    version.refresh_from_db()
    return version


def _proposed(text: Any, agreement_id: UUID | None = None) -> Version:
    version = services.draft(actor=SYSTEM, text=text, agreement_id=agreement_id)
    services.propose(actor=SYSTEM, version_id=version.pk)
    version.refresh_from_db()
    return version


def _enacted(text: Any, signers: dict[str, User]) -> Version:
    version = _proposed(text)
    for party in version.parties.select_related("organization"):
        actor = acting(signers[party.organization.slug])
        services.sign(actor=actor, version_id=version.pk)
    version.refresh_from_db()
    return version


def work_off() -> None:
    """As the worker would, which sees nothing of a transaction that never ends."""
    waiting = OutboxRow.objects.filter(done_at__isnull=True).order_by("pk")
    while row := waiting.first():
        with working_as(WORKER):
            pipeline.HANDLERS[Kind(row.kind)](**row.payload)
        OutboxRow.objects.filter(pk=row.pk).update(done_at=now())
