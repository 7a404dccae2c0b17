"""GET me."""

import pytest

from orgs.accounts.actor import Role
from tests.hub.api.caller import Caller

pytestmark = pytest.mark.django_db


def test_me_names_the_organization_and_what_the_key_may_do(dana, liaison):
    found = Caller(dana, scopes=["read", "keys"]).get("me").json()
    assert found["organization"] == {
        "id": str(liaison.pk),
        "slug": "liaison",
        "name": "Liaison Office",
        "kind": "law_enforcement",
        "is_government": True,
        "jurisdiction": "DE",
    }
    assert (found["role"], found["rights"]) == ("manager", ["keys", "read"])
    assert (found["credential"]["name"], found["credential"]["expires_at"]) == (
        "test",
        None,
    )


def test_me_shows_no_more_rights_than_the_role_has(alice):
    found = Caller(alice, role=Role.ANALYST, scopes=["read", "submit"]).get("me").json()
    assert (found["role"], found["rights"]) == ("analyst", ["read", "submit"])


def test_me_is_refused_without_a_key():
    answer = Caller(None).get("me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
