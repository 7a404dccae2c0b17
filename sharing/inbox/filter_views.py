"""Saved filters on the screen: all of them, one with what it told of, and an end to it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hub.lib.errors import Invalid
from orgs.accounts.actor import Actor
from orgs.accounts.requests import actor_of
from sharing.inbox import filters, sifted
from sharing.inbox.choosing import choices
from sharing.inbox.filter_forms import FilterForm

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def all_filters(request: HttpRequest) -> HttpResponse:
    """Those one is told by, and the form for one more."""
    actor = actor_of(request)
    filters.check(actor)
    known = choices(actor)
    form = FilterForm(request.POST or None, choices=known)
    if _saved(form, actor, None):
        messages.success(request, "Saved: what fits from now on is in the inbox.")
        return redirect("release-filters")
    found = {"filters": filters.listed(actor), "form": form, "known": known}
    status = 422 if form.is_bound else 200
    return render(request, "sharing/inbox/filters.html", found, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, filter_id: UUID) -> HttpResponse:
    """What it told of, as far as one may read it now, and its conditions to change."""
    actor = actor_of(request)
    filters.check(actor)
    before = request.GET.get("before")
    page = sifted.page(actor, filter_id, before=before, limit=PAGE)
    form = FilterForm(
        request.POST or None,
        choices=choices(actor),
        initial=FilterForm.initial_of(page.filter),
    )
    if _saved(form, actor, filter_id):
        messages.success(request, "Changed.")
        return redirect("release-filter", filter_id)
    found = {"page": page, "form": form, "paged": bool(before)}
    status = 422 if form.is_bound else 200
    return render(request, "sharing/inbox/filter.html", found, status=status)


@login_required
@require_POST
def remove(request: HttpRequest, filter_id: UUID) -> HttpResponse:
    filters.remove(actor=actor_of(request), filter_id=filter_id)
    messages.success(request, "The filter is gone, and what it told of.")
    return redirect("release-filters")


def _saved(form: FilterForm, actor: Actor, filter_id: UUID | None) -> bool:
    """Whether what was sent could be saved; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        filters.save(actor=actor, order=form.order(), filter_id=filter_id)
    except Invalid as problem:
        form.add_error(None, problem.detail)
        return False
    return True
