"""One's own sessions, one's own data, the views of lists that one keeps."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.lib.errors import Malformed, Unauthenticated
from orgs.accounts import sessions as own
from orgs.accounts.models import User
from orgs.accounts.requests import actor_of, told, user_of
from orgs.mine import lists, selectors, services

EVENTS = 50


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    found = own.own(_person(request), request.session.session_key)
    return render(request, "orgs/mine/sessions.html", {"sessions": found})


@login_required
@require_POST
def session_end(request: HttpRequest, handle: UUID) -> HttpResponse:
    services.end_session(actor=actor_of(request), user=_person(request), handle=handle)
    return redirect("my-sessions")


@login_required
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Everywhere but in this browser."""
    count = services.end_other_sessions(
        actor=actor_of(request),
        user=_person(request),
        key=request.session.session_key,
    )
    messages.success(request, f"Signed out elsewhere: {count}.")
    return redirect("my-sessions")


@login_required
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    user, before = _person(request), _before(request)
    rows = selectors.events(user, before, EVENTS + 1)
    found = {
        "data": selectors.data(actor_of(request), user, request.session.session_key),
        "events": rows[:EVENTS],
        "next": rows[EVENTS - 1].id if len(rows) > EVENTS else None,
        "paged": before is not None,
    }
    return render(request, "orgs/mine/data.html", found)


@login_required
@require_safe
def my_data_json(request: HttpRequest) -> StreamingHttpResponse:
    """The same to take along, with every event there is."""
    user = _person(request)
    found = selectors.data(actor_of(request), user, request.session.session_key)
    response = StreamingHttpResponse(
        _written(asdict(found), user), content_type="application/json"
    )
    response["Content-Disposition"] = 'attachment; filename="accord-my-data.json"'
    return response


def _written(head: dict[str, object], user: User) -> Iterator[str]:
    yield f'{json.dumps(head, cls=DjangoJSONEncoder, indent=1)[:-2]},\n "events": ['
    separator = "\n  "
    for event in selectors.all_events(user):
        told = asdict(event)
        del told["id"]  # a number of the whole hub: it would tell how much others do
        yield separator + json.dumps(told, cls=DjangoJSONEncoder)
        separator = ",\n  "
    yield "\n ]\n}\n"


@login_required
@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep a list's filters under a name, and go on looking at it."""
    place, query = request.POST.get("place", ""), request.POST.get("query", "")
    address = lists.address(place)
    with told(request, "The view is saved."):
        services.save_view(
            actor=actor_of(request),
            place=place,
            name=request.POST.get("name", ""),
            query=query,
        )
    kept = services.kept_of(query)
    return redirect(f"{address}?{kept}" if kept else address)


@login_required
@require_POST
def view_forget(request: HttpRequest, view_id: int) -> HttpResponse:
    row = services.forget_view(actor=actor_of(request), view_id=view_id)
    return redirect(lists.address(row.place))


def _person(request: HttpRequest) -> User:
    user = user_of(request)
    if user is None:
        raise Unauthenticated
    return user


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Malformed("A page of this list begins below a whole number.")
    return int(text)
