"""A chunk dies of a real failure: it is tried again and goes through, or is given up."""

import shutil

import pytest
from django.conf import settings

from hub.lib.clock import now
from hub.lib.errors import Forbidden
from orgs.audit.models import AuditEvent
from sharing.events import services as outbox
from sharing.events.models import OutboxRow
from sharing.indicators.models import Indicator
from sharing.intake import giving_up, selectors
from sharing.intake import services as intake
from sharing.intake.models import Chunk, LineProblem
from sharing.tokens import services as tokens
from tests.cast import acting, person_in
from tests.coalition import send, work_off
from tests.sharing.intake.held import chunks_of, view
from tests.walls import stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("coalition"),
]
LINES = ["one.scam.example", "two.scam.example", "three.scam.example"]


@pytest.fixture
def key_file_gone(tmp_path):
    """The key file is lost for a while; returns how to put it back."""
    path, safe = str(settings.KEYS_FILE), tmp_path / "safe.json"
    tokens.key_provider()

    def lose() -> None:
        shutil.move(path, safe)

    def put_back() -> None:
        if safe.exists():
            shutil.move(safe, path)

    yield lose, put_back
    put_back()


def fail_until_dead() -> OutboxRow:
    for _ in range(settings.OUTBOX_MAX_ATTEMPTS + 1):
        OutboxRow.objects.filter(done_at=None, dead_at=None).update(not_before=now())
        work_off()
    return OutboxRow.objects.get(dead_at__isnull=False)


def die(person, lose, lines=LINES):
    batch = send(person, lines, work=False)
    lose()
    dead = fail_until_dead()
    assert dead.kind == "chunk_received"
    assert dead.attempts == settings.OUTBOX_MAX_ATTEMPTS
    return batch, dead


def test_dead_chunk_goes_through_when_it_is_retried(alice, erin, key_file_gone) -> None:
    lose, put_back = key_file_gone
    batch, dead = die(alice, lose)
    put_back()
    assert outbox.retry([dead.pk], actor=acting(erin)) == 1
    work_off()
    assert view(alice, batch).accepted == 3
    assert chunks_of(batch) == 0
    assert stored(Indicator).count() == 3
    assert outbox.retry([dead.pk], actor=acting(erin)) == 0


def test_lines_of_a_chunk_that_is_given_up_are_told_and_can_be_mended(
    alice, erin, key_file_gone
) -> None:
    lose, put_back = key_file_gone
    batch, dead = die(alice, lose)
    put_back()
    assert giving_up.give_up(actor=acting(erin), ids=[dead.pk]) == 1
    work_off()
    found = view(alice, batch)
    assert (found.state, found.accepted, found.rejected) == ("done", 0, 3)
    problems = selectors.problems(acting(alice), batch.id)
    assert [(each.line, each.code) for each in problems] == [
        (n, "given-up") for n in (1, 2, 3)
    ]
    assert all(row.sealed_line for row in stored(LineProblem).all()), "to be mended"
    assert (chunks_of(batch), stored(Indicator).count()) == (0, 0)
    assert giving_up.give_up(actor=acting(erin), ids=[dead.pk]) == 0, "twice is once"
    [event] = AuditEvent.objects.filter(verb="intake:chunk:give-up")
    assert event.organization_id == batch.owner_id
    assert event.user_id == erin.pk


def test_chunk_whose_seal_is_broken_is_given_up_line_by_line(alice, erin) -> None:
    before = send(alice, LINES)
    batch = send(alice, LINES, work=False)
    chunk = stored(Chunk).get(submission=batch.pk)
    sealed = bytes(chunk.sealed)
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
    stored(Chunk).filter(pk=chunk.pk).update(sealed=broken)
    dead = fail_until_dead()
    assert dead.last_error.endswith("SealBrokenError")
    giving_up.give_up(actor=acting(erin), ids=[dead.pk])
    work_off()
    found = view(alice, batch)
    assert (found.state, found.rejected, found.lines) == ("done", 3, 3)
    assert view(alice, before).accepted == 3


def test_line_that_was_let_through_is_rejected_when_its_chunk_is_given_up(
    meadow, alice, erin, key_file_gone
) -> None:
    lose, put_back = key_file_gone
    batch = send(alice, ["metamask.io", LINES[0]])
    assert view(alice, batch).stopped == 1
    amy = person_in(meadow, "amy")
    intake.overrule(actor=acting(amy), submission_id=batch.id, line=1)
    lose()
    dead = fail_until_dead()
    put_back()
    giving_up.give_up(actor=acting(erin), ids=[dead.pk])
    work_off()
    found = view(alice, batch)
    assert (found.state, found.stopped, found.rejected) == ("done", 0, 1)


def test_what_waits_behind_a_given_up_chunk_goes_on(alice, erin, key_file_gone) -> None:
    lose, put_back = key_file_gone
    _, dead = die(alice, lose)
    put_back()
    giving_up.give_up(actor=acting(erin), ids=[dead.pk])
    work_off()
    first = send(alice, LINES)
    corrected = send(alice, [{"op": "correct", "value": LINES[0], "confidence": 90}])
    assert view(alice, first).accepted == 3
    assert view(alice, corrected).accepted == 1


def test_only_staff_with_a_code_give_up_and_only_dead_chunks(alice, erin) -> None:
    batch = send(alice, LINES, work=False)
    open_ = OutboxRow.objects.get(kind="chunk_received", done_at=None)
    for actor in (acting(alice), acting(erin, second_factor=False)):
        with pytest.raises(Forbidden):
            giving_up.give_up(actor=actor, ids=[open_.pk])
    assert giving_up.give_up(actor=acting(erin), ids=[open_.pk]) == 0
    work_off()
    assert view(alice, batch).accepted == 3
