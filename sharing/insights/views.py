"""Insights on the screen, and each table of them as CSV."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.lib.tables import csv_rows
from orgs.accounts.requests import actor_of
from sharing.insights import showing, times
from sharing.insights.selectors import WEEKS, read_weeks


@login_required
@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    """Volumes, times, effects and trends over some weeks."""
    period = read_weeks(request.GET.get("weeks"))
    page = showing.page(actor_of(request), period)
    took = page.times
    named = (
        [("accepted to released", took.accepted), ("released to fetched", took.fetched)]
        if took
        else []
    )
    stages = [(name, each, _took(each.median), _took(each.p90)) for name, each in named]
    found = {"page": page, "period": period, "spans": WEEKS, "stages": stages}
    return render(request, "sharing/insights/insights.html", found)


def _took(seconds: int | None) -> str:
    return "" if seconds is None else times.said(seconds)


@login_required
@require_safe
def table(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """The numbers behind one picture."""
    period = read_weeks(request.GET.get("weeks"))
    found = showing.figure(actor_of(request), period, name)
    return StreamingHttpResponse(
        csv_rows(found.columns, found.rows),
        content_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{found.name}.csv"'},
    )
