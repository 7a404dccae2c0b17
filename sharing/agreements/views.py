"""Agreements on the screen: read, compare, print, sign."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hub.lib.errors import Conflict, Forbidden, NotFound
from orgs.access import need
from orgs.accounts import second_factor
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of, has_factor
from sharing.agreements import acts, matrix, reading, screens, services, shown
from sharing.agreements.forms import InviteForm, SignForm


@login_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """Every agreement of the organization, and what flows under them."""
    actor, state = actor_of(request), request.GET.get("state", "")
    every = screens.agreements(actor)
    found = {
        "agreements": [each for each in every if state in ("", each.state)],
        "states": sorted({each.state for each in every}),
        "chosen": state,
        "matrix": matrix.flows(actor),
        "may_draft": actor.is_staff or actor.may(Right.DRAFT),
    }
    return render(request, "sharing/agreements/agreements.html", found)


@login_required
@require_safe
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """An agreement in the Version that is in force, or else the newest; and its history."""
    actor = actor_of(request)
    found = shown.agreement(actor, agreement_id)
    versions = screens.history(actor, found)
    current = [each for each in versions if each.id == found.active_version_id]
    page = reading.page(actor, shown.version(actor, (current or versions)[0].id))
    waiting = [v for v in versions if v.state == "proposed" and v.id != page.summary.id]
    return render(
        request,
        "sharing/agreements/agreement.html",
        {
            "agreement": found,
            "in_force": bool(current),
            "page": page,
            "versions": versions,
            "waiting": waiting[0] if waiting else None,
            "may_draft": actor.is_staff or actor.may(Right.DRAFT),
            "acts": acts.open_to(actor, found),
            "may_withdraw": acts.may_withdraw(actor, found),
            "invite": InviteForm() if acts.may_invite(actor, found) else None,
        },
    )


@login_required
@require_safe
def version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One Version: what it says, who signed it, and how it differs from the others."""
    actor = actor_of(request)
    found = shown.version(actor, version_id)
    others = [
        each
        for each in screens.history(actor, found.agreement)
        if each.id != version_id
    ]
    page = {"page": reading.page(actor, found), "others": others}
    return render(request, "sharing/agreements/version.html", page)


@login_required
@require_safe
def difference(request: HttpRequest, version_id: UUID, other_id: UUID) -> HttpResponse:
    """What changed from the older of two Versions to the newer one."""
    actor = actor_of(request)
    pair = [shown.version(actor, version_id), shown.version(actor, other_id)]
    old, new = sorted(pair, key=lambda each: each.number)
    if old.agreement_id != new.agreement_id:
        raise NotFound
    found = {"compared": reading.compare(actor, old, new)}
    return render(request, "sharing/agreements/difference.html", found)


@login_required
@require_safe
def printed(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The whole text on paper: plain words, exact terms, canonical text, signatures."""
    actor = actor_of(request)
    found = {"page": reading.page(actor, shown.version(actor, version_id))}
    return render(request, "sharing/agreements/print.html", found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The whole text once more, then the signature of the acting organization."""
    actor = actor_of(request)
    found = shown.version(actor, version_id)
    need(actor, Right.SIGN)
    page = reading.page(actor, found)
    form = SignForm(request.POST or None, initial={"text_sha256": found.text_sha256})
    if not page.may_sign:
        raise Conflict("There is nothing here for your organization to sign.")
    if request.method == "POST" and form.is_valid():
        try:
            _confirm_and_sign(actor, version_id, form.cleaned_data)
        except (Conflict, Forbidden) as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, "Your organization has signed this version.")
            return redirect("agreement", found.agreement_id)
    status = 422 if form.is_bound else 200
    said = {"page": page, "form": form, "has_factor": has_factor(request)}
    return render(request, "sharing/agreements/sign.html", said, status=status)


def _confirm_and_sign(actor: Actor, version_id: UUID, said: dict[str, str]) -> None:
    """The code is used up first, outside of any transaction; then the text is signed."""
    services.sign(
        actor=second_factor.proven(actor, said["code"]),
        version_id=version_id,
        text_sha256=said["text_sha256"],
    )
