"""Rotations and limits, as staff order them on the screen."""

import pytest
from django.urls import reverse

from orgs.audit.models import AuditEvent
from sharing.agreements.models import Generation
from sharing.tokens import services as tokens
from tests.access.walled import FRAUD
from tests.cast import authenticator_of, browser_of, home_of
from tests.coalition import collection
from tests.walls import stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("coalition"),
]


def post(staff, name: str, pk, **said: str) -> str:
    return staff.post(reverse(name, args=[pk]), said, follow=True).content.decode()


def test_rotation_is_announced_with_a_reason_and_cancelled(erin) -> None:
    staff, codes, stream = browser_of(erin), authenticator_of(erin), collection(FRAUD)
    assert "required" in post(staff, "staff-rotation", stream, code="000000")
    assert "wrong or used up" in post(
        staff, "staff-rotation", stream, reason="Yearly.", code="000000"
    )
    code = codes.now()
    told = post(staff, "staff-rotation", stream, reason="Yearly.", code=code)
    assert "Generation 2 takes effect on" in told
    planned = Generation.objects.get(collection=stream, number=2)
    assert (planned.state, planned.rotation) == ("building", True)
    event = AuditEvent.objects.get(verb="agreements:rotation:announce")
    assert (event.user_id, event.detail["reason"]) == (erin.pk, "Yearly.")
    page = staff.get(reverse("staff-rotation", args=[stream])).content.decode()
    assert "Cancel the rotation" in page


def test_rotation_that_is_announced_is_cancelled(erin) -> None:
    from orgs.accounts.actor import SYSTEM
    from sharing.agreements import rotation

    staff, codes, stream = browser_of(erin), authenticator_of(erin), collection(FRAUD)
    rotation.announce(actor=SYSTEM, collection_id=stream)
    said = {"reason": "Too early.", "code": codes.now(), "cancel": "1"}
    told = post(staff, "staff-rotation", stream, **said)
    assert "Generation 2 will not take effect." in told
    assert Generation.objects.get(collection=stream, number=2).state == "withdrawn"
    event = AuditEvent.objects.get(verb="agreements:rotation:cancel")
    assert event.detail["reason"] == "Too early."


def test_pages_of_keys_show_ages_and_no_key(erin) -> None:
    page = browser_of(erin).get(reverse("staff-keys")).content.decode()
    assert FRAUD in page
    assert "./run manage keys new-vault" in page
    for root in tokens.key_provider().roots():
        assert root.secret.hex() not in page


def test_limit_is_set_on_the_screen(erin, bob) -> None:
    staff, codes, home = browser_of(erin), authenticator_of(erin), home_of(bob).pk
    said = {
        "collection": str(collection(FRAUD)),
        "kind": "domain",
        "most": "77",
        "reason": "A test.",
        "code": codes.now(),
    }
    told = post(staff, "staff-quota", home, **said)
    assert "holds from the next look-up on" in told
    assert "A test." in told
    from sharing.lookup.models import LookupLimit

    assert stored(LookupLimit).get().most == 77


def test_streams_of_others_are_not_among_the_choices(erin, carol, bob) -> None:
    page = browser_of(erin).get(reverse("staff-quota", args=[home_of(carol).pk]))
    assert FRAUD not in page.content.decode()
