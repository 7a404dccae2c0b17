"""Connect: what a member's engineer needs to know and to copy, on one page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.lib.clock import now
from orgs.accounts.actor import Right
from orgs.accounts.requests import actor_of
from orgs.credentials import selectors as credentials
from sharing.feeds import calls, connecting


@login_required
@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    """Keys, generations, calls; with the address at which this very page was reached."""
    actor = actor_of(request)
    reads = connecting.connections(actor)
    hub = request.build_absolute_uri("/").rstrip("/")
    found = {
        "reads": reads,
        "hub": hub,
        "calls": calls.calls(hub, reads),
        "settings": calls.settings(hub, reads),
        "commands": calls.commands(reads),
        "may_have_keys": actor.may(Right.CREDENTIALS),
        "now": now(),
    }
    if actor.may(Right.CREDENTIALS) and actor.organization_id:
        found["credentials"] = credentials.credentials_of(actor.organization_id)
    return render(request, "sharing/feeds/connect.html", found)
