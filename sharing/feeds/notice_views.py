"""Notices on the screen: what one may no longer read and must purge; for staff what is late."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.lib.clock import now
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of, told
from sharing.distribution import notices
from sharing.distribution.notices import NoticeView
from sharing.feeds import overdue

WAITING = "not_acknowledged"


@login_required
@require_safe
def list_notices(request: HttpRequest) -> HttpResponse:
    """The acting organization's own Notices; for hub staff those overdue everywhere."""
    actor = actor_of(request)
    sees = actor.may(Right.READ) or actor.may(Right.AUDIT)
    if not (sees or actor.is_staff):
        need(actor, Right.READ)
    waiting = request.GET.get("state") == WAITING
    found = {
        "notices": _listed(actor, waiting=waiting) if sees else None,
        "chosen": WAITING if waiting else "",
        "states": [WAITING],
        "may_acknowledge": actor.may(Right.READ),
        "late": overdue.late(actor) if actor.is_staff else None,
        "now": now(),
    }
    return render(request, "sharing/notices/notices.html", found)


def _listed(actor: Actor, *, waiting: bool) -> list[NoticeView]:
    found = notices.notices(actor)
    return [each for each in found if not (waiting and each.acknowledged_at)]


@login_required
@require_POST
def acknowledge(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    with told(request, "Acknowledged: what was read of it is purged."):
        notices.acknowledge(actor=actor_of(request), notice_id=notice_id)
    return redirect("notices")
