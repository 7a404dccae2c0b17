"""Details of a hit on the screen, and what hub staff should ask about."""

from typing import Any
from uuid import UUID

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.lib.errors import Conflict, Invalid
from orgs.accounts.requests import actor_of
from sharing.lookup import alarms as found_alarms
from sharing.lookup import details
from sharing.vocabulary import DETAILS_AT_ONCE


@login_required
@require_POST
def hit_details(request: HttpRequest, collection_id: UUID) -> HttpResponse:
    """What the claims behind these hits say; asking reveals them, and the form says so."""
    asked = request.POST.get("tokens", "").split()
    body = {"tokens": asked}
    try:
        found = details.details(
            actor=actor_of(request), collection_id=collection_id, body=body
        )
    except (Conflict, Invalid) as problem:
        messages.error(request, problem.detail)
        return redirect("collection", collection_id)
    page = {
        "collection_id": collection_id,
        "title": found.title,
        "hits": len(found.records),
        "at_once": DETAILS_AT_ONCE,
        "lines": [
            {
                "token": token,
                "fault": line.fault and line.fault[1],
                "records": _records(found.records.get(line.line, [])),
            }
            for token, line in zip(asked, found.lines, strict=True)
        ],
    }
    return render(request, "sharing/lookup/details.html", page)


def _records(lines: list[bytes]) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in lines]


@login_required
@require_safe
def alarms(request: HttpRequest) -> HttpResponse:
    """For hub staff: long runs without a hit, and what was refused beyond a quota."""
    page = {"alarms": found_alarms.alarms(actor_of(request))}
    return render(request, "sharing/lookup/alarms.html", page)
