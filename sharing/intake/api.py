"""Submissions over the API: send lines, see how far they are, what became of each."""

import itertools
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from hub.api import answers, bodies, parameters
from hub.api.answers import JsonRenderer, NdjsonRenderer, Piece
from hub.api.listing import Listing
from hub.api.parsers import RawParser
from hub.api.views import ApiView
from sharing.intake import (
    holding,
    openapi,
    openapi_held,
    openapi_undo,
    selectors,
    services,
    undoing,
)
from sharing.intake.costs import notices
from sharing.intake.fields import SUBMISSION
from sharing.intake.legend import Seen
from sharing.intake.selectors import Held, LineResult, Problem, SubmissionView

LINES = 10_000  # in one piece of a stream


def _shown(view: SubmissionView) -> dict[str, Any]:
    return {
        "id": view.id,
        "state": view.state,
        "format": view.format,
        "lines": view.lines,
        "accepted": view.accepted,
        "rejected": view.rejected,
        "stopped": view.stopped,
        "counts": view.counts,
        "read_as": [_read_as(*each) for each in view.read_as.items()],
        "progress": round(view.progress, 4),
        "defaults": view.defaults,
        "created_at": view.created_at,
        "done_at": view.done_at,
        "held": _held(view.held),
        "refusal": view.refusal or None,
        "undo_until": view.undo_until,
        "undo": view.undo,
        "releasing": view.releasing,
        "released": view.released,
        "reached": view.reached,
    }


def _held(held: Held | None) -> dict[str, Any] | None:
    if held is None:
        return None
    return {
        "cause": held.cause,
        "reason": held.reason,
        "lines": held.lines,
        "since": held.since,
        "decided_at": held.decided_at,
    }


def _read_as(seen: Seen, n: int) -> dict[str, Any]:
    return {"type": seen.kind, "nv": seen.nv, "how": seen.how, "lines": n}


def _result(row: LineResult) -> dict[str, Any]:
    seen = row.seen
    return {
        "line": row.line,
        "outcome": row.outcome,
        "type": seen and seen.kind,
        "nv": seen and seen.nv,
        "how": seen and seen.how,
        "notices": [each._asdict() for each in notices(row.outcome, seen)],
    }


SUBMISSIONS = Listing[SubmissionView, UUID | None](
    name="submissions",
    parameter="before",
    read=lambda text: parameters.read_id(text, "before"),
    key=lambda view: view.id,
    shown=_shown,
)
ERRORS = Listing[Problem, int](
    name="errors",
    parameter="after",
    read=parameters.read_line,
    key=lambda row: row.line,
    shown=lambda row: row,
)
RESULTS = Listing[LineResult, int](
    name="results",
    parameter="after",
    read=parameters.read_line,
    key=lambda row: row.line,
    shown=_result,
)


class Submissions(ApiView):
    parser_classes = [RawParser]
    known = {"GET": SUBMISSIONS.known, "POST": SUBMISSION | {"type", "region"}}

    @openapi.listed
    def get(self, request: Request) -> HttpResponseBase:
        return SUBMISSIONS.answer(
            request,
            self.said,
            lambda key, n: selectors.submissions(self.actor, before=key, limit=n),
        )

    @openapi.sent
    def post(self, request: Request) -> HttpResponse:
        batch, new = services.submit(
            actor=self.actor,
            stream=bodies.pieces(request),
            content_type=request.content_type or "",
            content_encoding=request.headers.get("Content-Encoding", ""),
            defaults=self.said,
            idempotency_key=request.headers.get("Idempotency-Key"),
        )
        headers = {"Location": request.build_absolute_uri(f"{request.path}/{batch.id}")}
        if not new:
            headers["Idempotent-Replayed"] = "true"
        body = {
            "id": batch.id,
            "state": batch.state,
            "lines": batch.lines,
            "held_reason": batch.held_reason,
        }
        return answers.answer(body, 202, headers)


class Submission(ApiView):
    @openapi.one
    def get(self, request: Request, submission_id: UUID) -> HttpResponse:
        return answers.answer(_shown(selectors.submission(self.actor, submission_id)))


class Refuse(ApiView):
    """Take back what is held. Letting it through is for people, in the browser."""

    @openapi_held.refused
    def post(self, request: Request, held_id: UUID) -> HttpResponse:
        reason = self.text_of("reason")
        holding.refuse(actor=self.actor, submission_id=held_id, reason=reason)
        return answers.answer({"id": held_id, "state": "refused"})


class Undo(ApiView):
    """Take back all that a submission brought, within its window."""

    @openapi_undo.undone
    def post(self, request: Request, submission_id: UUID) -> HttpResponse:
        undoing.undo(actor=self.actor, submission_id=submission_id)
        return answers.answer({"id": submission_id, "undoing": True}, 202)


class Errors(ApiView):
    renderer_classes = [JsonRenderer, NdjsonRenderer]
    known = {"GET": ERRORS.known}

    @openapi.errors
    def get(self, request: Request, submission_id: UUID) -> HttpResponseBase:
        return ERRORS.answer(
            request,
            self.said,
            lambda line, n: selectors.problems(
                self.actor, submission_id, after_line=line, limit=n
            ),
        )


class Results(ApiView):
    renderer_classes = [JsonRenderer, NdjsonRenderer]
    known = {"GET": RESULTS.known}

    @openapi.results
    def get(self, request: Request, submission_id: UUID) -> HttpResponseBase:
        if answers.wants_ndjson(request) and "limit" not in self.said:
            start = parameters.read_line(self.said.get("after"))
            return answers.ndjson(self._all(submission_id, start))
        return RESULTS.answer(
            request,
            self.said,
            lambda line, n: list(
                selectors.line_results(
                    self.actor, submission_id, after_line=line, limit=n
                )
            ),
        )

    def _all(self, submission_id: UUID, start: int) -> Iterator[Piece]:
        """One reading for all lines: beginning again for each piece would be squared."""
        rows = selectors.line_results(self.actor, submission_id, after_line=start)
        while found := list(itertools.islice(rows, LINES)):
            yield Piece(answers.joined(found, _result), None, more=False)
        yield Piece(b"", None, more=False)
