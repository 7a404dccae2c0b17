"""An organization comes in step by step: each step a page, in any order, at any time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify

from hub.lib.errors import Conflict, Forbidden, Invalid
from hub.staff import steps
from hub.staff.entering import proven, staff_page
from hub.staff.forms import DetailsForm, NewForm, PostForm
from orgs.accounts.actor import Actor, Role
from orgs.accounts.requests import actor_of, has_factor
from orgs.credentials.selectors import credentials_of
from orgs.members import invitations, services
from orgs.onboarding import progress
from sharing.agreements import catalogue, partaking
from sharing.intake.begun import begun


@staff_page()
def organizations(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "")[:120]
    rows = progress.organizations(
        actor_of(request), after=request.GET.get("after", "")[:120], search=search
    )
    more = rows[-1].name if len(rows) == progress.LISTED else ""
    page = {"rows": rows, "search": search, "more": more}
    return render(request, "hub/staff/organizations.html", page)


@staff_page(post=True)
def new(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST or None, initial={"listed": True})
    if form.is_valid():
        said = form.cleaned_data
        said["slug"] = said["slug"] or slugify(said["name"])[:60]
        try:
            made = services.create_organization(actor=actor_of(request), **said)
        except (Conflict, Invalid) as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{made.name} is created. Invite its people now.")
            return redirect("staff-people", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "hub/staff/new.html", {"form": form}, status=status)


@staff_page()
def organization(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Everything at a glance: what is done, what waits for whom, what is missing."""
    return render(request, "hub/staff/organization.html", _page(request, member_id))


@staff_page(post=True)
def details(request: HttpRequest, member_id: UUID) -> HttpResponse:
    page = _page(request, member_id)
    member = page["member"]
    names = ("name", "kind", "jurisdiction", "is_government", "listed")
    form = DetailsForm(
        request.POST or None, initial={name: getattr(member, name) for name in names}
    )
    if form.is_valid():
        facts = {"organization_id": member.pk, "is_active": member.is_active}
        try:
            services.change_organization(
                actor=actor_of(request), **facts, **form.cleaned_data
            )
        except (Conflict, Invalid) as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, "Changed.")
            return redirect("staff-organization", member.pk)
    status = 422 if form.is_bound else 200
    page["form"] = form
    return render(request, "hub/staff/details.html", page, status=status)


@staff_page(post=True)
def people(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Staff invite the first manager, and whoever signs; managers do the rest."""
    page = _page(request, member_id)
    form = PostForm(request.POST or None, initial={"role": request.GET.get("role")})
    if form.is_valid():
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        try:
            invitations.invite(
                actor=actor_of(request),
                organization=page["member"],
                email=email,
                role=role,
            )
        except (Conflict, Forbidden, Invalid) as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"Invited {email} as {role}, for a week.")
            return redirect("staff-people", member_id)
    page |= {"form": form, "invitations": progress.invitations(member_id)}
    status = 422 if form.is_bound else 200
    return render(request, "hub/staff/people.html", page, status=status)


@staff_page()
def connection(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Its keys by name and age; only its own managers make them."""
    page = _page(request, member_id) | {"keys": credentials_of(member_id)[:50]}
    return render(request, "hub/staff/connection.html", page)


@staff_page(post=True)
def vouch(request: HttpRequest, member_id: UUID) -> HttpResponse:
    page = _page(request, member_id) | {"has_factor": has_factor(request)}
    if request.method == "POST":
        stands = "take-back" not in request.POST
        try:
            actor = proven(request) if stands else actor_of(request)
            services.vouch(actor=actor, slug=page["member"].slug, vouched=stands)
        except Forbidden as refusal:
            messages.error(request, refusal.detail)
            return redirect("staff-vouch", member_id)
        said = "You vouch for it" if stands else "Nobody vouches for it any more"
        messages.success(request, f"{said}.")
        return redirect("staff-organization", member_id)
    return render(request, "hub/staff/vouch.html", page)


@staff_page()
def drafting(request: HttpRequest, member_id: UUID) -> HttpResponse:
    page = _page(request, member_id) | {"templates": catalogue.templates()}
    return render(request, "hub/staff/drafting.html", page)


def _page(request: HttpRequest, member_id: UUID) -> dict[str, Any]:
    actor: Actor = actor_of(request)
    arrival = progress.arrival(actor, member_id)
    parts = partaking.parts(actor, member_id)
    taken = steps.steps(arrival, parts, begun(actor, member_id))
    return {
        "member": arrival.organization,
        "arrival": arrival,
        "parts": parts,
        "steps": taken,
        "left": sum(step.mark is not steps.Mark.DONE for step in taken),
    }
