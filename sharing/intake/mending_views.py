"""What did not go through, to be mended; and undoing all of a submission."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from hub.lib.errors import Invalid
from hub.lib.tables import csv_rows
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of, told
from sharing.intake import resubmitting, selectors, undoing
from sharing.intake.selectors import Problem, SubmissionView
from sharing.intake.tables import FIELDS

TOLD = "line outcome field code reason read_as overruled".split()
COLUMNS = (*TOLD, *FIELDS, "original")  # the reader of tables leaves out the first ones
PREFIX = "line-"


@login_required
@require_safe
def problems(request: HttpRequest, submission_id: UUID) -> StreamingHttpResponse:
    """All problems as CSV, which can be mended in a spreadsheet and submitted as it is."""
    actor = actor_of(request)
    view = selectors.submission(actor, submission_id)
    response = StreamingHttpResponse(
        csv_rows(COLUMNS, _cells(actor, view)),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = (
        f'attachment; filename="problems-{submission_id}.csv"'
    )
    return response


def _cells(actor: Actor, view: SubmissionView) -> Iterator[list[object]]:
    """Without what was mended already: nothing of it is to be sent again."""
    after = 0
    while rows := selectors.problems(actor, view.id, after_line=after):
        texts = _texts(actor, view.id, rows)
        for row in rows:
            if row.mended_in is None:
                yield _row(row, texts.get(row.line, ""), view.defaults)
        after = rows[-1].line


def _texts(actor: Actor, submission_id: UUID, rows: list[Problem]) -> dict[int, str]:
    if not actor.may(Right.SUBMIT):
        return {}
    return resubmitting.originals(actor, submission_id, [row.line for row in rows])


def _row(row: Problem, text: str, defaults: dict[str, str]) -> list[object]:
    read_as = f"{row.type} (guessed)" if row.guessed else row.type
    cells = (row.outcome, row.field, row.code, row.detail, read_as)
    said = resubmitting.cells(text, defaults) if text else {}
    mend = [said.get(name, "") for name in (*FIELDS, "original")]
    return [row.line, *map(str, cells), row.overruled, *mend]


@login_required
@require_POST
def mend(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Send the lines that were changed on the page again, as a submission of their own."""
    actor = actor_of(request)
    texts = {
        int(name.removeprefix(PREFIX)): str(text)
        for name, text in request.POST.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).isascii()
        if name.removeprefix(PREFIX).isdigit() and len(name) < len(PREFIX) + 10
    }
    need(actor, Right.SUBMIT)
    try:
        new = resubmitting.resubmit(
            actor=actor, submission_id=submission_id, texts=texts
        )
    except Invalid as problem:
        messages.error(request, problem.detail)
        return redirect("submission", submission_id)
    messages.success(request, "The mended lines were submitted.")
    return redirect("submission", new.id)


@login_required
@require_POST
def undo(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Take back all that it brought; a refusal is said on the page."""
    actor = actor_of(request)
    with told(request, "It is being undone."):
        undoing.undo(actor=actor, submission_id=submission_id)
    return redirect("submission", submission_id)
