"""The page of an observable: who says what of it, why one sees it, what happened when."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.lib.errors import Malformed
from hub.lib.tables import csv_rows
from orgs.accounts.requests import actor_of
from sharing.dossier import selectors
from sharing.dossier.selectors import Observed, Sight
from sharing.vocabulary import CORRELATION_CAP

FIELDS = (
    "scam_type role status review_status confidence severity tlp first_seen last_seen"
    " valid_until"
).split()
COLUMNS = (
    "record",
    "value",
    "token",
    "type",
    "originator",
    "agreement",
    "version",
    "clause",
    "collection",
    "disclosure",
    *FIELDS,
    "labels",
    "note",
    "keep_until",
    "added",
)


@login_required
@require_safe
def indicator(request: HttpRequest, release_id: UUID) -> HttpResponseBase:
    """One observable as the member may see it, opened by any release of it."""
    file = request.GET.get("as") == "csv"
    actor = actor_of(request)
    observed = selectors.observe(
        actor=actor,
        release_id=release_id,
        after=_uuid(request.GET.get("after")),
        before=request.GET.get("before") or None,
        limit=CORRELATION_CAP if file else selectors.OTHERS,
    )
    if file:
        return _file(observed)
    page = {
        "mine": str(actor.organization_id),
        "page": observed,
        "head": observed.head,
        "sights": _shown(request, observed),
    }
    return render(request, "sharing/dossier/indicator.html", page)


def _shown(request: HttpRequest, observed: Observed) -> list[Sight]:
    """The one that was opened first, on the first page."""
    first = [] if request.GET.get("after") else [observed.head]
    return [*first, *observed.others]


def _file(observed: Observed) -> StreamingHttpResponse:
    """Every record of the page: what one may read, one may take along."""
    lines = csv_rows(COLUMNS, _cells(observed))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"indicator-{observed.head.why.release}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cells(observed: Observed) -> Iterator[list[object]]:
    for sight in (observed.head, *observed.others):
        why, said = sight.why, sight.payload
        originator = said.get("originator") or {}
        yield [
            str(why.release),
            said.get("value"),
            said.get("token"),
            said.get("type"),
            originator.get("name") or originator.get("id"),
            why.agreement.name,
            why.version,
            why.clause.name,
            why.collection.name,
            why.terms.disclosure,
            *(said.get(field) for field in FIELDS),
            ", ".join(said.get("labels", ())),
            said.get("note"),
            why.retain_until,
            why.date_added,
        ]


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Malformed("A page of this list begins after an id.") from None
