"""Look-ups over the API."""

from base64 import b64encode
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from hub.api import answers
from hub.api.bodies import length_of
from hub.api.parsers import StrictJSONParser
from hub.api.views import ApiView
from sharing.lookup import (
    details,
    filters,
    oblivious,
    openapi,
    openapi_filters,
    services,
)
from sharing.lookup import openapi_oblivious as described
from sharing.lookup.answering import Hit, Line
from sharing.lookup.asking import Asked
from sharing.lookup.services import Answer


class LookupParser(StrictJSONParser):
    """Ten thousand URLs of ordinary length fit in."""

    body_bytes = 4 * 1024 * 1024
    by_line = frozenset({"values", "digests"})


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


class Filter(ApiView):
    known = {"GET": frozenset({"since"})}

    @openapi_filters.read
    def get(self, request: Request, collection_id: UUID) -> HttpResponse:
        found = filters.read(
            actor=self.actor,
            collection_id=collection_id,
            since=self.said.get("since"),
            held=_held(request),
        )
        if isinstance(found, filters.SetVersion):
            unchanged = HttpResponse(status=304, headers={"ETag": _tag(found)})
            del unchanged["Content-Type"]
            return unchanged
        return answers.answer(_filter(found), headers={"ETag": _tag(found.version)})

    def head(self, request: Request, collection_id: UUID) -> HttpResponse:
        """Whether it can be read; what nobody gets is neither made nor audited."""
        filters.check(actor=self.actor, collection_id=collection_id)
        return HttpResponse(content_type=answers.JSON)


class SigningKeys(ApiView):
    @openapi_filters.keys
    def get(self, request: Request) -> HttpResponse:
        found = filters.signing_keys(self.actor)
        keys = [
            {
                "key": each.number,
                "public": each.public.hex(),
                "created_at": each.created_at,
                "current": each.current,
            }
            for each in found
        ]
        return answers.answer({"keys": keys})


class Details(ApiView):
    @openapi_filters.details
    def post(self, request: Request, collection_id: UUID) -> HttpResponse:
        length_of(request)
        found = details.details(
            actor=self.actor, collection_id=collection_id, body=request.data
        )
        return answers.answer(_details(collection_id, found))


def _held(request: Request) -> frozenset[str]:
    """The versions in If-None-Match."""
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return frozenset(tag.removeprefix("W/").strip('"') for tag in tags)


def _tag(version: filters.SetVersion) -> str:
    """Weak: the same set can be signed again later."""
    return f'W/"{version}"'


def _filter(found: filters.Filter) -> dict[str, Any]:
    said = found.statement
    return {
        "collection": said.collection,
        "version": str(found.version),
        "of": said.of,
        "taken_at": said.taken_at,
        "count": said.count,
        "checksum": said.checksum.hex(),
        "since": found.since and str(found.since),
        "additions": b64encode(found.additions).decode(),
        "removals": b64encode(found.removals).decode(),
        "key": found.key,
        "signature": found.signature.hex(),
    }


def _details(collection_id: UUID, found: details.Details) -> dict[str, Any]:
    return {
        "asked": len(found.lines),
        "hits": len(found.records),
        "unreadable": sum(each.fault is not None for each in found.lines),
        "results": [
            _line(
                each,
                [Hit(collection_id, x) for x in found.records.get(each.line, [])],
            )
            for each in found.lines
        ],
    }


def _shown(answer: Answer) -> dict[str, Any]:
    lines = answer.question.lines
    return {
        "asked": len(lines),
        "hits": len(answer.lines),
        "unreadable": sum(each.fault is not None for each in lines),
        "collections": answer.collections,
        "cut": answer.cut,
        "results": [_known(each, answer.lines.get(each.line)) for each in lines],
    }


def _known(asked: Asked, known: Line | None) -> dict[str, Any]:
    if known is None:
        return _line(asked, [])
    more = {"cut": known.cut, "correlation": known.correlation}
    return {**_line(asked, known.hits), **more}


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
