"""The check before submitting, over the API."""

from collections import Counter
from dataclasses import fields
from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers, bodies
from hub.api.parsers import RawParser
from hub.api.views import ApiView
from sharing.distribution import foreseeing, openapi_check
from sharing.distribution.foreseeing import ByClause, DryRun
from sharing.intake.checking import CheckedLine
from sharing.intake.costs import notices
from sharing.intake.fields import SUBMISSION


class Check(ApiView):
    parser_classes = [RawParser]
    known = {"POST": SUBMISSION | {"type", "region"}}

    @openapi_check.checked
    def post(self, request: Request) -> HttpResponse:
        found = foreseeing.dry_run(
            actor=self.actor,
            stream=bodies.pieces(request),
            content_type=request.content_type or "",
            content_encoding=request.headers.get("Content-Encoding", ""),
            defaults=self.said,
        )
        return answers.answer(_shown(found))


def _shown(found: DryRun) -> dict[str, Any]:
    checked, body = found.checked, found.checked.body
    wait = checked.wait
    return {
        "at": found.at,
        "format": body.form,
        "lines": len(body.lines),
        "counted": body.counted,
        "more": body.more,
        "counts": Counter(str(line.outcome) for line in checked.lines),
        "wait": wait and {"cause": wait.cause, "reason": wait.reason},
        "results": [_line(line) for line in checked.lines],
        "clauses": [_clause(clause) for clause in found.clauses],
        "nothing_for": found.nothing_for,
    }


def _line(line: CheckedLine) -> dict[str, Any]:
    seen = line.seen
    return {
        "line": line.number,
        "outcome": line.outcome,
        "type": seen and seen.kind,
        "nv": seen and seen.nv,
        "how": seen and seen.how,
        "value": line.text,
        "field": line.field,
        "code": line.code,
        "detail": line.detail,
        "warninglists": line.warned,
        "same_as": line.same_as,
        "notices": [each._asdict() for each in notices(line.outcome, seen)],
    }


def _clause(clause: ByClause) -> dict[str, Any]:
    samples = [
        {"line": each.line, "payload": orjson.Fragment(each.payload)}
        for each in clause.samples
    ]
    return {**_fields(clause), "samples": samples}


def _fields(clause: ByClause) -> dict[str, Any]:
    return {each.name: getattr(clause, each.name) for each in fields(clause)}
