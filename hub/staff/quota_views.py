"""What an organization may look up a day, what it uses, and a limit of its own."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hub.lib.errors import Forbidden, Invalid
from hub.staff.entering import proven, staff_page
from hub.staff.forms import LimitForm
from orgs.accounts.requests import actor_of, has_factor
from orgs.onboarding import progress
from sharing.lookup import alarms, limits


@staff_page()
def quotas(request: HttpRequest) -> HttpResponse:
    """Whom one should look at first, and everybody by name."""
    actor, search = actor_of(request), request.GET.get("search", "")[:120]
    page = {
        "alarms": alarms.alarms(actor)[:50],
        "search": search,
        "rows": progress.organizations(actor, search=search),
    }
    return render(request, "hub/staff/quotas.html", page)


@staff_page(post=True)
def quota(request: HttpRequest, member_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    member = progress.arrival(actor, member_id).organization
    streams = limits.readable(actor, member_id)
    form = LimitForm(request.POST or None, initial=request.GET.dict(), streams=streams)
    if form.is_valid():
        try:
            limits.change(
                actor=proven(request), organization_id=member_id, **form.said()
            )
        except (Forbidden, Invalid) as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, "The limit holds from the next look-up on.")
            return redirect("staff-quota", member_id)
    page = {
        "member": member,
        "uses": limits.uses(actor, member_id),
        "streams": streams,
        "alarms": [
            each for each in alarms.alarms(actor) if each.organization == member.name
        ],
        "form": form,
        "has_factor": has_factor(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "hub/staff/quota.html", page, status=status)
