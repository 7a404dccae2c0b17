"""Watchlists over the API."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers
from hub.api.bodies import length_of
from hub.api.parsers import StrictJSONParser
from hub.api.views import ApiView
from sharing.inbox import openapi_watchlists as described
from sharing.inbox import watchlists


class Lines(StrictJSONParser):
    """Ten thousand values of ordinary length, and words for them."""

    body_bytes = 4 * 1024 * 1024
    by_line = frozenset({"values", "digests"})


class Watchlists(ApiView):
    parser_classes = [Lines]

    @described.listed
    def get(self, request: Request) -> HttpResponse:
        return answers.answer({"watchlists": watchlists.lists(self.actor)})

    @described.changed
    def post(self, request: Request) -> HttpResponse:
        length_of(request)
        watchlists.check(self.actor)
        found = watchlists.change(actor=self.actor, order=watchlists.read(request.data))
        errors = [
            {"line": line, "code": code, "detail": detail}
            for line, code, detail in found.unreadable
        ]
        return answers.answer(
            {
                "id": found.id,
                "changed": found.changed,
                "unchanged": found.unchanged,
                "unreadable": errors,
            }
        )


class Watchlist(ApiView):
    @described.removed
    def delete(self, request: Request, watchlist_id: UUID) -> HttpResponse:
        watchlists.remove(actor=self.actor, watchlist_id=watchlist_id)
        return HttpResponse(status=204)
