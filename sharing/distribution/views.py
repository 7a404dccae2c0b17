"""Claims and releases explained on the screen, and what a Version would release."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hub.lib.errors import Invalid, Malformed
from orgs.accounts.requests import actor_of
from sharing.agreements import reading, shown
from sharing.distribution import explaining, simulating
from sharing.distribution import related as others
from sharing.distribution import why as reasons
from sharing.distribution.explaining import Standing, Visibility
from sharing.distribution.forms import FindForm
from sharing.distribution.related import Other
from sharing.indicators import selectors as indicators
from sharing.vocabulary import Disclosure

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claims(request: HttpRequest) -> HttpResponse:
    """The organization's own claims; POST finds one by its value, which no address holds."""
    actor = actor_of(request)
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = indicators.own_of_value(actor, form.cleaned_data["value"])
        except Invalid as problem:
            form.add_error("value", problem.detail)
        else:
            if found:
                return redirect("claim", found)
            form.add_error("value", "Your organization has no claim about this value.")
    after = _uuid(request.GET.get("after"))
    rows = indicators.own_claims(actor, after_id=after, limit=PAGE + 1)
    page = {
        "form": form,
        "claims": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "paged": after is not None,
    }
    status = 422 if form.errors else 200
    return render(request, "sharing/distribution/claims.html", page, status=status)


@login_required
@require_safe
def claim(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Who can see one's own claim, exactly what of it, by which clause; who cannot."""
    found = explaining.visibility(actor=actor_of(request), claim_id=claim_id)
    page = {
        "found": found,
        "clauses": [(each, _shown(each.payload)) for each in found.clauses],
        "seen_by": _readers(found, Standing.RELEASED),
        "soon_by": _readers(found, Standing.DUE),
        "asked_by": _askers(found),
    }
    return render(request, "sharing/distribution/claim.html", page)


def _shown(payload: bytes | None) -> str:
    return payload.decode() if payload else ""


def _readers(found: Visibility, standing: Standing) -> list[str]:
    """By name, each once; who reads by a clause that has it already is not among the others."""
    names: dict[str, set[Standing]] = {}
    for each in found.clauses:
        if each.disclosure == Disclosure.QUERY:
            continue
        for reader in each.recipients:
            names.setdefault(reader.organization.name, set()).add(each.standing)
    first = {name: min(all_, key=_ORDER.index) for name, all_ in names.items()}
    return sorted(name for name, best in first.items() if best is standing)


def _askers(found: Visibility) -> list[str]:
    """Who is handed nothing and can only ask, by name."""
    asking = {
        reader.organization.name
        for each in found.clauses
        if each.disclosure == Disclosure.QUERY
        for reader in each.recipients
    }
    return sorted(asking)


_ORDER = [Standing.RELEASED, Standing.DUE, Standing.WITHHELD]


@login_required
@require_safe
def why(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """Why one has a release: agreement, clause, redactions, duties; others about the same."""
    actor, after = actor_of(request), _uuid(request.GET.get("after"))
    reason = reasons.why(actor=actor, release_id=release_id)
    page: dict[str, Any] = {"why": reason, "own": str(actor.organization_id)}
    if reason.state == "live" and reason.terms.disclosure != Disclosure.QUERY:
        same = others.related(actor=actor, release_id=release_id, after=after)
        page["others"] = same
        page["records"] = [_other(each) for each in same.releases]
    return render(request, "sharing/distribution/why.html", page)


def _other(other: Other) -> dict[str, Any]:
    """A line of a stream, with its collection and its time as one."""
    record: dict[str, Any] = orjson.loads(other.record)
    record["date_added"] = datetime.fromisoformat(record["date_added"])
    record["where"] = other.title
    return record


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Malformed("A page of this list begins after an id.") from None


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
