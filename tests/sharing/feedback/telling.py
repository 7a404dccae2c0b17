"""How the cast speaks about records, and which records those are."""

from typing import Any
from uuid import UUID

from orgs.accounts.models import User
from sharing.agreements.models import Version
from sharing.distribution.models import Release
from sharing.feedback import services
from sharing.feedback.services import Outcome
from tests.cast import acting, home_of
from tests.coalition import collection
from tests.sharing.distribution.amending import amended, enacted
from tests.walls import stored

FRAUD = "Fraud prevention"
HOST = "login.scam.example"
LINE = {"value": HOST, "confidence": 80, "scam_type": "investment"}


def release_of(person: User, title: str = FRAUD) -> UUID:
    """The only release of the person's organization in a collection, as it leaves."""
    row = stored(Release).filter(
        generation__collection=collection(title), owner=home_of(person)
    )
    return row.latest("generation__number").public_id


def say(person: User, release: UUID | str, kind: str, **more: Any) -> Outcome:
    line = {"release": str(release), "kind": kind, **more}
    return services.give(actor=acting(person), body={"lines": [line]})


def faults(outcome: Outcome) -> list[str | None]:
    return [each.fault.code if each.fault else None for each in outcome.lines]


def under(agreement: Version, **terms: Any) -> Version:
    """The coalition with these terms in the clause about fraud, in force."""
    return enacted(amended(agreement.agreement_id, {FRAUD: terms}))
