"""The check before submitting: what would become of each line, who would receive what."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from hub.lib.clock import now
from hub.lib.errors import Problem
from hub.lib.tables import csv_rows
from orgs.access import need
from orgs.accounts.actor import Right
from orgs.accounts.requests import actor_of
from sharing.distribution import foreseeing
from sharing.distribution.explaining import Named
from sharing.distribution.foreseeing import ByClause, DryRun
from sharing.indicators.claims import ACCEPTED, Outcome
from sharing.intake.checking import CheckedLine
from sharing.intake.forms import SubmissionForm, is_too_large
from sharing.intake.tables import NAMES, header_of, proposed

SHOWN = 200  # lines of each kind on the page; the CSV has all
COLUMNS = "line outcome read_as value field reason same_as".split()
PAGE = "sharing/distribution/check.html"


class Column(NamedTuple):
    """A column of a table, and what it is taken for."""

    header: str
    meant: str


@login_required
@require_POST
def check(request: HttpRequest) -> HttpResponseBase:
    """Nothing is stored: what was sent leaves with the answer alone."""
    actor = actor_of(request)
    need(actor, Right.SUBMIT)
    form = SubmissionForm(request.POST, request.FILES, too_large=is_too_large(request))
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422)
    stream, media, encoding = form.body()
    try:
        found = foreseeing.dry_run(
            actor=actor,
            stream=stream,
            content_type=media,
            content_encoding=encoding,
            defaults=form.defaults(),
        )
    except Problem as problem:
        return _asked_again(request, form, media, problem)
    if request.POST.get("as") == "csv":
        return _file(found)
    return _shown(request, form, media, found)


def _asked_again(
    request: HttpRequest, form: SubmissionForm, media: str, problem: Problem
) -> HttpResponse:
    """The form with what is wrong; a table whose columns nobody knows asks what they are."""
    text = form.carried()
    unknown = problem.problem_code == "no-value-column"
    columns = _columns(form, text, media) if unknown else {}
    said: dict[str, Any] = {
        "form": form.again(text, media),
        "refused": problem.detail,
        "again": text is None,
        "columns": columns,
    }
    return render(request, PAGE, said, status=200 if columns else 422)


def _shown(
    request: HttpRequest, form: SubmissionForm, media: str, found: DryRun
) -> HttpResponse:
    text, checked = form.carried(), found.checked
    good = [line for line in checked.lines if line.outcome in ACCEPTED]
    said: dict[str, Any] = {
        "form": form.again(text, media),
        "again": text is None,
        "columns": _columns(form, text, media),
        "found": found,
        "body": checked.body,
        "accepted": len(good),
        "counts": Counter(str(line.outcome) for line in checked.lines),
        "read_as": Counter(
            (line.seen.kind, line.seen.how) for line in good if line.seen
        ).most_common(),
        "doubled": sum(line.same_as is not None for line in good),
        "bad": _some(checked.lines, Outcome.REJECTED),
        "stopped": _some(checked.lines, Outcome.STOPPED),
        "good": good[:SHOWN],
        "partners": _partners(found),
        "clauses": [(each, _samples(each)) for each in found.clauses if each.arriving],
        "idle_clauses": [each for each in found.clauses if not each.arriving],
    }
    return render(request, PAGE, said)


def _some(lines: list[CheckedLine], outcome: Outcome) -> list[CheckedLine]:
    return [line for line in lines if line.outcome is outcome][:SHOWN]


def _samples(clause: ByClause) -> list[tuple[int, str]]:
    return [(each.line, each.payload.decode()) for each in clause.samples]


def _partners(found: DryRun) -> list[tuple[Named, list[ByClause]]]:
    """Who would receive anything, by name, and by which clauses."""
    by: dict[Named, list[ByClause]] = {}
    for clause in found.clauses:
        for who in clause.recipients if clause.arriving else ():
            by.setdefault(who, []).append(clause)
    return sorted(by.items(), key=lambda item: (item[0].name, item[0].id))


def _columns(form: SubmissionForm, text: str | None, media: str) -> dict[str, Any]:
    """Of a table: each column with what it is taken for, and what there is to choose."""
    if media != "text/csv" or text is None:
        return {}
    names = header_of(text.encode())
    chosen = form.columns if len(form.columns) == len(names) else proposed(names)
    return {"found": [*map(Column, names, chosen)], "names": NAMES}


def _file(found: DryRun) -> StreamingHttpResponse:
    """Every line that was checked, as a table."""
    response = StreamingHttpResponse(
        csv_rows(COLUMNS, _cells(found.checked.lines)),
        content_type="text/csv; charset=utf-8",
    )
    name = f"check-{now():%Y%m%d-%H%M%S}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cells(lines: list[CheckedLine]) -> Iterator[list[object]]:
    for line in lines:
        read_as = f"{line.seen.kind} ({line.seen.how})" if line.seen else ""
        cells = (str(line.outcome), read_as, line.text, line.field, line.detail)
        yield [line.number, *cells, line.same_as]
