"""Feedback over the API."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from hub.api import answers, parameters
from hub.api.answers import JsonRenderer, NdjsonRenderer
from hub.api.bodies import length_of
from hub.api.listing import Listing
from hub.api.parsers import StrictJSONParser
from hub.api.views import ApiView
from orgs.access import need
from orgs.accounts.actor import Right
from sharing.feedback import openapi, received, selectors, services
from sharing.feedback.lines import Line
from sharing.feedback.received import Place, Word


def _word(word: Word) -> dict[str, Any]:
    shown = {
        "at": word.given_at,
        "kind": word.kind,
        "indicator": word.indicator,
        "release": word.release,
        "collection": word.collection,
        "giver": word.giver,
    }
    if word.count is None:
        return {**shown, "stands": word.stands, "note": word.note}
    seen = {"first_seen": word.first_seen, "last_seen": word.last_seen}
    return {**shown, "count": word.count, **seen}


class Lines(StrictJSONParser):
    by_line = frozenset({"lines"})


class Given(ApiView):
    parser_classes = [Lines]
    renderer_classes = [JsonRenderer, NdjsonRenderer]
    known = {"GET": frozenset({"after", "limit"})}
    rows: Listing[Word, str | None] = Listing(
        "feedback",
        "after",
        lambda text: text,
        lambda word: str(word.place),
        _word,
    )

    @openapi.received
    def get(self, request: Request) -> HttpResponseBase:
        need(self.actor, Right.READ)

        def fetch(after: str | None, limit: int) -> list[Word]:
            place = Place.parse(after) if after else None
            return received.newest(self.actor, after=place, limit=limit)

        return self.rows.answer(request, self.said, fetch)

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
