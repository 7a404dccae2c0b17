"""A clause that only answers questions, beside those of the demo's agreement."""

from copy import deepcopy
from typing import Any
from uuid import UUID

from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from sharing.agreements import services as agreements
from sharing.agreements.models import Collection, Version
from sharing.tokens import scheme
from sharing.tokens import services as tokens
from tests.coalition import send
from tests.sharing.distribution.amending import TEXT, enacted

ASKED = "Questions"
HOST, PHONE = "login.scam.example", "+442079460958"
LINE = {"confidence": 80, "scam_type": "investment"}


def with_questions(agreement_id: UUID, *, work: bool = True, **terms: Any) -> Version:
    """The demo's agreement with one more clause: as the first, but for questions only."""
    text = deepcopy(TEXT)
    first = text["clauses"][0]
    for clause in text["clauses"]:
        clause["continues"] = clause["name"]
    there = Collection.objects.filter(title=ASKED).exists()
    asked = {"name": ASKED, "continues": ASKED if there else "new"}
    text["clauses"].append({**first, **asked, "disclosure": "query", **terms})
    version = agreements.draft(actor=SYSTEM, text=text, agreement_id=agreement_id)
    agreements.propose(actor=SYSTEM, version_id=version.pk)
    return enacted(version, work=work)


def claims_of(alice: User, frank: User) -> None:
    """One host that two members know, and a telephone of one of them."""
    send(alice, [{"value": HOST, **LINE}, {"value": PHONE, **LINE}])
    send(frank, [{"value": HOST, **LINE, "confidence": 60}])


def asked() -> UUID:
    return Collection.objects.get(title=ASKED).pk


def otag(value: str, kind: str, number: int = 1) -> bytes:
    """What a question about a value comes to, made with the hub's own key."""
    make = tokens.otag_maker(asked(), number)
    return make(kind, scheme.digest(kind, 1, value))


def wire(value: str, kind: str, number: int = 1) -> str:
    return scheme.wire(number, otag(value, kind, number))
