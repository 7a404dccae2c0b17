"""The organization's own claims over the API."""

from uuid import UUID

from django.http import HttpResponseBase
from rest_framework.request import Request

from hub.api import parameters
from hub.api.answers import JsonRenderer, NdjsonRenderer
from hub.api.listing import Listing
from hub.api.views import ApiView
from sharing.indicators import openapi, selectors
from sharing.indicators.selectors import OwnClaim

CLAIMS = Listing[OwnClaim, UUID | None](
    name="indicators",
    parameter="after",
    read=parameters.read_id,
    key=lambda claim: claim.id,
    shown=lambda claim: claim,
)


class Indicators(ApiView):
    renderer_classes = [JsonRenderer, NdjsonRenderer]
    known = {"GET": CLAIMS.known}

    @openapi.listed
    def get(self, request: Request) -> HttpResponseBase:
        return CLAIMS.answer(
            request,
            self.said,
            lambda key, n: selectors.own_claims(self.actor, after_id=key, limit=n),
        )
