"""Watchlists on the screen: which there are, more lines, and an end to them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hub.lib.errors import Invalid, TooMany
from orgs.accounts.actor import Actor
from orgs.accounts.requests import actor_of
from sharing.inbox import watchlists
from sharing.inbox.watchlists import Changed

PAGE = "sharing/inbox/watchlists.html"


class WatchForm(forms.Form):
    name = forms.CharField(
        label="Name of the list",
        max_length=watchlists.NAME,
        help_text="A name that is there already adds to that list.",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    lines = forms.CharField(
        label="Values, one on each line",
        widget=forms.Textarea(
            attrs={
                "class": "form-control mono",
                "rows": 6,
                "spellcheck": "false",
                "autocomplete": "off",
            }
        ),
    )
    show = forms.BooleanField(
        label="Show us the value when it matches: it is kept for that, sealed",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def order(self) -> watchlists.Order:
        said = self.cleaned_data
        lines = [line.strip() for line in said["lines"].splitlines()]
        body: dict[str, Any] = {"name": said["name"], "values": [*filter(None, lines)]}
        return watchlists.read(body | ({"show": "values"} if said["show"] else {}))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """All of them, and the form for more."""
    actor = actor_of(request)
    watchlists.check(actor)
    if request.method != "POST":
        return _page(request, actor, WatchForm())
    form = WatchForm(request.POST)
    if form.is_valid():
        try:
            found = watchlists.change(actor=actor, order=form.order())
        except (Invalid, TooMany) as problem:
            form.add_error(None, problem.detail)
        else:
            _told(request, found)
            return redirect("watchlists")
    return _page(request, actor, form, 422)


@login_required
@require_POST
def remove(request: HttpRequest, watchlist_id: UUID) -> HttpResponse:
    watchlists.remove(actor=actor_of(request), watchlist_id=watchlist_id)
    messages.success(request, "The list is gone, and all that it matched.")
    return redirect("watchlists")


def _told(request: HttpRequest, found: Changed) -> None:
    messages.success(
        request, f"{found.changed:,} added, {found.unchanged:,} were there."
    )
    if bad := found.unreadable:
        told = "; ".join(f"line {line}: {why}" for line, _, why in bad[:5])
        rest = f"; and {len(bad) - 5} more" if len(bad) > 5 else ""
        messages.warning(request, f"Not read: {told}{rest}")


def _page(
    request: HttpRequest, actor: Actor, form: WatchForm, status: int = 200
) -> HttpResponse:
    found = {"lists": watchlists.lists(actor), "form": form}
    return render(request, PAGE, found, status=status)
