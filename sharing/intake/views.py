"""My submissions: list, submit, progress, problems, overruling a stop."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import HTMX_STOP_POLLING

from hub.lib.errors import Malformed, Problem
from orgs.access import need
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of, has_factor
from sharing.intake import holding, resubmitting, selectors, services, undoing
from sharing.intake.costs import notices
from sharing.intake.forms import SubmissionForm, is_too_large
from sharing.intake.reach import Reached

PAGE = 25
PROBLEMS = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submissions(request: HttpRequest) -> HttpResponse:
    """The newest first, with the form to send more."""
    actor = actor_of(request)
    need(actor, Right.READ)
    if request.method == "POST":
        return _submit(request, actor)
    return _list(request, actor, SubmissionForm())


def _submit(request: HttpRequest, actor: Actor) -> HttpResponse:
    need(actor, Right.SUBMIT)
    form = SubmissionForm(request.POST, request.FILES, too_large=is_too_large(request))
    if form.is_valid():
        stream, media_type, encoding = form.body()
        try:
            batch, _ = services.submit(
                actor=actor,
                stream=stream,
                content_type=media_type,
                content_encoding=encoding,
                defaults=form.defaults(),
            )
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            return redirect("submission", batch.id)
    return _list(request, actor, form, status=422)


def _list(
    request: HttpRequest, actor: Actor, form: SubmissionForm, *, status: int = 200
) -> HttpResponse:
    before, state = _uuid(request.GET.get("before")), request.GET.get("state", "")
    rows = selectors.submissions(actor, before=before, state=state, limit=PAGE + 1)
    found = {
        "form": form if actor.may(Right.SUBMIT) else None,
        "submissions": rows[:PAGE],
        "older": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "paged": before is not None,
        "waiting": selectors.waiting(actor),
        "states": selectors.STATES,
        "chosen": state,
    }
    return render(request, "sharing/intake/submissions.html", found, status=status)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Malformed("A page of this list begins after an id.") from None


def _line(text: str | None) -> int:
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and len(text) < 10
        else 0
    )


def _page(request: HttpRequest, submission_id: UUID) -> dict[str, Any]:
    actor = actor_of(request)
    after = _line(request.GET.get("after"))
    view = selectors.submission(actor, submission_id)
    # Nothing more happens by itself.
    settled = view.state != "accepting" and not view.undoing
    rows = _problems(actor, submission_id, after) if settled else []
    problems = _with_text(actor, submission_id, rows[:PROBLEMS])
    may_approve, may_refuse = (
        holding.allowed(actor, submission_id) if view.held else (False, False)
    )
    return {
        "submission": view,
        "settled": settled,
        "done": view.state == "done",
        "may_approve": may_approve,
        "has_factor": has_factor(request),
        "may_refuse": may_refuse,
        "partners": _partners(view),
        "accepted_as": _accepted_as(view),
        "read_as": view.read_as.items(),
        **(_lines(request, actor, submission_id) if settled else {}),
        "problems": problems,
        "may_mend": any(text for _, text in problems),
        "outlook": undoing.outlook(actor, submission_id),
        "next_line": rows[PROBLEMS - 1].line if len(rows) > PROBLEMS else None,
        "after": after,
        "may_overrule": actor.may(Right.WITHDRAW) and actor.user_id != view.sent_by,
    }


def _lines(request: HttpRequest, actor: Actor, submission_id: UUID) -> dict[str, Any]:
    """What each line was read as, and what sending it that way costs."""
    behind = _line(request.GET.get("lines"))
    limit = PROBLEMS + 1
    rows = list(
        selectors.line_results(actor, submission_id, after_line=behind, limit=limit)
    )
    shown = [(row, notices(row.outcome, row.seen)) for row in rows[:PROBLEMS]]
    more = rows[PROBLEMS - 1].line if len(rows) > PROBLEMS else None
    return {"results": shown, "results_behind": behind, "results_next": more}


def _problems(actor: Actor, submission_id: UUID, after: int) -> list[selectors.Problem]:
    limit = PROBLEMS + 1
    return selectors.problems(actor, submission_id, after_line=after, limit=limit)


def _with_text(
    actor: Actor, submission_id: UUID, rows: list[selectors.Problem]
) -> list[tuple[selectors.Problem, str]]:
    """Each with the line as it was sent, for those who may send it again."""
    lines = [row.line for row in rows] if actor.may(Right.SUBMIT) else []
    texts = resubmitting.originals(actor, submission_id, lines) if lines else {}
    return [(row, texts.get(row.line, "")) for row in rows]


def _partners(view: selectors.SubmissionView) -> list[tuple[str, Reached]]:
    """By name; a collection that nobody known reads stands at the end."""
    rows = [(name, each) for each in view.reached for name in each.recipients or ("",)]
    return sorted(rows, key=lambda row: (not row[0], row[0], row[1].collection))


def _accepted_as(view: selectors.SubmissionView) -> list[tuple[str, int]]:
    refused = ("rejected", "stopped")
    return [(word, n) for word, n in view.counts.items() if word not in refused]


@login_required
@require_safe
def submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    found = _page(request, submission_id)
    return render(request, "sharing/intake/submission.html", found)


@login_required
@require_safe
def progress(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """The part of the page that changes; 286 tells htmx to ask no more.

    `of=reach`: what leaves, alone, while lines below may be mended already.
    """
    if request.GET.get("of") == "reach":
        return _reach(request, submission_id)
    found = _page(request, submission_id)
    status = HTMX_STOP_POLLING if found["settled"] else 200
    return render(request, "sharing/intake/_progress.html", found, status=status)


def _reach(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    view = selectors.submission(actor_of(request), submission_id)
    found = {"submission": view, "partners": _partners(view)}
    status = 200 if view.releasing else HTMX_STOP_POLLING
    return render(request, "sharing/intake/_reached.html", found, status=status)


@login_required
@require_POST
def overrule(request: HttpRequest, submission_id: UUID, line: int) -> HttpResponse:
    """A second person lets a stopped line through; a refusal is said on the page."""
    actor = actor_of(request)
    need(actor, Right.WITHDRAW)
    try:
        services.overrule(actor=actor, submission_id=submission_id, line=line)
    except Problem as problem:
        if problem.status == 404:
            raise
        messages.error(request, problem.detail)
    else:
        messages.success(request, f"Line {line} goes through now.")
    return redirect("submission", submission_id)
