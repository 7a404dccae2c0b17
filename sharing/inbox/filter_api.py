"""Saved filters over the API."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers
from hub.api.bodies import length_of
from hub.api.listing import LIMIT_DEFAULT
from hub.api.views import ApiView
from hub.lib.paging import parse_limit
from sharing.inbox import filters, sifted
from sharing.inbox import openapi_filters as described
from sharing.inbox.filters import FilterView
from sharing.inbox.sifted import Told


class Filters(ApiView):
    @described.listed
    def get(self, request: Request) -> HttpResponse:
        found = filters.listed(self.actor)
        return answers.answer({"filters": [_shown(each) for each in found]})

    @described.saved
    def post(self, request: Request) -> HttpResponse:
        length_of(request)
        filters.check(self.actor)
        order = filters.read(request.data)
        return answers.answer(_shown(filters.save(actor=self.actor, order=order)))


class Filter(ApiView):
    known = {"GET": frozenset({"before", "limit"})}

    @described.told
    def get(self, request: Request, filter_id: UUID) -> HttpResponse:
        limit = parse_limit(self.said.get("limit"), default=LIMIT_DEFAULT)
        before = self.said.get("before")
        page = sifted.page(self.actor, filter_id, before=before, limit=limit)
        body = {
            "filter": _shown(page.filter),
            "releases": [_release(each) for each in page.rows],
            "next": page.next,
        }
        return answers.answer(body)

    @described.changed
    def put(self, request: Request, filter_id: UUID) -> HttpResponse:
        length_of(request)
        filters.check(self.actor)
        found = filters.save(
            actor=self.actor, order=filters.read(request.data), filter_id=filter_id
        )
        return answers.answer(_shown(found))

    @described.removed
    def delete(self, request: Request, filter_id: UUID) -> HttpResponse:
        filters.remove(actor=self.actor, filter_id=filter_id)
        return HttpResponse(status=204)


def _shown(found: FilterView) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "personal": found.personal,
        "where": found.wanted.stored(),
        "created_at": found.created_at,
    }


def _release(told: Told) -> dict[str, Any]:
    return {
        "id": told.release,
        "collection": told.collection,
        "told_at": told.at,
        "release": told.payload,
    }
