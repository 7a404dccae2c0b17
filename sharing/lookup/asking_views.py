"""The look-up screen: the box, the answer to it, and the answer as a file.

Values come in the body of a POST and leave in its answer alone: no address, log or
session has them. The answer is a whole page, or the part of one for htmx.
"""

import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from hub.lib.clock import now
from hub.lib.errors import Invalid, Malformed
from hub.lib.tables import csv_rows
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of
from sharing.lookup import coverage, pasting, quota, screen, services, tickets
from sharing.lookup.coverage import Coverage
from sharing.lookup.forms import LookupForm
from sharing.lookup.pasting import Paste
from sharing.lookup.quota import UsedUpError
from sharing.lookup.services import Answer

PAGE, PART = "sharing/lookup/lookup.html", "sharing/lookup/_answer.html"
FILE, WHOLE = "csv", "csv-all"  # what `as` says where a file is wanted


@dataclass(frozen=True, slots=True)
class Found:
    """All of a question that was answered."""

    text: str
    paste: Paste
    answer: Answer
    coverage: Coverage


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponseBase:
    """Who knows these values, as far as the member's agreements let it see."""
    actor = actor_of(request)
    need(actor, Right.READ)
    if request.method != "POST":
        return render(request, PAGE, {"form": LookupForm()})
    form = LookupForm(request.POST, request.FILES, too_large=_too_large(request))
    if not form.is_valid():
        return _refused(request, form, form.sentences, 422)
    try:
        found = _found(actor, form, request.POST.get("ticket", ""))
    except (Invalid, Malformed) as problem:
        return _refused(request, form, [problem.detail], 422)
    except UsedUpError as used_up:
        return _refused(request, form, [_used_up(actor, used_up)], 429, used_up.wait)
    if (kind := request.POST.get("as")) in (FILE, WHOLE):
        return _file(found, request.POST.getlist("row") if kind == FILE else [])
    return _shown(request, actor, form, found)


def _too_large(request: HttpRequest) -> bool:
    """Did the request bring more than uploads may hold? Then its file was not read."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    return length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE


def _found(actor: Actor, form: LookupForm, ticket: str) -> Found:
    text, said = form.text(), form.cleaned_data
    paste = pasting.read(text, said["type"] or None, said["region"] or None)
    question = paste.question
    again = bool(ticket) and tickets.holds(actor, question, ticket)
    answer = services.answer(actor=actor, question=question, again=again)
    return Found(text, paste, answer, coverage.of(actor))


def _shown(
    request: HttpRequest, actor: Actor, form: LookupForm, found: Found
) -> HttpResponse:
    page = screen.page(found.paste, found.answer, found.coverage)
    said: dict[str, Any] = {
        "page": page,
        "text": found.text,
        "own": str(actor.organization_id),
        "counted": _counted(actor, found.paste),
        "ticket": tickets.ticket(actor, found.paste.question),
    }
    return _rendered(request, form, said, 200)


def _refused(
    request: HttpRequest,
    form: LookupForm,
    sentences: list[str],
    status: int,
    wait: float = 0,
) -> HttpResponse:
    response = _rendered(request, form, {"refused": sentences}, status)
    if wait:
        response["Retry-After"] = str(math.ceil(wait))
    return response


def _rendered(
    request: HttpRequest, form: LookupForm, said: dict[str, Any], status: int
) -> HttpResponse:
    """A page with its status; the part alone with 200, for htmx shows nothing else."""
    if request.headers.get("HX-Request"):
        return render(request, PART, {**said, "form": form})
    return render(request, PAGE, {**said, "form": form}, status=status)


def _counted(actor: Actor, paste: Paste) -> list[tuple[str, int, int]]:
    """Of the types that were asked: used today, and what a day has."""
    used = quota.used(actor)
    return [(kind, *used[kind]) for kind, _ in screen.counted(paste) if kind in used][
        :3
    ]


def _used_up(actor: Actor, refused: UsedUpError) -> str:
    source = coverage.of(actor).sources.get(refused.collection)
    where = f" in “{source.title}”" if source else ""
    kind = refused.kind.replace("_", " ")
    return (
        f"Nothing was looked up: with this, your organization would go beyond its"
        f" {refused.most:,} look-ups of type {kind} a day{where}."
        " They begin anew at midnight UTC."
    )


def _file(found: Found, rows: list[str]) -> StreamingHttpResponse:
    """The rows that were chosen; all, if none was."""
    chosen = [int(row) for row in rows if row.isascii() and row.isdigit()]
    cells = screen.table(found.paste, found.answer, found.coverage, chosen)
    response = StreamingHttpResponse(
        csv_rows(screen.COLUMNS, cells), content_type="text/csv; charset=utf-8"
    )
    name = f"look-up-{now():%Y%m%d-%H%M%S}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
