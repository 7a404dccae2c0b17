"""Sharing on the screen: how far everybody is, and an acknowledgement by hand."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.lib.clock import iso
from hub.lib.paging import Cursor
from hub.lib.tables import csv_rows
from orgs.access import need
from orgs.accounts.actor import Right
from orgs.accounts.requests import actor_of, told
from sharing.distribution import services as receipts
from sharing.distribution.outgoing import outgoing, read_day
from sharing.feeds import sharing
from sharing.feeds.sharing import Sharing


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What one reads and gives, how far everybody is, what is overdue, what left today."""
    actor = actor_of(request)
    found = {
        "sharing": sharing.sharing(actor),
        "today": outgoing(actor, read_day(None)).total,
        "audits": actor.may(Right.AUDIT),
        "reader": actor.may(Right.READ),
    }
    return render(request, "sharing/feeds/sharing.html", found)


@login_required
@require_POST
def acknowledge(request: HttpRequest, collection_id: UUID) -> HttpResponse:
    """The organization's word that it dealt with all it was served, up to a cursor."""
    cursor = Cursor.parse(request.POST.get("cursor"))
    actor = actor_of(request)
    need(actor, Right.READ)
    with told(
        request, "Acknowledged: what was taken back until then is gone with you."
    ):
        receipts.acknowledge(actor=actor, collection_id=collection_id, cursor=cursor)
    return redirect("sharing")


@login_required
@require_safe
def receipts_table(request: HttpRequest) -> StreamingHttpResponse:
    """How far recipients are with one's own claims, as CSV."""
    actor = actor_of(request)
    need(actor, Right.AUDIT)
    rows = csv_rows(COLUMNS, _rows(sharing.sharing(actor)))
    headers = {"Content-Disposition": 'attachment; filename="receipts.csv"'}
    return StreamingHttpResponse(rows, content_type="text/csv", headers=headers)


COLUMNS = (
    *("agreement", "collection", "recipient", "last_fetched", "not_fetched"),
    *("not_acknowledged", "recalls_not_answered", "answer_by"),
)


def _rows(found: Sharing) -> Iterator[tuple[object, ...]]:
    for each in found.gives:
        for who in each.recipients:
            at, until = who.fetched_at, who.recalls.deadline
            yield (
                *(each.agreement, each.title, who.name, at and iso(at)),
                *(str(who.unfetched), str(who.unacknowledged), str(who.recalls)),
                until and iso(until),
            )
