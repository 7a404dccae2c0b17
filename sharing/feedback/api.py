"""Feedback over the API."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers, parameters
from hub.api.bodies import length_of
from hub.api.views import ApiView
from sharing.feedback import openapi, selectors, services
from sharing.feedback.lines import Line


class Given(ApiView):
    @openapi.given
    def post(self, request: Request) -> HttpResponse:
        length_of(request)
        outcome = services.give(actor=self.actor, body=request.data)
        body = {
            "lines": len(outcome.lines),
            "given": outcome.given,
            "changed": outcome.changed,
            "results": [_result(each) for each in outcome.lines],
        }
        return answers.answer(body)


class OfRelease(ApiView):
    known = {"DELETE": frozenset({"kind"})}

    @openapi.of_release
    def get(self, request: Request, release_id: UUID) -> HttpResponse:
        found = selectors.of_release(actor=self.actor, release_id=release_id)
        return answers.answer(found)

    @openapi.taken_back
    def delete(self, request: Request, release_id: UUID) -> HttpResponse:
        kind = self.said.get("kind")
        if kind is not None and kind not in openapi.WORDS:
            raise parameters.bad("kind", "No kind of feedback.")
        count = services.take_back(actor=self.actor, release_id=release_id, kind=kind)
        return answers.answer({"release": release_id, "taken_back": count})


class OfClaim(ApiView):
    @openapi.of_claim
    def get(self, request: Request, claim_id: UUID) -> HttpResponse:
        found = selectors.of_claim(actor=self.actor, claim_id=claim_id)
        return answers.answer(found)


def _result(line: Line) -> dict[str, Any]:
    shown: dict[str, Any] = {"line": line.number}
    if line.fault is None:
        return {**shown, "release": line.release, "kind": line.kind}
    fault = line.fault
    told = {"code": fault.code, "field": fault.field, "detail": fault.sentence}
    return {**shown, "error": told}
