"""Look-ups over the API."""

from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers
from hub.api.bodies import length_of
from hub.api.parsers import StrictJSONParser
from hub.api.views import ApiView
from sharing.lookup import oblivious, openapi, services
from sharing.lookup import openapi_oblivious as described
from sharing.lookup.asking import Asked
from sharing.lookup.services import Answer, Hit


class LookupParser(StrictJSONParser):
    """Ten thousand URLs of ordinary length fit in."""

    body_bytes = 4 * 1024 * 1024


class Lookups(ApiView):
    parser_classes = [LookupParser]

    @openapi.asked
    def post(self, request: Request) -> HttpResponse:
        length_of(request)
        answer = services.look_up(actor=self.actor, body=request.data)
        return answers.answer(_shown(answer))


class Evaluate(ApiView):
    @described.evaluated
    def post(self, request: Request, collection_id: UUID) -> HttpResponse:
        length_of(request)
        found = oblivious.evaluate(
            actor=self.actor, collection_id=collection_id, body=request.data
        )
        return answers.answer(found)


class OprfKeys(ApiView):
    @described.keys
    def get(self, request: Request, collection_id: UUID) -> HttpResponse:
        found = oblivious.public_keys(self.actor, collection_id)
        return answers.answer({"keys": found})


def _shown(answer: Answer) -> dict[str, Any]:
    lines = answer.question.lines
    return {
        "asked": len(lines),
        "hits": len(answer.hits),
        "unreadable": sum(each.fault is not None for each in lines),
        "collections": answer.collections,
        "results": [_line(each, answer.hits.get(each.line, [])) for each in lines],
    }


def _line(asked: Asked, hits: list[Hit]) -> dict[str, Any]:
    shown: dict[str, Any] = {"line": asked.line}
    if asked.fault is not None:
        code, detail = asked.fault
        return {**shown, "error": {"code": code, "detail": detail}, "releases": []}
    if asked.token is None:
        shown |= {"type": asked.kind, "guessed": asked.guessed}
    return {**shown, "releases": [_release(each) for each in hits]}


def _release(hit: Hit) -> orjson.Fragment:
    start = b'{"collection":"%b",' % str(hit.collection).encode()
    return orjson.Fragment(start + hit.record[1:])
