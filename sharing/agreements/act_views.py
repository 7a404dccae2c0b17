"""Suspend, resume, leave, end, each on a page that says first what it does; invite others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hub.lib.errors import Conflict, Forbidden, Invalid
from orgs.access import need
from orgs.accounts import second_factor
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of, has_factor, told
from sharing.agreements import accession, acts, lifecycle, shown
from sharing.agreements.forms import ActForm, InviteForm, WithdrawForm

SERVICES: dict[str, Callable[..., Any]] = {
    "suspend": lifecycle.suspend,
    "resume": lifecycle.resume,
    "leave": lifecycle.leave,
    "terminate": lifecycle.terminate,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, agreement_id: UUID, name: str) -> HttpResponse:
    """Explain on GET, do on POST; whoever does it gives a code, as for signing."""
    actor = actor_of(request)
    found = shown.agreement(actor, agreement_id)
    if not actor.is_staff:
        need(actor, Right.SIGN)
    act = acts.ACTS[name]
    if name == (acts.NOT_BY_STAFF if actor.is_staff else acts.BY_STAFF_ALONE):
        raise Forbidden("That is not yours to do.")
    if act not in acts.open_to(actor, found):
        raise Conflict("That cannot be done to this agreement now, or not by you.")
    form = ActForm(request.POST or None, reason=act.reason)
    if request.method == "POST" and form.is_valid():
        try:
            _do(actor, agreement_id, name, form.cleaned_data)
        except (Conflict, Forbidden, Invalid) as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, act.done)
            return redirect("agreements")
    status = 422 if form.is_bound else 200
    page = {"agreement": found, "act": act, "form": form}
    page["has_factor"] = has_factor(request)
    return render(request, "sharing/agreements/act.html", page, status=status)


def _do(actor: Actor, agreement_id: UUID, name: str, said: dict[str, str]) -> None:
    proven = second_factor.proven(actor, said["code"])
    reason = {"reason": said["reason"]} if "reason" in said else {}
    SERVICES[name](actor=proven, agreement_id=agreement_id, **reason)


@login_required
@require_POST
def invite(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Lay the text in force before one more organization, if it is open to others."""
    actor = actor_of(request)
    shown.enter_to_draft(actor)
    shown.agreement(actor, agreement_id)
    form = InviteForm(request.POST)
    if not form.is_valid():
        raise Invalid("A short name is needed, such as harbour.", code="bad-slug")
    with told(request, "Invited: its signatory can read and sign the text now."):
        accession.invite_to_accede(
            actor=actor, agreement_id=agreement_id, **form.cleaned_data
        )
    return redirect("agreement", agreement_id)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Take an invitation back before it is signed."""
    actor = actor_of(request)
    shown.enter_to_draft(actor)
    shown.agreement(actor, agreement_id)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        raise Invalid("A short name is needed, such as harbour.", code="bad-slug")
    with told(request, "The invitation is withdrawn."):
        accession.withdraw_invitation(
            actor=actor, agreement_id=agreement_id, **form.cleaned_data
        )
    return redirect("agreement", agreement_id)
