"""How the hub stands: sentences for people, the same as JSON for what watches."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from hub.staff import facts, judging, report
from hub.staff.entering import staff_page
from hub.staff.lines import State, worst
from orgs.accounts.requests import actor_of


@staff_page()
def health(request: HttpRequest) -> HttpResponse:
    found = facts.gathered(actor_of(request))
    lines = judging.lines(found)
    page = {
        "lines": lines,
        "state": worst(lines),
        "well": sum(line.state is State.OK for line in lines),
        "at": found.moment,
    }
    return render(request, "hub/staff/health.html", page)


@staff_page()
def health_json(request: HttpRequest) -> HttpResponse:
    found = facts.gathered(actor_of(request))
    return JsonResponse(report.as_json(found.moment, judging.lines(found)))
