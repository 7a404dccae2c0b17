"""The administration: a window for staff, without anything that tells what was shared."""

import pytest
from django.contrib import admin
from django.urls import reverse

from hub.lib.clock import now
from hub.lib.readonly import ReadOnlyAdmin
from orgs.audit.models import AuditEvent
from sharing.models import (
    Chunk,
    ChunkResult,
    ClaimBatch,
    ControlRecord,
    Grant,
    HeldBatch,
    Indicator,
    LineProblem,
    OutboxRow,
    Receipt,
    Release,
    ReleaseBatch,
    Submission,
    Version,
)
from tests.cast import browser_of, home_of
from tests.walls import stored

pytestmark = pytest.mark.django_db

MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "sharing"),
    key=lambda model: model.__name__,
)
WALLED = [
    Indicator,
    ClaimBatch,
    Submission,
    Chunk,
    ChunkResult,
    LineProblem,
    Release,
    ReleaseBatch,
    ControlRecord,
    Receipt,
]


def place(model, action="changelist", *args) -> str:
    return reverse(f"admin:sharing_{model._meta.model_name}_{action}", args=args)


def dead_letter() -> OutboxRow:
    moment = now()
    return OutboxRow.objects.create(
        kind="chunk_received",
        payload={"submission": 7, "number": 0},
        created_at=moment,
        not_before=moment,
        attempts=9,
        dead_at=moment,
        last_error="builtins.ValueError",
    )


@pytest.mark.parametrize("model", MODELS)
def test_list_is_shown_when_staff_look(erin, model):
    page = browser_of(erin).get(place(model))
    assert page.status_code == 200
    assert "Accord" in page.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_list_is_closed_when_a_member_looks(alice, model):
    assert browser_of(alice).get(place(model), follow=True).status_code == 404


@pytest.mark.parametrize("model", MODELS)
def test_nothing_can_be_added_when_staff_try(erin, model):
    assert isinstance(admin.site.get_model_admin(model), ReadOnlyAdmin)
    assert browser_of(erin).get(place(model, "add")).status_code == 403


@pytest.mark.parametrize("model", WALLED)
def test_rows_that_are_members_own_have_no_window_at_all(model):
    assert not admin.site.is_registered(model)


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (Version, "created_at__lt=2030-01-01"),
        (Grant, "recipient__slug=meadow"),
        (OutboxRow, "lease__isnull=0"),
    ],
)
def test_only_what_is_shown_can_be_asked_for_by_the_address_when_staff_try(
    erin, model, asked
):
    response = browser_of(erin).get(f"{place(model)}?{asked}")
    assert response.status_code in {302, 400}


def test_staff_find_who_waited_and_who_decided(erin, alice):
    batch = stored(Submission).create(
        owner=home_of(alice), fingerprint=b"", created_at=now()
    )
    held = HeldBatch.objects.create(
        id=batch.id,
        submission=batch,
        owner=batch.owner,
        maker=alice,
        cause="rise",
        reason="Ten times as much.",
        lines=7,
        held_at=now(),
    )
    for page in (place(HeldBatch), place(HeldBatch, "change", held.pk)):
        assert "Meadow Social" in browser_of(erin).get(page).content.decode()


def test_dead_letters_are_listed_when_there_are_any(erin):
    letter = dead_letter()
    page = browser_of(erin).get(place(OutboxRow)).content.decode()
    assert "builtins.ValueError" in page
    assert (
        browser_of(erin).get(place(OutboxRow, "change", letter.pk)).status_code == 200
    )


def test_dead_letter_goes_back_to_work_when_staff_retry_it(erin):
    letter = dead_letter()
    form = {"action": "retry", "_selected_action": [letter.pk]}
    page = browser_of(erin).post(place(OutboxRow), form, follow=True)
    letter.refresh_from_db()
    assert letter.dead_at is None
    assert letter.attempts == 0
    assert "1 put back to work" in page.content.decode()
    event = AuditEvent.objects.get(verb="events:dead-letter:retry")
    assert (event.user, event.detail) == (erin, {"letters": 1, "rows": [letter.pk]})


def test_dead_letter_cannot_be_deleted_when_staff_try(erin):
    letter = dead_letter()
    client = browser_of(erin)
    assert client.post(place(OutboxRow, "delete", letter.pk)).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [letter.pk]}
    client.post(place(OutboxRow), form)
    assert OutboxRow.objects.filter(pk=letter.pk).exists()
