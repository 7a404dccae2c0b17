"""The graph of an observable: drawn by a script, and the same as a table without one."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.api import answers
from hub.lib.errors import Malformed
from orgs.accounts.requests import actor_of
from sharing.dossier import pivoting, telling
from sharing.dossier.graph import NODES, Edge, Hub, Observable
from sharing.dossier.pivoting import Pivot


@login_required
@require_safe
def graph(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """What hangs together with a release, and why."""
    found = _found(request, release_id)
    page = {
        "pivot": found,
        "centre": next(iter(found.graph.observables), None),
        "groups": _groups(found),
        "release": release_id,
        "hub": request.GET.get("hub"),
        "further": request.GET.get("before"),
        "most": NODES,
    }
    return render(request, "sharing/dossier/graph.html", page)


@login_required
@require_safe
def data(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """The same for the script."""
    return answers.answer(telling.told(_found(request, release_id)))


def _found(request: HttpRequest, release_id: UUID) -> Pivot:
    return pivoting.pivot(
        actor=actor_of(request),
        release_id=release_id,
        hub=_uuid(request.GET.get("hub")),
        before=request.GET.get("before") or None,
    )


def _groups(found: Pivot) -> list[dict[str, Any]]:
    """By hub, what hangs on it beside the observable itself."""
    known = {each.id: each for each in found.graph.observables}
    return [
        {
            "hub": hub,
            "why": _why(hub, found),
            "members": _members(hub, found, known),
            "cuts": [cut for cut in found.graph.cuts if cut.hub == hub],
        }
        for hub in found.graph.hubs
    ]


def _members(
    hub: Hub, found: Pivot, known: dict[str, Observable]
) -> list[tuple[Observable, Edge]]:
    return [
        (known[edge.observable], edge)
        for edge in found.graph.edges
        if edge.hub == hub.id and edge.observable != found.graph.centre
    ]


def _why(hub: Hub, found: Pivot) -> str:
    return next(edge.why for edge in found.graph.edges if edge.hub == hub.id)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Malformed("A hub is named by its id.") from None
