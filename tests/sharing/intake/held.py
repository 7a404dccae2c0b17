"""Members whose lines wait for a second person, with figures small enough for tests."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.lib.clock import now
from orgs.accounts.actor import SYSTEM
from orgs.accounts.models import Organization, User
from orgs.members.services import vouch
from sharing import vocabulary as v
from sharing.intake import holding, selectors
from sharing.intake.models import Chunk, DayCount, HeldBatch, Submission
from tests.cast import acting
from tests.coalition import work_off
from tests.walls import stored

LIMIT = 10  # from so many lines in a week on they wait


def lines(count: int, start: int = 0) -> list[str]:
    return [f"host-{n}.scam.example" for n in range(start, start + count)]


def make_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v, "NEW_MEMBER_LINES", LIMIT)
    monkeypatch.setattr(v, "LEAST_USUAL_LINES", LIMIT // v.RISE)


def make_new(member: Organization) -> None:
    vouch(actor=SYSTEM, slug=member.slug, vouched=False)


def make_settled(member: Organization, *, passed: int = 1, days: int = 10) -> None:
    """It sent a little, some while ago: a rise would be noticed."""
    day = now().date() - timedelta(days)
    stored(DayCount).create(owner=member, day=day, passed=passed)


def approve(person: User, batch: Submission) -> None:
    actor = replace(acting(person), second_factor=True)
    holding.approve(actor=actor, submission_id=batch.id)
    work_off()


def refuse(person: User, batch: Submission, reason: str = "Not ours.") -> None:
    holding.refuse(actor=acting(person), submission_id=batch.id, reason=reason)
    work_off()


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


def state_of(batch: Submission) -> str:
    return stored(Submission).get(pk=batch.pk).state


def held_of(batch: Submission) -> HeldBatch:
    return HeldBatch.objects.get(pk=batch.id)


def chunks_of(batch: Submission) -> int:
    return stored(Chunk).filter(submission=batch.pk).count()


def view(person: User, batch: Submission) -> selectors.SubmissionView:
    return selectors.submission(acting(person), batch.id)
