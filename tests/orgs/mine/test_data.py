"""My data: all of what the hub holds of a person, and nothing of anybody else."""

import json

import pytest
from django.urls import reverse

from orgs.accounts.actor import SYSTEM, Role
from orgs.members.services import add_member, change_role
from orgs.mine import selectors
from tests.cast import acting, browser_of, home_of, key_of, organization, person_in
from tests.coalition import send

pytestmark = pytest.mark.django_db


def taken(person) -> dict:
    answer = browser_of(person).get(reverse("my-data-json"))
    assert "attachment" in answer["Content-Disposition"]
    return json.loads(answer.getvalue())


def test_download_holds_account_memberships_sessions_keys_and_events(alice):
    key = key_of(alice)
    add_member(
        actor=SYSTEM, organization=organization("sentry"), user=alice, role=Role.AUDITOR
    )
    found = taken(alice)
    assert found["account"]["email"] == alice.email
    assert {each["organization"]: each["role"] for each in found["memberships"]} == {
        "Meadow Social": "manager",
        "Sentry Security": "auditor",
    }
    assert [each["this"] for each in found["sessions"]] == [True]
    assert [each["begins_with"] for each in found["keys_made"]] == [
        "_".join(key.split("_")[:2])
    ]
    done = [each["what"] for each in found["events"]]
    assert "credentials:credential:create" in done
    assert done.count("members:member:add") == 2
    assert key not in json.dumps(found)


def test_what_others_did_about_one_is_there_without_who(alice, meadow):
    amy = person_in(meadow, "amy", Role.ANALYST)
    membership = meadow.memberships.get(user=amy)
    change_role(actor=acting(alice), membership_id=membership.pk, role=Role.AUDITOR)
    events = selectors.events(amy)
    assert [(each.what, each.by) for each in events] == [
        ("members:member:change", "somebody else"),
        ("members:member:add", "somebody else"),
    ]
    assert str(alice.email) not in json.dumps(taken(amy))


def test_nothing_of_others_and_no_values_are_in_it(coalition, alice, bob):
    send(alice, ["login-harbour.scam.example"])
    send(bob, ["of-the-bank.example"])
    found = json.dumps(taken(alice))
    assert "scam.example" not in found
    assert "of-the-bank" not in found
    assert bob.email not in found
    assert "Harbour" not in found


def test_events_come_page_by_page_each_once(alice, monkeypatch):
    for _ in range(5):
        key_of(alice)
    monkeypatch.setattr(selectors, "EVENTS_AT_ONCE", 2)
    every = [each.id for each in selectors.all_events(alice)]
    assert every == sorted(set(every), reverse=True)
    assert len(every) == 6  # five keys, and that she was added
    assert every[2:4] == [each.id for each in selectors.events(alice, every[1], 2)]


def test_staff_have_data_without_an_organization(erin):
    found = taken(erin)
    assert (found["account"]["hub_staff"], found["memberships"]) == (True, [])
    assert browser_of(erin).get(reverse("my-data")).status_code == 200


def test_page_says_where_to_begin_when_the_address_was_changed_by_hand(alice):
    assert browser_of(alice).get(reverse("my-data") + "?before=x").status_code == 400
    page = browser_of(alice).get(reverse("my-data") + "?before=1").content.decode()
    assert "Nothing earlier" in page


def test_member_of_nothing_any_more_still_sees_own_data(alice, meadow):
    home_of(alice).memberships.filter(user=alice).delete()
    assert taken(alice)["memberships"] == []
