"""Notices on the screen: what one may no longer read and must purge; for staff what is late."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.lib.clock import now
from orgs.access import need
from orgs.accounts.actor import Right
from orgs.accounts.requests import actor_of, told
from sharing.distribution import notices
from sharing.feeds import overdue


@login_required
@require_safe
def list_notices(request: HttpRequest) -> HttpResponse:
    """The acting organization's own Notices; for hub staff those overdue everywhere."""
    actor = actor_of(request)
    sees = actor.may(Right.READ) or actor.may(Right.AUDIT)
    if not (sees or actor.is_staff):
        need(actor, Right.READ)
    found = {
        "notices": notices.notices(actor) if sees else None,
        "may_acknowledge": actor.may(Right.READ),
        "late": overdue.late(actor) if actor.is_staff else None,
        "now": now(),
    }
    return render(request, "sharing/notices/notices.html", found)


@login_required
@require_POST
def acknowledge(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    with told(request, "Acknowledged: what was read of it is purged."):
        notices.acknowledge(actor=actor_of(request), notice_id=notice_id)
    return redirect("notices")
