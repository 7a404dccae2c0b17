"""Clauses that permit nothing for a while: what lies in their streams meanwhile."""

from typing import Any

import pytest

from hub.lib.errors import NotFound
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import User
from orgs.members.services import change_organization
from sharing.agreements import lifecycle
from sharing.agreements.models import Generation, Version
from tests.cast import acting, home_of
from tests.coalition import collection, pulled, send, work_off
from tests.sharing.distribution.amending import amended, enacted

pytestmark = pytest.mark.django_db(transaction=True)

POLICE = "Investigation"
LINE = {"confidence": 80, "review_status": "reviewed", "scam_type": "investment"}


def lines(*hosts: str, **more: Any) -> list[dict[str, Any]]:
    return [{"value": host, **LINE, **more} for host in hosts]


def releases(person: User) -> list[dict[str, Any]]:
    return [each for each in pulled(person, POLICE) if each["kind"] == "release"]


@pytest.mark.parametrize(
    ("narrower", "wider"),
    [({"disclosure": "token", "redaction": {}}, False), ({"types": "all"}, True)],
)
def test_what_was_released_to_one_who_left_is_served_on_under_a_wider_text_alone(
    coalition: Version,
    alice: User,
    bob: User,
    dana: User,
    dana_signs: User,
    narrower: dict[str, Any],
    wider: bool,
) -> None:
    send(alice, lines("one.example"))
    assert [each["value"] for each in releases(dana)] == ["one.example"]
    lifecycle.leave(
        actor=acting(dana_signs), agreement_id=coalition.agreement_id, reason="We go."
    )
    work_off()
    said = {POLICE: {"to": [{"kind": "bank"}], **narrower}}
    left = ("meadow", "sentry", "harbour")
    enacted(amended(coalition.agreement_id, said, parties=left), work=False)
    at_once = [each.get("value") for each in releases(bob)]
    assert at_once == (["one.example"] if wider else [])
    work_off()
    (found,) = releases(bob)
    assert ("value" in found) == wider
    numbers = Generation.objects.filter(collection=collection(POLICE))
    assert numbers.count() == (1 if wider else 2)


def test_claim_withdrawn_while_its_clause_permits_nothing_is_not_served_when_it_does(
    coalition: Version, alice: User, bob: User
) -> None:
    here = {"to": ["harbour"], "recipient_jurisdictions": ["GB"]}
    enacted(amended(coalition.agreement_id, {POLICE: here}))
    send(alice, lines("one.example", "two.example"))
    assert len(releases(bob)) == 2
    move(bob, "FR")
    with pytest.raises(NotFound):
        pulled(bob, POLICE)
    send(alice, [{"op": "withdraw", "value": "one.example"}])
    move(bob, "GB")
    assert [each["value"] for each in releases(bob)] == ["two.example"]


def move(person: User, jurisdiction: str) -> None:
    home = home_of(person)
    change_organization(
        actor=SYSTEM,
        organization_id=home.pk,
        name=home.name,
        kind=home.kind,
        jurisdiction=jurisdiction,
        is_government=home.is_government,
        is_active=home.is_active,
    )
