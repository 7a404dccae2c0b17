"""What a Version would release of what is stored, on the screen."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orgs.accounts.requests import actor_of
from sharing.agreements import reading, shown
from sharing.distribution import simulating


@login_required
@require_safe
def simulation(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Over one's own claims, or for hub staff over all in rough counts; nothing is written."""
    actor = actor_of(request)
    version = shown.version(actor, version_id)
    page = reading.page(actor, version)
    found = simulating.simulate(actor=actor, version_id=version_id)
    known = {clause.name for clause in page.clauses}
    active = version.agreement.active_version
    before = shown.text(actor, active)["clauses"] if active else []
    kept = {clause["name"] for clause in before}
    outcomes = [
        (each, [sample.decode() for sample in each.samples])
        for each in found.clauses
        if each.clause.name in known
    ]
    closing = [each for each in found.closing if each.clause.name in kept]
    said = {
        "page": page,
        "simulation": found,
        "outcomes": outcomes,
        "closing": closing,
    }
    return render(request, "sharing/agreements/simulation.html", said)
