"""What left, on the screen and as CSV: a day, and the claims behind one collection."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.lib.clock import now
from hub.lib.errors import Malformed
from hub.lib.paging import Cursor
from hub.lib.tables import csv_rows
from orgs.accounts.actor import Right
from orgs.accounts.requests import actor_of
from sharing.distribution import outgone
from sharing.distribution.counting import day_of
from sharing.distribution.outgoing import DAYS, Outgoing, outgoing, read_day
from sharing.vocabulary import IndicatorKind


@login_required
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """What left on a day of the last 30 of one's own claims, and to whom."""
    actor, day = actor_of(request), read_day(request.GET.get("day"))
    found = {
        "left": outgoing(actor, day),
        "days": _days(),
        "before": _neighbour(day, -1),
        "after": _neighbour(day, 1),
        "reader": actor.may(Right.READ),
    }
    return render(request, "sharing/distribution/outgoing.html", found)


def _days() -> list[date]:
    today = day_of(now())
    return [today - timedelta(days=n) for n in range(DAYS)]


def _neighbour(day: date, step: int) -> date | None:
    other = day + timedelta(days=step)
    return other if other in _days() else None


@login_required
@require_safe
def claims(request: HttpRequest, collection_id: UUID) -> HttpResponse:
    """One's own claims that left on a day by one collection, page by page."""
    actor, day = actor_of(request), read_day(request.GET.get("day"))
    type_ = _type(request.GET.get("type", ""))
    after = Cursor.parse(request.GET.get("after"))
    page = outgone.claims(actor, day, collection_id, type_=type_, after=after)
    found = {"page": page, "day": day, "type": type_, "paged": bool(after.seq)}
    return render(request, "sharing/distribution/outgone.html", found)


def _type(text: str) -> str:
    if text and text not in set(IndicatorKind):
        raise Malformed("This is no type of indicator.")
    return text


COLUMNS = (
    *("day", "agreement", "version", "clause", "collection", "disclosure", "type"),
    *("released", "revised", "recalled", "renewed", "recipients"),
)


@login_required
@require_safe
def table(request: HttpRequest) -> StreamingHttpResponse:
    """The same day as CSV."""
    found = outgoing(actor_of(request), read_day(request.GET.get("day")))
    name = f'attachment; filename="left-{found.day}.csv"'
    return StreamingHttpResponse(
        csv_rows(COLUMNS, _rows(found)),
        content_type="text/csv",
        headers={"Content-Disposition": name},
    )


def _rows(found: Outgoing) -> Iterator[tuple[object, ...]]:
    for each in found.clauses:
        names = "; ".join(who.name for who in each.recipients)
        for of_type in each.types:
            n = of_type.numbers
            yield (
                *(f"{found.day}", each.agreement.name, each.version, each.clause.name),
                *(each.collection.name, each.disclosure, of_type.type),
                *(n.released, n.revised, n.recalled, n.renewed, names),
            )
