"""Graphs over the API, as the screen draws them."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from hub.api import answers, parameters
from hub.api.views import ApiView
from sharing.dossier import openapi, pivoting, telling


class Graph(ApiView):
    known = {"GET": frozenset({"hub", "before"})}

    @openapi.graph
    def get(self, request: Request, release_id: UUID) -> HttpResponse:
        found = pivoting.pivot(
            actor=self.actor,
            release_id=release_id,
            hub=parameters.read_id(self.said.get("hub"), "hub"),
            before=self.said.get("before"),
        )
        return answers.answer(telling.told(found))
