"""What waits for a second person: let through or refused; for hub staff all of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.lib.errors import Forbidden
from orgs.accounts import second_factor
from orgs.accounts.actor import Actor
from orgs.accounts.requests import actor_of, has_factor, told
from sharing.intake import holding, selectors


@login_required
@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """Everywhere, for hub staff: whose, how many lines and why, never which."""
    found = {
        "held": selectors.waiting_everywhere(actor_of(request)),
        "has_factor": has_factor(request),
    }
    return render(request, "sharing/intake/held.html", found)


@login_required
@require_POST
def approve(request: HttpRequest, held_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    holding.check_approving(actor, held_id)
    try:
        proven = second_factor.proven(actor, request.POST.get("code", ""))
    except Forbidden as refusal:
        messages.error(request, refusal.detail)
        return _back(actor, held_id)
    with told(request, "The lines go through now."):
        holding.approve(actor=proven, submission_id=held_id)
    return _back(actor, held_id)


@login_required
@require_POST
def refuse(request: HttpRequest, held_id: UUID) -> HttpResponse:
    actor, reason = actor_of(request), request.POST.get("reason", "")
    with told(request, "Nothing of it will be shared, and its lines are erased."):
        holding.refuse(actor=actor, submission_id=held_id, reason=reason)
    return _back(actor, held_id)


def _back(actor: Actor, held_id: UUID) -> HttpResponse:
    """To the submission, for those who see it; staff go back to what else waits."""
    if holding.is_own(actor, held_id):
        return redirect("submission", held_id)
    return redirect("held")
