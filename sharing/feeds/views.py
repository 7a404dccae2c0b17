"""What my organization received: its collections, and the newest records of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.lib.errors import Malformed
from orgs.accounts.requests import actor_of
from sharing.feeds import selectors
from sharing.vocabulary import COUNTED, DETAILS_AT_ONCE, Disclosure

PAGE = 50


@login_required
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """Every collection the organization reads, and those it only contributes to."""
    actor = actor_of(request)
    views = selectors.collections(actor, most=COUNTED)
    found = {
        "reads": [view for view in views if view.can_read],
        "gives": [view for view in views if not view.can_read],
        "counted": COUNTED,
    }
    return render(request, "sharing/feeds/received.html", found)


@login_required
@require_safe
def collection(request: HttpRequest, collection_id: UUID) -> HttpResponse:
    """The newest records of a collection, older ones page by page; or how one asks."""
    actor = actor_of(request)
    before = _seq(request.GET.get("before"))
    view = selectors.collection(actor, collection_id, most=COUNTED)
    if view.disclosure == Disclosure.QUERY:
        selectors.check_granted(actor, collection_id)
        found = {"collection": view, "at_once": DETAILS_AT_ONCE, "counted": COUNTED}
        return render(request, "sharing/feeds/questions.html", found)
    page = selectors.newest(actor, collection_id, before=before, limit=PAGE)
    found = {
        "collection": view,
        "records": [_record(line) for line in page.records],
        "older": page.next.seq if page.more else None,
        "paged": before is not None,
        "counted": COUNTED,
    }
    return render(request, "sharing/feeds/collection.html", found)


def _record(line: bytes) -> dict[str, Any]:
    """A line of the stream, with its time as one."""
    record: dict[str, Any] = orjson.loads(line)
    record["date_added"] = datetime.fromisoformat(record["date_added"])
    return record


def _seq(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 19):
        raise Malformed("A page of this list begins below a whole number.")
    return int(text) or None
