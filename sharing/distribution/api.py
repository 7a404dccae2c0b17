"""Explaining and simulating over the API."""

from dataclasses import fields
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers, parameters
from hub.api.views import ApiView
from hub.lib.paging import parse_limit
from sharing.distribution import (
    explaining,
    openapi,
    openapi_outgoing,
    outgoing,
    related,
    simulating,
    why,
)
from sharing.distribution.explaining import ByClause
from sharing.distribution.related import Other
from sharing.distribution.simulating import Outcome


class Visibility(ApiView):
    @openapi.visibility
    def get(self, request: Request, claim_id: UUID) -> HttpResponse:
        found = explaining.visibility(actor=self.actor, claim_id=claim_id)
        clauses = [_clause(each) for each in found.clauses]
        return answers.answer({**_shown(found), "clauses": clauses})


class Why(ApiView):
    @openapi.why
    def get(self, request: Request, release_id: UUID) -> HttpResponse:
        return answers.answer(why.why(actor=self.actor, release_id=release_id))


class Related(ApiView):
    known = {"GET": frozenset({"after", "limit"})}

    @openapi.related
    def get(self, request: Request, release_id: UUID) -> HttpResponse:
        found = related.related(
            actor=self.actor,
            release_id=release_id,
            after=parameters.read_id(self.said.get("after")),
            limit=parse_limit(self.said.get("limit"), default=openapi.RELATED),
        )
        releases = [_other(each) for each in found.releases]
        return answers.answer({**_shown(found), "releases": releases})


class Outgoing(ApiView):
    known = {"GET": frozenset({"day"})}

    @openapi_outgoing.outgoing
    def get(self, request: Request) -> HttpResponse:
        day = outgoing.read_day(self.said.get("day"))
        found = outgoing.outgoing(self.actor, day)
        return answers.answer({"day": f"{day}", "clauses": found.clauses})


class Simulation(ApiView):
    @openapi.simulation
    def post(self, request: Request, version_id: UUID) -> HttpResponse:
        found = simulating.simulate(actor=self.actor, version_id=version_id)
        clauses = [_outcome(each) for each in found.clauses]
        return answers.answer({**_shown(found), "clauses": clauses})


def _other(other: Other) -> orjson.Fragment:
    start = b'{"collection":"%b",' % str(other.collection).encode()
    return orjson.Fragment(start + other.record[1:])


def _clause(clause: ByClause) -> dict[str, Any]:
    payload = clause.payload
    return {**_shown(clause), "payload": payload and orjson.Fragment(payload)}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    samples = [orjson.Fragment(payload) for payload in outcome.samples]
    return {**_shown(outcome), "samples": samples}


def _shown(thing: Any) -> dict[str, Any]:
    """The fields of a dataclass; payloads go out byte for byte, so none is read again."""
    return {field.name: getattr(thing, field.name) for field in fields(thing)}
