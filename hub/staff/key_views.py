"""Keys by age and generation; rotations announced and cancelled. Never a key."""

from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hub.lib.errors import Conflict, Forbidden, NotFound
from hub.staff import facts
from hub.staff.entering import proven, staff_page
from hub.staff.forms import ReasonForm
from orgs.accounts.requests import actor_of, has_factor
from sharing.agreements import outlook, rotation
from sharing.vocabulary import ROTATION_NOTICE

COMMANDS = {
    "vault": "./run manage keys new-vault",
    "wrap": "./run manage keys new-wrap",
}


@staff_page()
def keys(request: HttpRequest) -> HttpResponse:
    rows = outlook.keys(actor_of(request))
    streams = [
        (pk, list(each)) for pk, each in groupby(rows, lambda row: row.collection_id)
    ]
    hub = [
        (key, COMMANDS.get(key.purpose, "") if key.newest else _drop(key))
        for key in facts.hub_keys() or ()
    ]
    page = {"streams": streams, "hub": hub}
    return render(request, "hub/staff/keys.html", page)


@staff_page(post=True)
def rotate(request: HttpRequest, collection_id: UUID) -> HttpResponse:
    """Announce the next keys of a collection 30 days ahead, or take that back."""
    rows = [
        each
        for each in outlook.keys(actor_of(request))
        if each.collection_id == collection_id
    ]
    if not rows:
        raise NotFound("There is no such collection.")
    planned = next((each for each in rows if each.announced and each.rotation), None)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            said = _turn(request, collection_id, form.cleaned_data["reason"])
        except (Conflict, Forbidden) as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, said)
            return redirect("staff-keys")
    page = {
        "rows": rows,
        "stream": rows[0],
        "planned": planned,
        "form": form,
        "days": ROTATION_NOTICE.days,
        "has_factor": has_factor(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "hub/staff/rotation.html", page, status=status)


def _turn(request: HttpRequest, collection_id: UUID, reason: str) -> str:
    actor = proven(request)
    if "cancel" in request.POST:
        gone = rotation.cancel(actor=actor, collection_id=collection_id, reason=reason)
        return f"Generation {gone.number} will not take effect."
    made = rotation.announce(actor=actor, collection_id=collection_id, reason=reason)
    return f"Generation {made.number} takes effect on {made.effective_from:%Y-%m-%d}."


def _drop(key: facts.HubKey) -> str:
    """What forgets an older epoch, once nothing rests under it."""
    if key.purpose not in COMMANDS:
        return ""
    return f"./run manage keys drop --purpose {key.purpose} --epoch {key.epoch}"
