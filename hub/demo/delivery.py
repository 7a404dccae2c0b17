"""Wait until everything is delivered, then read it as the partners would."""

import time
from typing import Any

from hub.demo import cast
from hub.demo.delivered import Delivered
from hub.demo.errors import DemoError
from hub.demo.report import Counts, Report
from hub.demo.stage import Sent, Stage
from orgs.accounts.models import Organization
from sharing.agreements.models import Clause
from sharing.events import services as outbox
from sharing.events.models import OutboxRow

STALLED = 90.0  # seconds without any progress
EVERY = 0.2


def wait(stage: Stage, report: Report) -> None:
    """Until every submission is done and nothing is left to be worked off."""
    since, before = time.monotonic(), object()
    while True:
        stage.supervisor.check()
        states = [_state(stage, sent) for sent in stage.sent]
        left = outbox.open_rows()
        if not left and all(state["state"] == "done" for state in states):
            break
        now = [state["accepted"] for state in states], left
        if now != before:
            since, before = time.monotonic(), now
        if stage.supervisor.stopping.is_set():
            raise DemoError("Stopped before everything was delivered.")
        if time.monotonic() - since > STALLED:
            raise DemoError("Nothing moves any more; the worker's lines may say why.")
        time.sleep(EVERY)
    dead = OutboxRow.objects.filter(dead_at__isnull=False).count()
    report.dead_letters = dead
    report.must("there are dead letters", hold=not dead)


def pull(stage: Stage, report: Report) -> Delivered:
    """Every member reads all that it is offered, with its own key."""
    found = Delivered(
        originators={
            each.slug: {"id": str(each.pk), "name": each.name}
            for each in Organization.objects.all()
        },
        clauses={each.name: str(each.pk) for each in Clause.objects.all()},
        began=min(sent.began for sent in stage.sent),
        ended=time.time(),
    )
    for sent in stage.sent:
        with stage.partner(sent.owner) as system:
            found.problems[sent.owner] = system.errors(sent.submission)
        _count(report, sent, _state(stage, sent))
    for member in cast.CAST:
        with stage.partner(member.slug) as system:
            readable = [each for each in system.collections() if each["can_read"]]
            found.streams[member.slug] = [system.pull(each) for each in readable]
            for each in readable:
                found.keys[each["id"]] = system.keys(each["id"])
                report.released[each["clause"]] = each["releases"]
    return found


def _state(stage: Stage, sent: Sent) -> dict[str, Any]:
    with stage.partner(sent.owner) as system:
        return system.submission(sent.submission)


def _count(report: Report, sent: Sent, state: dict[str, Any]) -> None:
    names = ("lines", "accepted", "rejected", "stopped")
    counts = Counts(*(state[name] for name in names))
    report.submissions[sent.owner] = counts
    report.input[sent.owner] = sent.body.name
    report.must(f"{sent.owner}: lines got lost", hold=counts.whole)
